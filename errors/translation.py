"""Which fields of the catalog are kept once per language."""

from modeltranslation.translator import TranslationOptions, register

from errors.models import Entry, Gloss, Provider, Relation, Section, Term


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("title", "introduction")


@register(Provider)
class ProviderTranslation(TranslationOptions):
    fields = ("name",)


@register(Entry)
class EntryTranslation(TranslationOptions):
    fields = ("title", "summary", "body", "advice", "handover")


@register(Relation)
class RelationTranslation(TranslationOptions):
    fields = ("difference",)


@register(Gloss)
class GlossTranslation(TranslationOptions):
    fields = ("translation",)


@register(Term)
class TermTranslation(TranslationOptions):
    fields = ("name", "explanation", "avoid")

"""Which fields of the catalog are kept once per language, and which rows have a history."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from errors.models import (
    Entry,
    Example,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    Synonym,
    Term,
)


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("title", "introduction")


@register(Provider)
class ProviderTranslation(TranslationOptions):
    fields = ("name",)


@register(Entry)
class EntryTranslation(TranslationOptions):
    fields = ("title", "summary", "body", "advice", "handover", "reply")


@register(Relation)
class RelationTranslation(TranslationOptions):
    fields = ("difference",)


@register(Synonym)
class SynonymTranslation(TranslationOptions):
    fields = ("words",)


@register(Gloss)
class GlossTranslation(TranslationOptions):
    fields = ("translation",)


@register(Term)
class TermTranslation(TranslationOptions):
    fields = ("name", "explanation", "avoid")


# After the registrations above, so that history has a column per language as well.
simple_history.register(Entry, m2m_fields=["providers"])
for _model in (Section, Provider, Relation, Pattern, Example, Gloss, Synonym, Term):
    simple_history.register(_model)

"""Sections, providers, glosses and synonyms in the admin."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from modeltranslation.utils import build_localized_fieldname

from errors.admin.forms import SynonymForm
from errors.admin.guarding import Guarded
from errors.admin.rights import ByRole
from errors.admin.tabs import LanguageTabs
from errors.models import Gloss, Provider, Section, Synonym, Term
from errors.models.translating import SLUG_LANGUAGE, in_all_languages

admin.site.site_header = admin.site.site_title = _("Mail error catalog")
admin.site.index_title = _("What customers are told")


@admin.register(Section)
class SectionAdmin(LanguageTabs, ByRole, Guarded, TranslationAdmin):
    list_display = ("position", "title", "slug", "entry_count")
    list_display_links = ("title",)
    search_fields = ("slug", *in_all_languages("title"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        sections: QuerySet[Section] = super().get_queryset(request)
        return sections.annotate(number=Count("entries"))

    @admin.display(description=_("entries"))
    def entry_count(self, section: Section) -> int:
        return int(getattr(section, "number", 0))


@admin.register(Provider)
class ProviderAdmin(LanguageTabs, ByRole, Guarded, TranslationAdmin):
    list_display = ("name", "slug", "domains")
    search_fields = ("slug", *in_all_languages("name"), "domains")


@admin.register(Gloss)
class GlossAdmin(LanguageTabs, ByRole, Guarded, TranslationAdmin):
    list_display = ("text", "role", "translation")
    list_filter = ("role",)
    search_fields = ("text", *in_all_languages("translation"))


@admin.register(Synonym)
class SynonymAdmin(LanguageTabs, ByRole, Guarded, TranslationAdmin):
    form = SynonymForm
    list_display = ("slug", "words")
    prepopulated_fields = {"slug": (build_localized_fieldname("words", SLUG_LANGUAGE),)}
    search_fields = ("slug", *in_all_languages("words"))


@admin.register(Term)
class TermAdmin(LanguageTabs, ByRole, Guarded, TranslationAdmin):
    list_display = ("name", "slug", "avoid", "is_everyday")
    list_filter = ("is_everyday",)
    search_fields = ("slug", *in_all_languages("name", "avoid"))

"""Entries in the admin: the list, the page of one, and what can be done from there."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from modeltranslation.admin import TranslationAdmin
from modeltranslation.utils import build_localized_fieldname

from errors.admin.bench import copy_entry, keep_example, show_bench, write_entry
from errors.admin.exchange import exchange, send_file
from errors.admin.forms import EntryForm, say_stray
from errors.admin.guarding import Guarded
from errors.admin.inlines import ExampleInline, PatternInline, RelationInline
from errors.admin.listing import EntryList, NeedsFilter, find_lacking
from errors.admin.live import preview_text, try_typed_pattern
from errors.admin.prefilling import fields_of, rows_of
from errors.admin.rights import ByRole
from errors.admin.tabs import LanguageTabs
from errors.admin.versions import show_deleted
from errors.catalog import current
from errors.describing import label_of
from errors.models import Entry, State
from errors.models.translating import SLUG_LANGUAGE, in_all_languages
from errors.publishing import STAFF_FIELDS, TEXT_FIELDS, as_if_published
from errors.rehearsing import find_strays
from errors.roles import may_publish

TRANSLATED = (*TEXT_FIELDS, *STAFF_FIELDS)


@admin.register(Entry)
class EntryAdmin(LanguageTabs, ByRole, Guarded, TranslationAdmin):
    form = EntryForm
    change_form_template = "admin/errors/entry_form.html"
    change_list_template = "admin/errors/entry_list.html"
    inlines = (PatternInline, ExampleInline, RelationInline)
    list_display = (
        "heading",
        "badge",
        "codes",
        "languages",
        "proofs",
        "explained",
        "helpful",
    )
    list_filter = (
        "state",
        NeedsFilter,
        "section",
        "outcome",
        "actor",
        "stage",
        "reason",
        "providers",
    )
    list_select_related = ("section",)
    list_per_page = 50
    search_fields = (
        "slug",
        *in_all_languages("title", "summary"),
        "=reply_code",
        "=status_code",
        "wordings",
        "patterns__text",
    )
    search_help_text = _(
        "Titles and summaries in all languages, codes, wordings, slugs"
    )
    autocomplete_fields = ("providers",)
    prepopulated_fields = {"slug": (build_localized_fieldname("title", SLUG_LANGUAGE),)}
    readonly_fields = ("created", "updated")
    actions = ("publish", "unpublish")
    save_on_top = True
    fieldsets = (
        (
            None,
            {"fields": ("section", "title", "summary", "state")},
        ),
        (_("What it means and what to do"), {"fields": ("body", "advice", "handover")}),
        (
            _("Facts"),
            {
                "fields": (
                    ("reply_code", "status_code", "reason"),
                    ("outcome", "stage", "actor"),
                    "providers",
                    ("valid_from", "valid_until"),
                    "sample",
                    "wordings",
                )
            },
        ),
        (
            _("For staff"),
            {
                "fields": (
                    "reply",
                    "internal_note",
                    ("slug", "position", "priority"),
                    ("created", "updated"),
                )
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the desk's own pages; what is posted to them stays out of error reports."""

        def page(
            name: str, view: Callable[..., HttpResponse], address: str = ""
        ) -> URLPattern:
            private = sensitive_post_parameters()(partial(view, desk=self))
            wrapped = self.admin_site.admin_view(private)
            return path(address or f"{name}/", wrapped, name=f"errors_entry_{name}")

        return [
            page("bench", show_bench),
            page("example", keep_example, "bench/example/"),
            page("write", write_entry),
            page("copy", copy_entry, "<int:pk>/copy/"),
            page("preview", preview_text),
            page("try", try_typed_pattern),
            page("deleted", show_deleted),
            page("exchange", exchange),
            page("file", send_file, "exchange/file/"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EntryList]:
        return EntryList

    @admin.display(description=_("entry"), ordering="section__position")
    def heading(self, entry: Entry) -> SafeString:
        """Name an entry, and the section that it stands in."""
        return format_html(
            '{}<br><span class="quiet">{}</span>', entry.title, entry.section
        )

    @admin.display(description=_("state"), ordering="state")
    def badge(self, entry: Entry) -> SafeString:
        return format_html(
            '<span class="badge {}">{}</span>', entry.state, entry.get_state_display()
        )

    @admin.display(description=_("codes"), ordering="reply_code")
    def codes(self, entry: Entry) -> str:
        return " ".join(filter(None, (entry.reply_code, entry.status_code))) or "–"

    @admin.display(description=_("languages"))
    def languages(self, entry: Entry) -> SafeString:
        """Name each language, and say of it what is missing or stale."""
        stale = set(entry.find_stale())
        return format_html_join(
            " ",
            '<span class="language {}" title="{}">{}{}</span>',
            (_language(entry, code, stale) for code, _name in settings.LANGUAGES),
        )

    @admin.display(description=_("examples"))
    def proofs(self, entry: Entry) -> SafeString:
        """Say how many of the examples lead here."""
        standing = entry.standing  # type: ignore[attr-defined]  # by EntryList
        if not standing.is_tried:
            return format_html('<span class="quiet">{}</span>', standing.examples)
        kind = "good" if standing.passing == standing.examples > 0 else "bad"
        return format_html(
            '<span class="{}">{}/{}</span>', kind, standing.passing, standing.examples
        )

    @admin.display(description=_("explained in 30 days"))
    def explained(self, entry: Entry) -> int:
        number: int = entry.standing.figures.explained  # type: ignore[attr-defined]  # by EntryList
        return number

    @admin.display(description=_("helpful"))
    def helpful(self, entry: Entry) -> str:
        share = entry.standing.figures.helpful  # type: ignore[attr-defined]  # by EntryList
        return "–" if share is None else f"{share:.0%}"

    @admin.action(
        description=_("Publish the selected entries"), permissions=("publish",)
    )
    def publish(self, request: HttpRequest, entries: QuerySet[Entry]) -> None:
        self._set_state(request, entries, State.PUBLISHED)

    @admin.action(
        description=_("Turn the selected entries into drafts"), permissions=("publish",)
    )
    def unpublish(self, request: HttpRequest, entries: QuerySet[Entry]) -> None:
        self._set_state(request, entries, State.DRAFT)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may_publish(request.user)

    def _set_state(
        self, request: HttpRequest, entries: QuerySet[Entry], state: State
    ) -> None:
        # One by one: only save() tells the other processes and keeps the history.
        for entry in entries:
            entry.state = state
            entry.save()
        self.rehearse(request)
        number = len(entries)
        said = ngettext("%d entry was changed.", "%d entries were changed.", number)
        self.message_user(request, said % number, messages.SUCCESS)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_changeform_initial_data(request), **fields_of(request)}

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Entry, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(
            request, obj, inline, prefix
        )
        rows = rows_of(request, prefix)
        return {**kwargs, "initial": rows} if rows else kwargs

    def get_form(  # type: ignore[override]  # as modeltranslation's
        self,
        request: HttpRequest,
        obj: Entry | None = None,
        **kwargs: Any,
    ) -> type[ModelForm]:
        """Say of each stale translation on its field that it is."""
        form = super().get_form(request, obj, **kwargs)
        for name in obj.find_stale() if obj else ():
            if name in form.base_fields:
                form.base_fields[name].help_text = format_html(
                    '<strong class="stale">{}</strong>',
                    gettext("The original changed after this translation."),
                )
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        entry: Entry | None = context.get("original")
        names = entry.find_stale() if entry else []
        fields = context["adminform"].form.fields
        context["stale"] = [(n, fields[n].label) for n in names if n in fields]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: Entry,
        form: Any,
        change: Any,
    ) -> None:
        ticked = request.POST.getlist("_still_right")
        obj.confirm(name for name in ticked if name in form.fields)
        super().save_model(request, obj, form, change)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: Any,
    ) -> None:
        super().save_related(request, form, formsets, change)
        self._warn_of_strays(request, form.instance)

    def _warn_of_strays(self, request: HttpRequest, entry: Entry) -> None:
        """Say of a draft which of its examples would lead elsewhere if it were published."""
        texts = [example.text for example in entry.examples.all()]
        if entry.state == State.PUBLISHED or not texts:
            return
        catalog = as_if_published(current(), entry).catalog
        for loss in find_strays([(entry.slug, text) for text in texts], catalog):
            self.message_user(request, say_stray(loss), messages.WARNING)


def _language(entry: Entry, code: str, stale: set[str]) -> tuple[str, str, str, str]:
    lacking = find_lacking(entry, code)
    if lacking:
        names = ", ".join(label_of(name, Entry) for name in lacking)
        return "lacking", gettext("Missing: %(fields)s") % {"fields": names}, code, "✗"
    if any(
        name.endswith(f"_{build_localized_fieldname('', code)[1:]}") for name in stale
    ):
        return "old", gettext("The original changed after this translation."), code, "△"
    return "whole", gettext("Complete"), code, "✓"

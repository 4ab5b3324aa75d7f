"""Entries in the admin, with their patterns, examples and related entries."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _, ngettext
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from errors.admin.forms import EntryForm, ExampleFormSet
from errors.admin.tabs import LanguageTabs
from errors.catalog import TEXT_FIELDS, read_texts
from errors.models import Entry, Example, Pattern, Relation, State


class PatternInline(admin.StackedInline):
    model = Pattern
    extra = 1
    fields = (
        ("text", "note"),
        ("kind", "scope", "reply_code", "status_code", "provider", "command"),
    )
    classes = ("patterns",)


class ExampleInline(admin.StackedInline):
    model = Example
    formset = ExampleFormSet
    extra = 1


class RelationInline(TranslationStackedInline):
    model = Relation
    fk_name = "entry"
    extra = 0
    autocomplete_fields = ("other",)


@admin.register(Entry)
class EntryAdmin(LanguageTabs, TranslationAdmin):
    form = EntryForm
    inlines = (PatternInline, ExampleInline, RelationInline)
    list_display = (
        "title",
        "section",
        "state",
        "reply_code",
        "status_code",
        "languages",
        "updated",
    )
    list_filter = (
        "state",
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
        "title_ja",
        "title_en",
        "summary_ja",
        "summary_en",
        "=reply_code",
        "=status_code",
        "patterns__text",
    )
    autocomplete_fields = ("providers",)
    prepopulated_fields = {"slug": ("title_en",)}
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
                    ("slug", "position", "priority"),
                    "internal_note",
                    ("created", "updated"),
                )
            },
        ),
    )

    @admin.display(description=_("languages"))
    def languages(self, entry: Entry) -> str:
        """Name the languages in which nothing is missing."""
        texts = read_texts(entry, TEXT_FIELDS).by_language
        codes = dict.fromkeys(code for _name, code in texts)
        complete = (c for c in codes if all(texts[f, c].strip() for f in TEXT_FIELDS))
        return " ".join(complete) or "–"

    @admin.action(description=_("Publish the selected entries"))
    def publish(self, request: HttpRequest, entries: QuerySet[Entry]) -> None:
        self._set_state(request, entries, State.PUBLISHED)

    @admin.action(description=_("Turn the selected entries into drafts"))
    def unpublish(self, request: HttpRequest, entries: QuerySet[Entry]) -> None:
        self._set_state(request, entries, State.DRAFT)

    def _set_state(
        self, request: HttpRequest, entries: QuerySet[Entry], state: State
    ) -> None:
        # One by one: only save() tells the other processes of the change.
        for entry in entries:
            entry.state = state
            entry.save()
        number = len(entries)
        said = ngettext("%d entry was changed.", "%d entries were changed.", number)
        self.message_user(request, said % number, messages.SUCCESS)

    def get_view_on_site_url(self, obj: Entry | None = None) -> str | None:
        """Offer the page of a published entry; a draft has none yet."""
        if obj is None or obj.state != State.PUBLISHED:
            return None
        return super().get_view_on_site_url(obj)

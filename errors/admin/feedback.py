"""Where the catalog fails customers: votes on entries, and searches without a result."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from modeltranslation.utils import build_localized_fieldname

from errors.admin.guarding import one_change
from errors.figures import figures_of
from errors.listening.drafting import draft_from_search
from errors.models import Entry, Feedback, LostSearch, Section
from errors.models.translating import in_all_languages

RANKED_MAX = 20
COMMENTS_MAX = 5  # shown of one entry


def rank_entries() -> list[dict[str, Any]]:
    """Return the entries with the most unhelpful votes, with their figures and comments."""
    unhelpful = Count("feedback", filter=Q(feedback__helpful=False))
    said = Feedback.objects.exclude(comment="")
    entries = list(
        Entry.objects.annotate(unhelpful=unhelpful)
        .filter(unhelpful__gt=0)
        .order_by("-unhelpful", "slug")
        .prefetch_related(Prefetch("feedback", said, to_attr="said"))[:RANKED_MAX]
    )
    figures = figures_of(entry.slug for entry in entries)
    return [
        {
            "entry": entry,
            "unhelpful": entry.unhelpful,
            "figures": figures[entry.slug],
            "percent": round(100 * (figures[entry.slug].helpful or 0)),
            "comments": entry.said[:COMMENTS_MAX],
        }
        for entry in entries
    ]


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """The worst entries first, then every vote."""

    change_list_template = "admin/errors/feedback/ranking.html"
    list_display = ("created", "helpful", "comment", "entry", "language", "place")
    list_filter = (
        "helpful",
        ("comment", admin.EmptyFieldListFilter),
        "language",
        "place",
    )
    list_select_related = ("entry",)
    list_per_page = 25
    search_fields = ("comment", "entry__slug", *in_all_languages("entry__title"))

    class Media:
        css = {"all": ["errors-admin/listening.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the ranking above the votes; a list that is filtered stands alone."""
        context: dict[str, Any] = {"title": _("Did it help?")}
        if not request.GET:
            context |= {"ranking": rank_entries(), "lost": _lost_rows()}
        return super().changelist_view(request, {**context, **(extra_context or {})})


@admin.register(LostSearch)
class LostSearchAdmin(admin.ModelAdmin):
    """What people searched for in vain: one click to a synonym or to a new entry."""

    list_display = ("query", "count", "language", "last_seen", "do")
    list_filter = ("language",)
    list_per_page = 50
    search_fields = ("query",)

    class Media:
        css = {"all": ["errors-admin/listening.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        draft = self.admin_site.admin_view(require_POST(self.draft_view))
        name = "errors_lostsearch_draft"
        return [path("<int:pk>/draft/", draft, name=name), *super().get_urls()]

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin an entry for these words."""
        if not request.user.has_perm("errors.add_entry"):
            raise PermissionDenied
        lost = get_object_or_404(LostSearch, pk=pk)
        try:
            with one_change("search"):
                entry = draft_from_search(lost)
        except Section.DoesNotExist:
            self.message_user(
                request, _("Please make a section first."), messages.ERROR
            )
            return redirect("admin:errors_section_add")
        return redirect("admin:errors_entry_change", entry.pk)

    @admin.display(description=_("what to do"))
    def do(self, lost: LostSearch) -> SafeString:
        return offer_actions(lost)


def offer_actions(lost: LostSearch) -> SafeString:
    """Return a link to a new synonym, and a button to a new entry."""
    draft = reverse("admin:errors_lostsearch_draft", args=[lost.pk])
    button = format_html(
        '<button class="link" formaction="{}">{}</button>', draft, _("New entry")
    )
    field = build_localized_fieldname("words", lost.language)
    page = reverse("admin:errors_synonym_add")
    synonym = f"{page}?{urlencode({field: lost.query})}"
    return format_html('<a href="{}">{}</a> {}', synonym, _("Synonym"), button)


def _lost_rows() -> list[tuple[LostSearch, SafeString]]:
    return [
        (lost, offer_actions(lost)) for lost in LostSearch.objects.all()[:RANKED_MAX]
    ]

"""What customers could not get explained: looked through, and made into entries."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from errors.admin.guarding import Rehearsing, one_change
from errors.bounce import phrases
from errors.bounce.explaining import explain
from errors.catalog import compile_with, current
from errors.listening import recheck
from errors.listening.drafting import draft_from, give_wording, suggest_phrase
from errors.models import Entry, Pattern, Section, Unexplained, phrases_message
from errors.reasoning import say_why
from errors.roles import may_edit

RECENT_DAYS = 7
DRAFT, IGNORE, REOPEN = "draft", "ignore", "reopen"


class TriageForm(forms.ModelForm):
    """Which entry a notice belongs to, and by which words it will be known from now on."""

    phrase = forms.CharField(
        label=_("Its wording"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_(
            "What stays the same from notice to notice. * is a short gap, {host} any host."
        ),
    )

    class Meta:
        model = Unexplained
        fields = ("entry",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].required = True
        self.fields["phrase"].initial = suggest_phrase(self.text)

    @property
    def text(self) -> str:
        """Return the newest notice of the kind, "" when none was kept."""
        newest = self.instance.hand_ins.first() if self.instance.pk else None
        return newest.text if newest else ""

    def clean_phrase(self) -> str:
        phrase: str = self.cleaned_data["phrase"].strip()
        if not phrase:
            raise ValidationError(_("Please write the words."))
        for problem in phrases.find_problems(phrase):
            raise ValidationError(phrases_message(problem))
        return phrase

    def clean(self) -> dict[str, Any] | None:
        """Ask that the entry will explain the notice: other words may still win."""
        cleaned = super().clean() or {}
        entry, phrase = cleaned.get("entry"), cleaned.get("phrase")
        if entry and phrase and self.text:
            taught = [*entry.patterns.all(), Pattern(entry=entry, text=phrase)]
            verdicts = explain(self.text, compile_with(entry, taught)).verdicts
            if all(verdict.entry != entry.slug for verdict in verdicts):
                winner = verdicts[0].entry or "–"
                said = _("With these words the notice still leads to %(entry)s.")
                self.add_error("phrase", ValidationError(said % {"entry": winner}))
        return cleaned


@admin.register(Unexplained)
class UnexplainedAdmin(Rehearsing):
    """Seen this week first, the most frequent on top."""

    form = TriageForm
    change_form_template = "admin/errors/unexplained/triage.html"
    list_display = ("heading", "do", "count", "seen", "state")
    list_filter = ("state", "provider")
    list_per_page = 50
    search_fields = ("wording", "reply_code", "status_code", "hand_ins__text")
    autocomplete_fields = ("entry",)
    fields = ("entry", "phrase")
    actions = (IGNORE, REOPEN)

    class Media:
        css = {"all": ["errors-admin/admin.css", "errors-admin/listening.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def formfield_for_dbfield(self, *args: Any, **options: Any) -> Any:
        """Choose an entry, and nothing else, in the field for it."""
        field = super().formfield_for_dbfield(*args, **options)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_ordering(self, request: HttpRequest) -> tuple[Any, ...]:
        recent = timezone.now() - datetime.timedelta(days=RECENT_DAYS)
        turn = Case(
            When(~Q(state=Unexplained.State.NEW), then=Value(2)),
            When(last_seen__lt=recent, then=Value(1)),
            default=Value(0),
        )
        return (turn.asc(), "-count", "-last_seen")

    def get_urls(self) -> list[Any]:
        triage = self.admin_site.admin_view(require_POST(self.triage_view))
        name = "errors_unexplained_triage"
        return [path("<int:pk>/triage/", triage, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list as the catalog of this moment leaves it."""
        recheck()
        context = {"title": _("What we could not explain"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the notices of a kind, and what customers read about them now."""
        kind = self.get_object(request, object_id)
        context = {**(describe(kind) if kind else {}), **(extra_context or {})}
        return self.guard(request, super().change_view, object_id, form_url, context)

    def save_model(
        self, request: HttpRequest, obj: Unexplained, form: Any, change: Any
    ) -> None:
        """Give the wording to the entry chosen."""
        entry = form.cleaned_data["entry"]
        if not may_edit(request.user, entry):
            raise PermissionDenied
        give_wording(obj, entry, form.cleaned_data["phrase"])
        self.rehearse(request)

    def response_change(self, request: HttpRequest, obj: Unexplained) -> HttpResponse:
        self._tell(request, obj, _("The wording was given to this entry:"))
        return redirect("admin:errors_unexplained_changelist")

    def triage_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin an entry, or put the kind aside, or take it up again: one click."""
        kind = get_object_or_404(Unexplained, pk=pk)
        if not self.has_change_permission(request, kind):
            raise PermissionDenied
        if request.POST.get("do") == DRAFT:
            return self._draft(request, kind)
        self._set_state(
            request, Unexplained.objects.filter(pk=pk), request.POST.get("do", "")
        )
        return redirect("admin:errors_unexplained_changelist")

    def _draft(self, request: HttpRequest, kind: Unexplained) -> HttpResponse:
        if not request.user.has_perm("errors.add_entry"):
            raise PermissionDenied
        try:
            with one_change("unexplained"):
                kind.refresh_from_db()  # somebody else may have begun it by now
                is_begun = kind.state == Unexplained.State.DRAFTED
                entry = (is_begun and kind.entry) or draft_from(kind)
        except Section.DoesNotExist:
            self.message_user(
                request, _("Please make a section first."), messages.ERROR
            )
            return redirect("admin:errors_section_add")
        return redirect("admin:errors_entry_change", entry.pk)

    @admin.action(description=_("Ignore the selected notices"), permissions=("change",))
    def ignore(self, request: HttpRequest, kinds: QuerySet[Unexplained]) -> None:
        self._set_state(request, kinds, IGNORE)

    @admin.action(
        description=_("Take the selected notices up again"), permissions=("change",)
    )
    def reopen(self, request: HttpRequest, kinds: QuerySet[Unexplained]) -> None:
        self._set_state(request, kinds, REOPEN)

    def _set_state(
        self, request: HttpRequest, kinds: QuerySet[Unexplained], what: str
    ) -> None:
        state = {IGNORE: Unexplained.State.IGNORED, REOPEN: Unexplained.State.NEW}
        if what not in state:
            raise PermissionDenied
        kinds.update(state=state[what], entry=None)
        self.message_user(request, _("Done."), messages.SUCCESS)

    def _tell(self, request: HttpRequest, kind: Unexplained, said: Any) -> None:
        url = reverse("admin:errors_entry_change", args=[kind.entry_id])
        link = format_html('{} <a href="{}">{}</a>', said, url, kind.entry)
        self.message_user(request, link, messages.SUCCESS)

    @admin.display(description=_("last seen"), ordering="last_seen")
    def seen(self, kind: Unexplained) -> datetime.date:
        return timezone.localtime(kind.last_seen).date()

    @admin.display(description=_("wording"), ordering="wording")
    def heading(self, kind: Unexplained) -> SafeString:
        """Name a kind by its words, with the codes that stood beside them."""
        codes = " ".join(filter(None, (kind.reply_code, kind.status_code)))
        return format_html(
            '{}<br><span class="quiet">{}</span>', kind.wording, codes or "–"
        )

    @admin.display(description=_("what to do"))
    def do(self, kind: Unexplained) -> SafeString:
        """Return buttons that act on this row alone."""
        if kind.state != Unexplained.State.NEW:
            return SafeString("")
        url = reverse("admin:errors_unexplained_triage", args=[kind.pk])
        return format_html_join(
            " ",
            '<button class="link" name="do" value="{}" formaction="{}">{}</button>',
            [(DRAFT, url, _("New entry")), (IGNORE, url, _("Ignore"))],
        )


def describe(kind: Unexplained) -> dict[str, Any]:
    """Return what the page of a kind shows besides its form."""
    hand_ins = list(kind.hand_ins.all())
    trial_url = reverse("admin:errors_entry_bench")
    context: dict[str, Any] = {"hand_ins": hand_ins, "trial_url": trial_url}
    if hand_ins:
        explanation = explain(hand_ins[0].text, current().catalog)
        verdict = explanation.verdicts[explanation.headline]
        context["now"] = Entry.objects.filter(slug=verdict.entry or "").first()
        context["why"] = say_why(verdict.winner.why) if verdict.winner else ""
    return context

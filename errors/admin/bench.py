"""The trial bench: paste a bounce, see what the customer sees, and why; then act on it.

Nothing of the bounce is kept, but for the Example that somebody saves, anonymised.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from modeltranslation.utils import build_localized_fieldname

from errors.admin.forms import say_stray
from errors.admin.prefilling import Prefill, asking
from errors.admin.troubles import Stopped
from errors.bounce.explaining import explain
from errors.bounce.redacting import anonymise
from errors.bounce.suggesting import suggest_phrase
from errors.bounce.values import Explanation
from errors.catalog import current
from errors.forms import ExplainForm, PasteField
from errors.models import Entry, Example, Relation, State
from errors.models.codes import REPLY_CODE, STATUS_CODE
from errors.models.translating import SLUG_LANGUAGE
from errors.presentation import reply_to, result_page
from errors.publishing import Published, as_if_published
from errors.rehearsing import find_strays
from errors.roles import may_edit
from errors.trying import try_bounce

if TYPE_CHECKING:
    from errors.admin.guarding import Guarded

SAMPLE_MAX = 2000


class BenchForm(ExplainForm):
    """The customer's form, and for whom and with which draft it is tried."""

    draft: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("As if this draft were published"),
        queryset=Entry.objects.filter(state=State.DRAFT),
        required=False,
    )
    language = forms.ChoiceField(
        label=_("The customer reads"), choices=settings.LANGUAGES, required=False
    )


class _EntrySelect(AutocompleteSelect):
    """Shows a refused form again, where the library's fails on a value that is no key."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        keys = [key for key in value if str(key).isdecimal()]
        return super().optgroups(name, keys, attrs)


class ExampleForm(forms.Form):
    """An anonymised bounce, to be looked over, and the entry that it must lead to."""

    entry: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("entry"),
        queryset=Entry.objects.all(),
        widget=_EntrySelect(Relation._meta.get_field("other"), admin.site),
    )
    text = PasteField(
        label=_("Anonymised text: look it over, and take out what is left of a person"),
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The page holds the customer's form too, whose text has the usual id.
        super().__init__(*args, **{"auto_id": "example_%s", **kwargs})

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(gettext("An example needs its text."))
        return text


@require_http_methods(["GET", "HEAD", "POST"])
def show_bench(request: HttpRequest, desk: "Guarded") -> HttpResponse:
    """Answer the bench: empty, or with everything about one bounce."""
    _check_view(request, desk)
    if request.method != "POST":
        initial = {"language": translation.get_language(), **request.GET.dict()}
        return _render(request, desk, BenchForm(initial=initial))
    form = BenchForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, desk, form, status=400)
    paste, draft = form.cleaned_data["paste"], form.cleaned_data["draft"]
    return _show_trial(request, desk, paste, draft, form.cleaned_data["language"])


def _show_trial(
    request: HttpRequest,
    desk: "Guarded",
    paste: str | bytes,
    draft: Entry | None = None,
    language: str = "",
    example: ExampleForm | None = None,
) -> HttpResponse:
    published = as_if_published(current(), draft) if draft else current()
    explanation = explain(paste, published.catalog)
    bounce = explanation.bounce
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    form = BenchForm(
        initial={"text": bounce.text, "draft": draft, "language": language}
    )
    found = explanation.verdicts[explanation.headline].entry
    proposed = {
        "text": anonymise(bounce.text, bounce.regions),
        "entry": Entry.objects.filter(slug=found or "").first(),
    }
    context: dict[str, Any] = {
        "trial": try_bounce(explanation, published),
        "customer": _customers_page(request, explanation, published, language),
        "replies": list(_replies(explanation, published)),
        "example": example or ExampleForm(initial=proposed),
        "anonymised": proposed["text"],
        "draft": draft,
    }
    return _render(request, desk, form, **context)


def _render(
    request: HttpRequest,
    desk: "Guarded",
    form: BenchForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    whole = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": gettext("Trial bench"),
        "form": form,
        "may_edit": may_edit(request.user),
        "media": desk.media
        + ExampleForm().media
        + forms.Media(js=["errors-admin/copy.js"]),
        **context,
    }
    return TemplateResponse(request, "admin/errors/bench.html", whole, status=status)


def _customers_page(
    request: HttpRequest, explanation: Explanation, published: Published, language: str
) -> str:
    """Render the very page that the customer would get."""
    with translation.override(language):
        page = result_page(explanation, published, language)
        again = {"text": explanation.bounce.text}
        # A plain string, so that the template escapes it into its frame.
        return str(
            render_to_string(
                "errors/result.html", {"page": page, "again": again}, request
            )
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What support can send, in one of the customers' languages."""

    language: str
    name: str
    text: str


def _replies(explanation: Explanation, published: Published) -> Iterator[Reply]:
    for code, name in settings.LANGUAGES:
        if text := reply_to(explanation, published, code):
            yield Reply(code, str(name), text)


@require_POST
def keep_example(request: HttpRequest, desk: "Guarded") -> HttpResponse:
    """Make a looked-over bounce an Example of an entry; it must lead there."""
    _check_view(request, desk)
    form = ExampleForm(request.POST)
    if form.is_valid():
        entry, text = form.cleaned_data["entry"], form.cleaned_data["text"]
        if not may_edit(request.user, entry):
            form.add_error("entry", gettext("You may not change this entry."))
        elif _add_example(request, desk, form, entry, text):
            url = reverse(f"admin:{desk.page_name('change')}", args=[entry.pk])
            return HttpResponseRedirect(f"{url}#examples-group")
    text = form.cleaned_data.get("text") or request.POST.get("text", "")
    response = _show_trial(request, desk, text, example=form)
    response.status_code = 400
    return response


def _add_example(
    request: HttpRequest, desk: "Guarded", form: ExampleForm, entry: Entry, text: str
) -> bool:
    """Save the Example, or say on the form to which entry it leads instead."""

    def add() -> None:
        # Somebody else may have saved it, or published it, while this waited for its turn.
        entry.refresh_from_db()
        if not may_edit(request.user, entry):
            raise PermissionDenied
        Example.objects.create(entry=entry, text=text)
        entry.save()

    try:
        desk.change(request, add, "example")
    except Stopped as stopped:
        for loss in stopped.losses:
            form.add_error("text", say_stray(loss))
        return False
    desk.log_change(request, entry, gettext("Example added from the trial bench."))
    said = gettext("The example was added to “%(entry)s”.") % {"entry": entry}
    desk.message_user(request, said, messages.SUCCESS)
    if entry.state == State.DRAFT:
        catalog = as_if_published(current(), entry).catalog
        for loss in find_strays([(entry.slug, text)], catalog):
            desk.message_user(request, say_stray(loss), messages.WARNING)
    return True


@require_POST
def write_entry(request: HttpRequest, desk: "Guarded") -> HttpResponse:
    """Open the page of a new entry with what a bounce says filled in."""
    text = request.POST.get("text", "")
    explanation = explain(text, current().catalog)
    recipient = explanation.verdicts[explanation.headline].recipient
    anonymous = anonymise(explanation.bounce.text, explanation.bounce.regions).strip()
    words = [span.of(explanation.bounce.text) for span in recipient.diagnostics]
    said = " ".join(words[0].split()) if words else ""
    phrase = suggest_phrase(said or _first_line(anonymous))
    code, status = recipient.reply_code or "", recipient.status or ""
    fields = {
        "state": State.DRAFT,
        "reply_code": code if re.match(REPLY_CODE, code) else "",
        "status_code": status if re.match(STATUS_CODE, status) else "",
        "outcome": "temporary" if (status or code).startswith("4") else "permanent",
        build_localized_fieldname("title", SLUG_LANGUAGE): " ".join(
            filter(None, (code, phrase))
        )[:100],
        "sample": anonymise(said) if said else anonymous[:SAMPLE_MAX],
    }
    rows = {"patterns": [{"text": phrase}], "examples": [{"text": anonymous}]}
    return _fill_in(request, desk, Prefill(fields, rows if anonymous else {}))


def _first_line(text: str) -> str:
    return next(filter(None, map(str.strip, text.splitlines())), "")


@require_safe
def copy_entry(request: HttpRequest, desk: "Guarded", pk: int) -> HttpResponse:
    """Open the page of a new entry with what another says filled in."""
    entry = get_object_or_404(Entry, pk=pk)
    _check_view(request, desk)
    fields = model_to_dict(entry, exclude=("id", "slug", "position"))
    for code, _name in settings.LANGUAGES:
        name = f"title_{code}"
        if fields.get(name):
            fields[name] = gettext("%(title)s (copy)") % {"title": fields[name]}
    parts = {"patterns": entry.patterns.all(), "relations": entry.relations.all()}
    rows = {
        prefix: [model_to_dict(row, exclude=("id", "entry")) for row in part]
        for prefix, part in parts.items()
    }
    prefill = Prefill({**fields, "state": State.DRAFT}, rows)
    return _fill_in(request, desk, prefill)


def _fill_in(request: HttpRequest, desk: "Guarded", prefill: Prefill) -> HttpResponse:
    url = reverse(f"admin:{desk.page_name('add')}")
    return desk.changeform_view(asking(request, prefill), form_url=url)


def _check_view(request: HttpRequest, desk: "Guarded") -> None:
    if not desk.has_view_or_change_permission(request):
        raise PermissionDenied

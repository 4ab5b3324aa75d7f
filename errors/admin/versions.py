"""The history of a row: all its versions, two of them side by side, and the way back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from errors.admin.troubles import Stopped
from errors.describing import find_changed, find_rows
from errors.models import Entry, State
from errors.roles import may_publish
from errors.versions import Version, restore, versions_of

if TYPE_CHECKING:
    from errors.admin.guarding import Guarded


@dataclass(frozen=True, slots=True)
class Line:
    """A version in the list: its number, from 1, and what it changed."""

    number: int
    version: Version
    reason: str
    changed: str


def show_versions(
    desk: "Guarded", request: HttpRequest, object_id: str
) -> HttpResponse:
    """Answer the page of a row's history; a POST brings one of its versions back."""
    pk = _pk_of(object_id)
    versions = versions_of(desk.model, pk)
    row = desk.get_object(request, object_id)
    if not versions and row is None:
        raise Http404
    if not desk.has_view_or_change_permission(request, row):
        raise PermissionDenied
    if request.method == "POST":
        return _bring_back(desk, request, pk, versions)
    return _show(desk, request, versions, row)


def _show(
    desk: "Guarded", request: HttpRequest, versions: list[Version], row: Any
) -> HttpResponse:
    lines = _lines(desk, versions)
    after = _chosen(request.GET.get("after"), len(lines))
    before = _chosen(request.GET.get("before"), after - 1)
    contents = {line.number: line.version.content for line in lines}
    newest = next((v.content for v in versions if v.content), None)
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "original": row,
        "title": _("History: %(name)s") % {"name": row or _name_of(newest)},
        "lines": lines,
        "before": before,
        "after": after,
        "rows": find_rows(contents.get(before), contents.get(after), desk.model),
        "may_change": _may_bring_back(desk, request, row),
    }
    return TemplateResponse(request, "admin/errors/versions.html", context)


def _lines(desk: "Guarded", versions: list[Version]) -> list[Line]:
    """Return the versions with their numbers, the newest first."""
    lines = []
    for index, version in enumerate(versions):
        older = versions[index + 1].content if index + 1 < len(versions) else None
        changed = find_changed(older, version.content, desk.model)
        if version.content is None:
            said = _("Deleted")
        else:
            said = ", ".join(changed) if older else _("Newly added")
        number = len(versions) - index
        lines.append(Line(number, version, say_reason(version.reason), said))
    return lines


def say_reason(reason: str) -> str:
    """Say in the reader's language why an act was done."""
    kind, _blank, rest = reason.partition(" ")
    said = {
        "upgrade": _("As it was when histories began"),
        "loadcatalog": _("The shipped catalog was loaded"),
        "back": _("Back to version %(rest)s"),
        "import": _("Import of %(rest)s"),
        "example": _("Example from the trial bench"),
        "unexplained": _("Begun from a notice that was handed in"),
        "search": _("Begun from a search without a result"),
    }.get(kind)
    return said % {"rest": rest} if said else reason


def _bring_back(
    desk: "Guarded", request: HttpRequest, pk: int, versions: list[Version]
) -> HttpResponse:
    number = _chosen(request.POST.get("version"), 0)
    by_number = {len(versions) - n: version for n, version in enumerate(versions)}
    content = by_number[number].content if number in by_number else None
    if content is None:
        raise Http404
    page = reverse(f"admin:{desk.page_name('history')}", args=[pk])
    if request.POST.get("newest") != str(len(versions)):
        said = _("Nothing was changed: somebody else saved a version in the meantime.")
        desk.message_user(request, said, messages.ERROR)
        return HttpResponseRedirect(page)
    row = desk.model._default_manager.filter(pk=pk).first() or desk.model(pk=pk)
    if not _may_bring_back(desk, request, row, content.get("state", "")):
        raise PermissionDenied
    try:
        desk.change(request, lambda: restore(row, content), f"back {number}")
    except (ValidationError, IntegrityError) as error:
        said = _("This version cannot be brought back: %(why)s")
        desk.message_user(request, said % {"why": _say(error)}, messages.ERROR)
        return HttpResponseRedirect(page)
    except Stopped as stopped:
        return desk.show_stopped(request, stopped)
    said = _("Version %(number)d is back, as a new version.") % {"number": number}
    desk.message_user(request, said, messages.SUCCESS)
    return HttpResponseRedirect(reverse(f"admin:{desk.page_name('change')}", args=[pk]))


def _say(error: ValidationError | IntegrityError) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return _("Its slug belongs to another row now.")


def _may_bring_back(
    desk: "Guarded", request: HttpRequest, row: Any, state: str = ""
) -> bool:
    """Tell whether somebody may change all of a row, and publish what was published."""
    is_there = row is not None and not row._state.adding
    may = desk.may_edit(request, row) if is_there else desk.has_add_permission(request)
    return may and (
        desk.model is not Entry or state != State.PUBLISHED or may_publish(request.user)
    )


def show_deleted(request: HttpRequest, desk: "Guarded") -> HttpResponse:
    """Answer the list of the rows that were deleted, with the way to their history."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    history: Any = desk.model
    rows = history.history.filter(history_type="-").select_related("history_user")
    gone = rows.exclude(id__in=desk.model._default_manager.values("pk"))
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": _("Deleted entries"),
        # Of a row that was deleted twice, the last time alone.
        "rows": list({row.id: row for row in reversed(gone)}.values())[::-1],
    }
    return TemplateResponse(request, "admin/errors/deleted.html", context)


def _pk_of(object_id: str) -> int:
    """Return a key that a database can hold; raises Http404 for any other."""
    key = unquote(object_id)
    if not (key.isdecimal() and len(key) < 19):
        raise Http404
    return int(key)


def _chosen(number: str | None, default: int) -> int:
    return int(number) if number and number.isdecimal() else default


def _name_of(content: Any) -> str:
    """Return what a deleted row was called."""
    return str((content or {}).get("slug") or (content or {}).get("text") or "")

"""Two people at one row: the second is told, sees both, and chooses field by field.

The page carries the fingerprint of what its row said. Where the row says something else when
it is saved, what was typed is worked out as a content (saved, and undone again) and set
beside what is there now.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.forms import all_valid
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from errors.admin.troubles import OutOfReach, Overtaken, Vanished, as_new_rows
from errors.models import Entry
from errors.reconciling import Difference, find_differences, reconcile
from errors.shipping.contents import content_of, fingerprint
from errors.shipping.files import Content
from errors.versions import Version, restore, versions_of

if TYPE_CHECKING:
    from errors.admin.guarding import Guarded


def check_lock(
    desk: "Guarded", request: HttpRequest, object_id: str
) -> HttpResponse | None:
    """Let a save go on, or answer it when its conflict has been resolved.

    Raises Overtaken where somebody has to choose, Vanished where the row is gone and
    OutOfReach where it is not this person's to change any more.
    """
    # The catalog is held by now: what is read here stays as it is until we are done.
    row = desk.get_object(request, object_id)
    if row is None or not desk.has_change_permission(request, row):
        was_open = row is None or "based_on" in request.POST
        if was_open and desk.has_add_permission(request):
            _give_up(request, desk, row)
        if row:
            raise PermissionDenied
        return None
    theirs = content_of(row)
    if fingerprint(theirs) == request.POST.get("based_on"):
        return None
    return _resolve(desk, request, row, theirs)


def _give_up(request: HttpRequest, desk: "Guarded", row: Any) -> NoReturn:
    """Make what was typed a new row, as the old one is gone or out of reach."""
    _take_as_new(request, desk.get_inline_instances(request))
    if row is None:
        raise Vanished
    for taken in ("slug", "position"):  # the form finds others
        request.POST[taken] = ""  # type: ignore[misc]  # a copy, which may be changed
    raise OutOfReach


def _resolve(
    desk: "Guarded", request: HttpRequest, row: Any, theirs: Content
) -> HttpResponse:
    versions = versions_of(desk.model, row.pk)
    base = _find_base(versions, request.POST.get("based_on", ""))
    by = versions[0] if versions else None
    mark = fingerprint(theirs)
    typed = _type_in(desk, request, row)
    if typed is None:  # its own mistakes come first; the page shows them
        raise Overtaken(by, None, mark)
    mine = content_of(typed)
    differences = find_differences(base, theirs, mine, desk.model)
    if differences and request.POST.get("resolving") != mark:
        raise Overtaken(by, differences, mark)
    merged = reconcile(base, theirs, mine, _choices(request, differences))
    if isinstance(row, Entry) and row.section_id == typed.section_id:
        row.position = typed.position
    try:
        with transaction.atomic():
            restore(row, merged)
    except (ValidationError, IntegrityError) as error:
        raise Overtaken(by, differences, mark) from error
    desk.rehearse(request)
    desk.log_change(request, row, _("Merged with what somebody else had saved."))
    return desk.response_change(request, row)


def _choices(request: HttpRequest, differences: list[Difference]) -> dict[str, str]:
    return {
        one.path: request.POST.get(f"choose-{one.path}", one.choice)
        for one in differences
    }


def _find_base(versions: list[Version], based_on: str) -> Content | None:
    """Return what the person began with, if history knows it."""
    contents = (version.content for version in versions if version.content)
    return next((one for one in contents if fingerprint(one) == based_on), None)


def _type_in(desk: "Guarded", request: HttpRequest, row: Any) -> Any:
    """Return the row as it would be with what was typed; None where that has mistakes.

    The row is whole, with what belongs to it, but nothing of it is in the database.
    """
    # Of who may change the texts of rows alone, the rows stay those that they are.
    inlines = [
        inline
        for inline in desk.get_inline_instances(request, row)
        if inline.has_change_permission(request, row)
        and inline.has_add_permission(request, row)
    ]
    _take_as_new(request, inlines)
    with _undone():
        for inline in inlines:
            inline.model._default_manager.filter(entry=row).delete()
        fresh = desk.model._default_manager.get(pk=row.pk)
        if not _save_typed(desk, request, fresh):
            return None
        saved = desk.model._default_manager.filter(pk=row.pk)
        if desk.model is Entry:
            saved = saved.select_related("section").prefetch_related(
                "providers", "patterns__provider", "examples", "relations__other"
            )
        return saved.get()


def _take_as_new(request: HttpRequest, inlines: list[Any]) -> None:
    prefixes = [inline.get_formset(request).get_default_prefix() for inline in inlines]
    request.POST = as_new_rows(request.POST, prefixes)  # type: ignore[assignment]  # as Django allows


def _save_typed(desk: "Guarded", request: HttpRequest, fresh: Any) -> bool:
    fields = flatten_fieldsets(desk.get_fieldsets(request, fresh))
    form_class = desk.get_form(request, fresh, change=True, fields=fields)
    form = form_class(request.POST, request.FILES, instance=fresh)
    formsets, _inlines = desk._create_formsets(request, form.instance, change=True)
    is_valid = form.is_valid()
    if not (all_valid(formsets) and is_valid):
        return False
    desk.save_model(request, form.save(commit=False), form, change=True)
    desk.save_parts(request, form, formsets)
    return True


class _Undo(Exception):  # noqa: N818 - not an error: rolls back what was only tried
    pass


@contextmanager
def _undone() -> Iterator[None]:
    with suppress(_Undo), transaction.atomic():
        yield
        raise _Undo

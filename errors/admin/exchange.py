"""In and out: the catalog as YAML, texts as XLSX and CSV; what comes in is shown before it is written."""

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.options import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from errors.admin.troubles import Stopped
from errors.describing import MODELS, Row, find_rows
from errors.models import Entry
from errors.roles import languages_of, may_edit, may_publish
from errors.shipping import ShippingError
from errors.shipping.exporting import export, pack
from errors.shipping.files import read_files
from errors.shipping.merging import Change, Report, bring_in
from errors.shipping.sheets import (
    Mistake,
    SheetError,
    bring_in_sheet,
    write_sheet,
)

if TYPE_CHECKING:
    from errors.admin.guarding import Guarded

UPLOAD_MAX = 2 * 1024 * 1024  # bytes; it travels on in the page that asks to confirm
UNPACKED_MAX = 32 * 1024 * 1024
SHOWN_MAX = 100  # changed rows that are shown in full
SUFFIXES = {"yaml": "yaml", "yml": "yaml", "zip": "zip", "xlsx": "xlsx", "csv": "csv"}
WHOLE = ("yaml", "zip")  # kinds of files that say everything about their rows
# As many ways as Python's own reader has to say that an archive cannot be read.
_BAD_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
TYPES = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ImportForm(forms.Form):
    """A file to bring in, fresh from the disk or come back from the preview."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.zip,.xlsx,.csv"}),
        help_text=_(
            "YAML or a ZIP of YAML files as exported here, or texts as XLSX or CSV."
        ),
    )
    what = forms.ChoiceField(
        label=_("Texts of"),
        choices=[
            (name, model._meta.verbose_name_plural) for name, model in MODELS.items()
        ],
        required=False,
        help_text=_("For XLSX and CSV."),
    )
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)
    packed = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Hand over `name`, `kind` and `content`, wherever the file came from."""
        cleaned = super().clean() or {}
        file: UploadedFile[Any] | None = cleaned.get("file")
        if file is not None:
            cleaned["name"], cleaned["content"] = (
                str(file.name),
                file.read(UPLOAD_MAX + 1),
            )
        else:
            cleaned["content"] = _decoded(cleaned.get("packed", ""))
        suffix = cleaned.get("name", "").rpartition(".")[2].lower()
        cleaned["kind"] = SUFFIXES.get(suffix, "")
        if not cleaned["content"]:
            self.add_error("file", gettext("Please choose a file."))
        elif len(cleaned["content"]) > UPLOAD_MAX:
            self.add_error(
                "file", gettext("This file is too large. As a ZIP it may fit.")
            )
        elif not cleaned["kind"]:
            self.add_error(
                "file", gettext("Please choose a YAML, ZIP, XLSX or CSV file.")
            )
        return cleaned


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return b""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row that the file changes: what it is called, and field by field how."""

    kind: str
    key: str
    is_new: bool
    rows: list[Row]


class _Preview(Exception):  # noqa: N818 - not an error: undoes what was only tried
    def __init__(self, report: Report, stopped: Stopped | None) -> None:
        super().__init__()
        self.report, self.stopped = report, stopped


@require_safe
def send_file(request: HttpRequest, desk: "Guarded") -> HttpResponse:
    """Answer the catalog as files, or the texts of one kind of row as a sheet."""
    if not desk.has_view_or_change_permission(request):
        raise PermissionDenied
    kind, what = request.GET.get("kind", "zip"), request.GET.get("what", "entry")
    if kind not in TYPES or what not in MODELS:
        return HttpResponse(status=404)
    content = pack(export()) if kind == "zip" else write_sheet(MODELS[what], kind)
    day = timezone.localdate().isoformat()
    name = f"{'catalog' if kind == 'zip' else what}-{day}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HttpRequest, desk: "Guarded") -> HttpResponse:
    """Answer the page of import and export; a file is shown first, then written."""
    if not desk.has_view_or_change_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return _render(request, desk, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _render(request, desk, form, status=400)
    try:
        number = _import(request, desk, form.cleaned_data)
    except _Preview as preview:
        return _show(request, desk, form, preview)
    except (ShippingError, SheetError) as error:
        mistakes = getattr(error, "mistakes", [Mistake(None, "", str(error))])
        name = form.cleaned_data["name"]
        return _render(
            request, desk, ImportForm(), status=400, mistakes=mistakes, name=name
        )
    said = ngettext("%d row was changed.", "%d rows were changed.", number) % number
    desk.message_user(request, said)
    return HttpResponseRedirect(reverse("admin:errors_entry_exchange"))


def _import(request: HttpRequest, desk: "Guarded", said: dict[str, Any]) -> int:
    """Write a file and return how many rows it changed; raises _Preview to be asked first."""
    if said["kind"] in WHOLE and not may_publish(request.user):
        raise PermissionDenied
    report = Report()

    def write() -> None:
        nonlocal report
        report = _bring_in(request, said)
        if request.POST.get("token") != token_of(report.changes):
            raise _Preview(report, _find_stop(desk, request))

    try:
        desk.change(request, write, f"import {said['name']}")
    except Stopped as stopped:
        raise _Preview(report, stopped) from None
    return len(report.changes)


def _find_stop(desk: "Guarded", request: HttpRequest) -> Stopped | None:
    try:
        desk.rehearse(request)
    except Stopped as stopped:
        return stopped
    return None


def _bring_in(request: HttpRequest, said: dict[str, Any]) -> Report:
    if said["kind"] in WHOLE:
        return bring_in(read_files(_unpacked(said)))
    user, model = request.user, MODELS[said["what"] or "entry"]
    languages = languages_of(user)
    may_change = user.has_perm(f"errors.change_{model._meta.model_name}")

    def may_translate(row: Model, code: str) -> bool:
        may_all = may_edit(user, row) if isinstance(row, Entry) else may_change
        return may_all or code in languages

    return bring_in_sheet(model, said["kind"], said["content"], may_translate)


def _unpacked(said: dict[str, Any]) -> dict[str, bytes]:
    """Return the YAML files of an upload by name; raises ShippingError for a bad archive."""
    if said["kind"] == "yaml":
        return {said["name"]: said["content"]}
    try:
        with zipfile.ZipFile(io.BytesIO(said["content"])) as archive:
            infos = [
                i for i in archive.infolist() if i.filename.endswith((".yaml", ".yml"))
            ]
            if sum(info.file_size for info in infos) > UNPACKED_MAX:
                raise ShippingError(f"{said['name']}: too large when unpacked")
            files = {info.filename: archive.read(info) for info in infos}
    except _BAD_ARCHIVE as error:
        raise ShippingError(f"{said['name']}: {error}") from error
    if not files:
        raise ShippingError(f"{said['name']}: no *.yaml files in it")
    return files


def token_of(changes: list[Change]) -> str:
    """Name these very changes, so that what is written is what was shown."""
    said = repr([(c.kind, c.key, c.before, c.after) for c in changes])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _show(
    request: HttpRequest, desk: "Guarded", form: ImportForm, preview: _Preview
) -> HttpResponse:
    """Show what a file would change, and ask."""
    changes, said = preview.report.changes, form.cleaned_data
    again = ImportForm(
        initial={
            "name": said["name"],
            "what": said["what"],
            "packed": base64.b64encode(said["content"]).decode("ascii"),
        }
    )
    return _render(
        request,
        desk,
        ImportForm(),
        again=again,
        name=said["name"],
        report=preview.report,
        changes=[_shown(change) for change in changes[:SHOWN_MAX]],
        more=len(changes[SHOWN_MAX:]),
        token=token_of(changes),
        trouble=preview.stopped,
        may_confirm=request.user.has_perm("errors.confirm_loss"),
    )


def _shown(change: Change) -> Shown:
    model = MODELS[change.kind]
    rows = find_rows(change.before, change.after, model)
    kind = str(model._meta.verbose_name)
    return Shown(kind, change.key, change.before is None, rows)


def _render(
    request: HttpRequest,
    desk: ModelAdmin,
    form: ImportForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    whole = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": gettext("In and out"),
        "media": desk.media,
        "form": form,
        "kinds": [
            (name, model._meta.verbose_name_plural) for name, model in MODELS.items()
        ],
        **context,
    }
    return TemplateResponse(request, "admin/errors/exchange.html", whole, status=status)

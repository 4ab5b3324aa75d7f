"""Texts ⇄ XLSX and CSV for translators, through django-import-export.

A row an entry (section, provider, gloss), a column a text in one language, each named in full:
a column without its language would be whatever language is active. An empty cell changes
nothing, so that a sheet may hold one language alone. Nothing but texts can be changed.
"""

import csv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from import_export.formats.base_formats import XLSX
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource, modelresource_factory
from import_export.results import Result
from import_export.widgets import CharWidget
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname
from tablib import Dataset

from errors.models import Gloss
from errors.models.translating import ORIGINAL
from errors.shipping.contents import texts_of, unix
from errors.shipping.files import Content
from errors.shipping.merging import Change, Report
from errors.wording import PLACEHOLDER

# What a spreadsheet would take for a formula gets a ' in front, and loses it again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a file: in which row of the sheet, which column, and why."""

    row: int | None
    column: str
    text: str


class SheetError(Exception):
    """A sheet that cannot be used; says everything that is wrong with it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


MayTranslate = Callable[[Any, str], bool]  # a row, a language


def write_sheet(model: type[Model], kind: str) -> bytes:
    """Return all texts of a model as a sheet of the kind `xlsx` or `csv`."""
    dataset = _resource_of(model)().export()
    if kind == "csv":
        return (
            f"\ufeff{dataset.export('csv')}".encode()
        )  # spreadsheets ask for the mark
    data: bytes = XLSX().export_data(dataset)
    return data


def bring_in_sheet(
    model: type[Model], kind: str, data: bytes, may_translate: MayTranslate
) -> Report:
    """Write the texts of a sheet into their rows; call it within a transaction.

    Raises SheetError, with every mistake, for a sheet that cannot be used.
    """
    dataset = _read(kind, data)
    _check_columns(model, dataset.headers or [])
    resource = _resource_of(model)(may_translate)
    result: Result = resource.import_data(dataset, use_transactions=False)
    mistakes = sorted(_find_mistakes(result), key=lambda one: one.row or 0)
    if mistakes:
        raise SheetError(mistakes)
    return _report(model, result)


def key_of(model: type[Model]) -> str:
    """Return the column by which a row is found."""
    return "text" if model is Gloss else "slug"


def columns_of(model: type[Model]) -> dict[str, tuple[str, str]]:
    """Return the columns with their text and language, those of one text side by side."""
    translated = translator.get_options_for_model(model).all_fields
    return {
        build_localized_fieldname(field.name, code): (field.name, code)
        for field in model._meta.fields
        if field.name in translated
        for code, _name in settings.LANGUAGES
    }


def _read(kind: str, data: bytes) -> Dataset:
    try:
        if kind == "csv":
            return Dataset().load(data.decode("utf-8-sig"), format="csv")
        return XLSX().create_dataset(data)
    # A broken file fails in as many ways as there are parts of it.
    except (zipfile.BadZipFile, csv.Error, UnicodeDecodeError) as error:
        raise SheetError(
            [Mistake(None, "", _("This is no readable sheet."))]
        ) from error
    except Exception as error:
        said = _("This sheet cannot be read: %(why)s") % {"why": type(error).__name__}
        raise SheetError([Mistake(None, "", said)]) from error


def _check_columns(model: type[Model], headers: list[Any]) -> None:
    known = {key_of(model), *columns_of(model)}
    mistakes = [
        Mistake(1, str(name or ""), _("There is no such column."))
        for name in headers
        if name not in known
    ]
    if key_of(model) not in headers:
        mistakes.append(Mistake(1, key_of(model), _("This column is missing.")))
    if len(set(headers)) < len(headers):
        mistakes.append(Mistake(1, "", _("A column is there twice.")))
    if mistakes:
        raise SheetError(mistakes)


def _find_mistakes(result: Result) -> Iterator[Mistake]:
    for row in result.invalid_rows:
        for column, texts in row.error_dict.items():
            # What is wrong with title_en is told of title as well.
            if not any(other.startswith(f"{column}_") for other in row.error_dict):
                name = "" if column == "__all__" else column
                yield Mistake(row.number + 1, name, " ".join(texts))  # after the header
    for number, errors in result.row_errors():
        for error in errors:
            yield Mistake(number + 1, "", str(error.error))
    for error in result.base_errors:
        yield Mistake(None, "", str(error.error))


def _report(model: type[Model], result: Result) -> Report:
    report, name = Report(), str(model._meta.model_name)
    for row in result.rows:
        if row.import_type == "skip":
            report.unchanged += 1
            continue
        key = getattr(row.instance, key_of(model))
        report.updated.append(f"{name} {key}")
        report.changes.append(
            Change(name, key, _texts(row.original), _texts(row.instance))
        )
    return report


def _texts(row: Any) -> Content:
    """Return the texts of a row in the form of a content."""
    names = translator.get_options_for_model(type(row)).all_fields
    return {name: texts_of(row, name) for name in names}


# --- The resource ------------------------------------------------------------------------------


class _Text(CharWidget):  # type: ignore[misc]  # the library has no types
    """A text that no spreadsheet takes for a formula."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        text = _plain(value)
        return f"'{text}" if text.startswith((*_FORMULA, "'")) else text

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = _plain(value)
        is_guarded = text.startswith("'") and text[1:].startswith((*_FORMULA, "'"))
        return text[1:] if is_guarded else text


def _plain(value: Any) -> str:
    """Return a text as it is compared: without blanks around it, whatever its line ends."""
    return unix(str("" if value is None else value)).strip()


class _Sheet(ModelResource):  # type: ignore[misc]  # the library has no types
    """Rows of a model by their key; only texts are written, and only by who may."""

    def __init__(self, may_translate: MayTranslate = lambda _row, _code: True) -> None:
        super().__init__()
        self.may_translate = may_translate
        self.seen: set[str] = set()
        for field in self.fields.values():
            field.widget = _Text()

    def get_or_init_instance(self, loader: Any, row: Any) -> tuple[Any, bool]:
        (name,) = self.get_import_id_fields()
        key = self.fields[name].clean(row)
        instance = loader.get_instance(row)
        if instance is None:
            raise ValidationError({name: _("There is no row with this key.")})
        if key in self.seen:
            raise ValidationError({name: _("This key stands in the sheet twice.")})
        self.seen.add(key)
        return instance, False

    def import_field(self, field: Any, instance: Any, row: Any, **kwargs: Any) -> None:
        said = field.clean(row) if field.column_name in row else ""
        # An empty cell says nothing; a text that says the same stays as it is.
        if said and said != _plain(field.get_value(instance)):
            super().import_field(field, instance, row, **kwargs)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        columns = columns_of(type(instance))
        before = {name: getattr(instance, name) for name in columns}
        super().import_instance(instance, row, **kwargs)
        errors = {}
        for column, (name, code) in columns.items():
            if getattr(instance, column) == before[column]:
                continue
            if said := self._find_fault(instance, name, code):
                errors[column] = said
        if errors:
            raise ValidationError(errors)

    def _find_fault(self, instance: Any, name: str, code: str) -> str:
        if not self.may_translate(instance, code):
            return _("You may not change the texts of this language.")
        original, text = (
            getattr(instance, build_localized_fieldname(name, one)) or ""
            for one in (ORIGINAL, code)
        )
        unknown = _places(text) - _places(original)
        if unknown and code != ORIGINAL:
            said = _("The original has no place %(names)s.")
            return said % {"names": ", ".join(sorted(unknown))}
        return ""


def _places(text: str) -> set[str]:
    """Return the places in a text for captured values: `{size}` of `{size|the limit}`."""
    return {f"{{{name}}}" for name, _fallback in PLACEHOLDER.findall(text)}


@lru_cache
def _resource_of(model: type[Model]) -> type[_Sheet]:
    key = key_of(model)
    options = {
        "import_id_fields": (key,),
        "fields": (key, *columns_of(model)),
        "export_order": (key, *columns_of(model)),
        "instance_loader_class": CachedInstanceLoader,
        "clean_model_instances": True,
        "skip_unchanged": True,
        "report_skipped": True,
        "skip_html_diff": True,
        "store_instance": True,
    }
    made: type[_Sheet] = modelresource_factory(model, _Sheet, options)
    return made

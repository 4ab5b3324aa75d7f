"""Contents as a person reads them: a label and a text per field, and what changed in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _

from errors.comparing import Pair, compare
from errors.models import Entry, Gloss, Pattern, Provider, Section, Synonym, Term
from errors.shipping.files import Content

MODELS: dict[str, type[Model]] = {
    "entry": Entry,
    "section": Section,
    "provider": Provider,
    "gloss": Gloss,
    "synonym": Synonym,
    "term": Term,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a content, in one language where it has several."""

    path: str  # "title.ja", "patterns"
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field of two contents, side by side."""

    path: str
    label: str
    pair: Pair


def describe(content: Content, model: type[Model]) -> list[Field]:
    """Return the fields of a content that say something."""
    return [
        field
        for key, value in content.items()
        if not key.startswith("_")
        for field in _fields(key, value, model)
        if field.text
    ]


def find_rows(
    before: Content | None, after: Content | None, model: type[Model]
) -> list[Row]:
    """Return the fields that differ between two contents; None is a row that is not there."""
    return [
        Row(path, label, compare(left, right))
        for path, label, left, right in _find_changed(before, after, model)
    ]


def find_changed(
    before: Content | None, after: Content | None, model: type[Model]
) -> list[str]:
    """Return what the fields are called that differ, each once."""
    return [label for _path, label, *_ in _find_changed(before, after, model)]


def _find_changed(
    before: Content | None, after: Content | None, model: type[Model]
) -> list[tuple[str, str, str, str]]:
    old = {field.path: field for field in describe(before or {}, model)}
    new = {field.path: field for field in describe(after or {}, model)}
    changed = [
        (path, field.label, _text_of(old.get(path)), _text_of(new.get(path)))
        for path, field in {**old, **new}.items()
    ]
    return sorted(
        (one for one in changed if one[2] != one[3]),
        key=lambda one: _ORDER.get(one[0], 0),
    )


def _text_of(field: Field | None) -> str:
    return field.text if field else ""


# What is read first stands first; fields not named here stand before all.
_ORDER = {"patterns": 1, "examples": 2, "related": 3}


def _fields(key: str, value: Any, model: type[Model]) -> Iterator[Field]:
    label = label_of(key, model)
    if isinstance(value, dict):
        names = dict(settings.LANGUAGES)
        for code, text in value.items():
            yield Field(f"{key}.{code}", f"{label} ({names.get(code, code)})", text)
    else:
        yield Field(key, label, _say(key, value, model))


def label_of(key: str, model: type[Model]) -> str:
    """Return what a key of a content is called."""
    parts = {
        "patterns": _("patterns"),
        "examples": _("examples"),
        "related": _("related entries"),
    }
    return parts.get(key) or str(
        getattr(model._meta.get_field(key), "verbose_name", key)
    )


def _say(key: str, value: Any, model: type[Model]) -> str:
    match key:
        case "patterns":
            return "\n".join(map(say_pattern, value))
        case "examples":
            return "\n\n".join(value)
        case "related":
            return "\n".join(_say_relation(*pair) for pair in value)
        case "providers":
            return " ".join(value)
    choices = dict(getattr(model._meta.get_field(key), "flatchoices", None) or ())
    # A priority of 0 is the usual one and says nothing.
    return str(choices.get(value, value or ""))


def say_pattern(pattern: Content) -> str:
    """Return a pattern in one line: its words, then what it requires besides."""
    rest = {
        "regex": pattern["kind"] if pattern["kind"] == Pattern.Kind.REGEX else "",
        "scope": pattern["scope"] if pattern["scope"] != Pattern.Scope.ANYWHERE else "",
        **{k: pattern[k] for k in ("reply_code", "status_code", "provider", "command")},
    }
    asked = ", ".join(filter(None, rest.values()))
    words = f"{pattern['text']}  [{asked}]" if asked else str(pattern["text"])
    return words.strip() + (f"  # {pattern['note']}" if pattern["note"] else "")


def _say_relation(slug: str, difference: dict[str, str]) -> str:
    return f"{slug}: " + " / ".join(difference.values()) if difference else slug

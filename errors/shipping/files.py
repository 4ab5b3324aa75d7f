"""YAML files → contents: what rows say, in a form that can be hashed and compared."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from errors.models import Entry

Content = dict[str, Any]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TRANSLATED = ("title", "summary", "body", "advice", "handover")
# Stand in a content only where they say something, so that older hashes stay right.
OPTIONAL = ("reply",)
PLAIN = (
    "reply_code",
    "status_code",
    "reason",
    "outcome",
    "stage",
    "actor",
    "internal_note",
    "sample",
    "wordings",
    "priority",
)
DOCUMENT_KEYS = {"section", "entries", "providers", "glosses", "synonyms", "terms"}
DATES = ("valid_from", "valid_until")
PATTERN_KEYS = (
    "text",
    "kind",
    "scope",
    "reply_code",
    "status_code",
    "provider",
    "command",
    "note",
)
_ENTRY_KEYS = {
    "slug",
    "state",
    "providers",
    "patterns",
    "examples",
    "related",
    *TRANSLATED,
    *OPTIONAL,
    *PLAIN,
    *DATES,
}
_REQUIRED = ("slug", "title")
_REQUIRED_IF_PUBLISHED = ("summary", "patterns")


class ShippingError(Exception):
    """A file that cannot be loaded; says which file, entry and field."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """All files of a folder, read and checked for their form."""

    sections: list[Content]
    providers: list[Content]
    glosses: list[Content]
    synonyms: list[Content]
    terms: list[Content]
    entries: list[Content]

    def contents(self) -> list[Content]:
        """Return all that it holds."""
        frame = (*self.sections, *self.providers, *self.glosses)
        return [*frame, *self.synonyms, *self.terms, *self.entries]


def read(folder: Path) -> Parcel:
    """Read all files of a folder; raises ShippingError where one has a wrong form."""
    files = {path.name: path.read_bytes() for path in folder.glob("*.yaml")}
    if not files:
        raise ShippingError(f"{folder}: no *.yaml files here")
    return read_files(files)


def read_files(files: Mapping[str, bytes]) -> Parcel:
    """Read files by their names; raises ShippingError where one has a wrong form."""
    parcel = Parcel([], [], [], [], [], [])
    for name in sorted(files):
        _read_file(name, files[name], parcel)
    _check_once(parcel)
    return parcel


def _read_file(name: str, data: bytes, parcel: Parcel) -> None:
    try:
        document = yaml.load(data.decode("utf-8"), _LOADER)  # noqa: S506 - a safe loader
    # Not UTF-8, or a date like 30 February.
    except (yaml.YAMLError, ValueError) as error:
        raise ShippingError(f"{name}: {error}") from error
    if not isinstance(document, dict):
        raise ShippingError(f"{name}: a mapping is expected")
    unknown = set(document) - DOCUMENT_KEYS
    if unknown:
        raise ShippingError(f"{name}: unknown keys {sorted(unknown)}")
    try:
        _take(name, document, parcel)
    except (KeyError, TypeError, AttributeError) as error:
        raise ShippingError(f"{name}: {type(error).__name__} {error}") from error


def _take(name: str, document: Content, parcel: Parcel) -> None:
    section = document.get("section")
    if section:
        parcel.sections.append(_section(section))
    parcel.providers.extend(map(_provider, document.get("providers") or ()))
    parcel.glosses.extend(map(_gloss, document.get("glosses") or ()))
    parcel.synonyms.extend(map(_synonym, document.get("synonyms") or ()))
    parcel.terms.extend(map(_term, document.get("terms") or ()))
    for number, entry in enumerate(document.get("entries") or (), start=1):
        where = f"{name}: {entry.get('slug') if isinstance(entry, dict) else number}"
        if not section:
            raise ShippingError(f"{where}: its file names no section")
        parcel.entries.append(_entry(entry, str(section["slug"]), number, where))


def _check_once(parcel: Parcel) -> None:
    slugs = [content["slug"] for content in parcel.entries]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ShippingError(f"entries shipped twice: {', '.join(twice)}")


def _texts(raw: Any) -> dict[str, str]:
    if isinstance(raw, str):
        raise ShippingError(f"texts by language are expected, not {raw[:40]!r}")
    # YAML takes {en: Blocklists (RBL, DNSBL)} for two keys.
    if cut := [key for key, text in (raw or {}).items() if text is None]:
        raise ShippingError(f"no text at {cut[0]!r}: one with commas needs quotes")
    codes = [code for code, _ in settings.LANGUAGES]
    texts = ((code, str((raw or {}).get(code) or "").strip()) for code in codes)
    return {code: text for code, text in texts if text}


def _section(raw: Content) -> Content:
    return {
        "slug": str(raw["slug"]),
        "position": raw["position"],
        "title": _texts(raw["title"]),
        "introduction": _texts(raw.get("introduction")),
    }


def _provider(raw: Content) -> Content:
    return {
        "slug": str(raw["slug"]),
        "name": _texts(raw["name"]),
        "domains": "\n".join(raw.get("domains") or ()),
        "signatures": "\n".join(raw.get("signatures") or ()),
    }


def _gloss(raw: Content) -> Content:
    return {
        "text": str(raw["text"]).strip(),
        "role": raw["role"],
        "translation": _texts(raw["translation"]),
    }


def _synonym(raw: Content) -> Content:
    words = {code: "\n".join(map(str, lines)) for code, lines in raw["words"].items()}
    return {"slug": str(raw["slug"]), "words": _texts(words)}


def _term(raw: Content) -> Content:
    return {
        "slug": str(raw["slug"]),
        "is_everyday": bool(raw.get("is_everyday")),
        "name": _texts(raw["name"]),
        "explanation": _texts(raw["explanation"]),
        "avoid": _texts(
            {code: "\n".join(words) for code, words in raw.get("avoid", {}).items()}
        ),
    }


def _entry(raw: Any, section: str, number: int, where: str) -> Content:
    if not isinstance(raw, dict):
        raise ShippingError(f"{where}: a mapping is expected")
    unknown, missing = set(raw) - _ENTRY_KEYS, _missing(raw)
    if unknown or missing:
        raise ShippingError(f"{where}: unknown {sorted(unknown)}, missing {missing}")
    try:
        return {
            **_entry_values(raw),
            "section": section,
            "_number": number,
            "_where": where,
        }
    except (KeyError, TypeError, AttributeError, ShippingError) as error:
        raise ShippingError(f"{where}: {error}") from error


def _missing(raw: Content) -> list[str]:
    """Return what an entry lacks; a draft may be as unfinished as it likes."""
    missing = [key for key in _REQUIRED if not raw.get(key)]
    if raw.get("state") != "draft":
        missing += [key for key in _REQUIRED_IF_PUBLISHED if key not in raw]
    return missing


def _entry_values(raw: Content) -> Content:
    defaults: Content = {"priority": 0, **_default_choices()}
    return {
        "slug": str(raw["slug"]),
        "state": raw.get("state", "published"),
        **{name: _texts(raw.get(name)) for name in TRANSLATED},
        **{name: _texts(raw[name]) for name in OPTIONAL if raw.get(name)},
        **{name: _plain(raw.get(name, defaults.get(name, ""))) for name in PLAIN},
        **{name: _date(raw.get(name)) for name in DATES},
        "providers": sorted(raw.get("providers") or ()),
        "patterns": [_pattern(pattern) for pattern in raw.get("patterns") or ()],
        "examples": [str(text).strip() for text in raw.get("examples") or ()],
        "related": sorted(
            (
                [str(one["entry"]), _texts(one.get("difference"))]
                for one in raw.get("related") or ()
            ),
            key=lambda pair: str(pair[0]),
        ),
    }


def _default_choices() -> Content:
    blank = Entry()
    return {
        name: getattr(blank, name) for name in ("reason", "outcome", "stage", "actor")
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value or "").strip()


def _date(value: datetime.date | None) -> str:
    if isinstance(value, datetime.datetime):
        raise ShippingError(f"a date without a time is expected, not {value}")
    return value.isoformat() if value else ""


def _pattern(raw: Any) -> Content:
    if isinstance(raw, str):
        raw = {"phrase": raw}
    unknown = set(raw) - {"phrase", "regex", *PATTERN_KEYS}
    if unknown:
        raise ShippingError(f"unknown keys of a pattern: {sorted(unknown)}")
    kind = "regex" if "regex" in raw else "phrase"
    return {
        "scope": "anywhere",
        **{k: "" for k in PATTERN_KEYS if k not in ("kind", "scope")},
        **{k: str(raw[k]) for k in raw if k in PATTERN_KEYS},
        "text": str(raw.get(kind) or "").strip(),
        "kind": kind,
    }

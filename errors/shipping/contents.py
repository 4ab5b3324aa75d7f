"""Rows → contents, in the form of the files, so that the two can be compared."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from errors.models import Entry, Gloss, Provider, Section, Term
from errors.shipping.files import DATES, PATTERN_KEYS, PLAIN, TRANSLATED, Content

# Of the rows that are nothing but fields: plain ones, translated ones.
FIELDS: dict[type[Model], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Section: (("slug", "position"), ("title", "introduction")),
    Provider: (("slug", "domains", "signatures"), ("name",)),
    Gloss: (("text", "role"), ("translation",)),
    Term: (("slug",), ("name", "explanation", "avoid")),
}


def fingerprint(content: Content) -> str:
    """Return the hash of what a content says; notes on where it stood do not count."""
    said = {key: value for key, value in content.items() if not key.startswith("_")}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def content_of(row: Any) -> Content:
    """Return a row's content in the form of the files."""
    if isinstance(row, Entry):
        return _content_of_entry(row)
    plain, translated = FIELDS[type(row)]
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: _texts_of(row, name) for name in translated},
    }


def _content_of_entry(entry: Entry) -> Content:
    return {
        "slug": entry.slug,
        "section": entry.section.slug,
        "state": str(entry.state),
        **{name: _texts_of(entry, name) for name in TRANSLATED},
        **{name: _plain_of(entry, name) for name in PLAIN},
        **{name: _date_of(entry, name) for name in DATES},
        "providers": sorted(provider.slug for provider in entry.providers.all()),
        "patterns": list(_patterns_of(entry)),
        "examples": [_unix(e.text).strip() for e in entry.examples.all()],
        "related": relations_of(entry),
    }


def relations_of(entry: Entry) -> list[Any]:
    """Return what an entry says of others: slug and telling difference by language."""
    return sorted(
        ([r.other.slug, _texts_of(r, "difference")] for r in entry.relations.all()),
        key=lambda pair: str(pair[0]),
    )


def _patterns_of(entry: Entry) -> Iterator[Content]:
    for pattern in entry.patterns.all():
        yield {
            **{name: getattr(pattern, name) for name in PATTERN_KEYS},
            "text": _unix(pattern.text).strip(),
            "provider": pattern.provider.slug if pattern.provider else "",
        }


def _texts_of(row: Model, name: str) -> dict[str, str]:
    pairs = (
        (code, getattr(row, build_localized_fieldname(name, code)))
        for code, _ in settings.LANGUAGES
    )
    return {code: _unix(text).strip() for code, text in pairs if text}


def _plain_of(entry: Entry, name: str) -> Any:
    value = getattr(entry, name)
    return value if isinstance(value, int) else _unix(str(value)).strip()


def _date_of(entry: Entry, name: str) -> str:
    value = getattr(entry, name)
    return value.isoformat() if value else ""


def _unix(text: str) -> str:
    """Undo the CRLF that a browser's form puts into an unchanged text."""
    return text.replace("\r\n", "\n")

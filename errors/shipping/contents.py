"""Rows → contents, in the form of the files, so that the two can be compared."""

import hashlib
import json
from collections.abc import Callable, Iterable, Set
from typing import Any

from django.conf import settings
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from errors.models import Entry, Gloss, Provider, Section, Synonym, Term
from errors.shipping.files import (
    DATES,
    OPTIONAL,
    PATTERN_KEYS,
    PLAIN,
    TRANSLATED,
    Content,
)

# Of the rows that are nothing but fields: plain ones, translated ones.
FIELDS: dict[type[Model], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Section: (("slug", "position"), ("title", "introduction")),
    Provider: (("slug", "domains", "signatures"), ("name",)),
    Gloss: (("text", "role"), ("translation",)),
    Synonym: (("slug",), ("words",)),
    Term: (("slug", "is_everyday"), ("name", "explanation", "avoid")),
}
# Came after the first contents were hashed; counts where it says something, as OPTIONAL.
_LATER = ("is_everyday",)
_TEXTS = {
    *TRANSLATED,
    *OPTIONAL,
    *(name for _, names in FIELDS.values() for name in names),
}


def fingerprint(content: Content) -> str:
    """Return the hash of what a content says; notes on where it stood do not count."""
    said = {
        key: value
        for key, value in content.items()
        if not key.startswith("_") and (value or key not in _LATER)
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def languages_of(content: Content) -> set[str]:
    """Return the languages in which a content says anything."""
    texts = [content[name] for name in _TEXTS & content.keys()]
    return set().union(*texts, *(text for _, text in content.get("related", ())))


def narrow(content: Content, languages: Set[str]) -> Content:
    """Return what a content says in these languages alone."""

    def cut(texts: dict[str, str]) -> dict[str, str]:
        return {code: text for code, text in texts.items() if code in languages}

    said = {k: cut(v) if k in _TEXTS else v for k, v in content.items()}
    if "related" in content:
        said["related"] = [[slug, cut(text)] for slug, text in content["related"]]
    return {k: v for k, v in said.items() if v or k not in OPTIONAL}


def complete(content: Content, present: Content, languages: Set[str]) -> Content:
    """Return a content in these languages, with what is present in all others."""

    def join(texts: dict[str, str], others: dict[str, str]) -> dict[str, str]:
        return {c: t for c, t in others.items() if c not in languages} | texts

    said = dict(content)
    for name in _TEXTS & {*content, *present}:
        said[name] = join(content.get(name, {}), present.get(name, {}))
    if "related" in content:
        others = dict(present.get("related", ()))
        pairs = content["related"]
        said["related"] = [[slug, join(t, others.get(slug, {}))] for slug, t in pairs]
    return said


def content_of(row: Any) -> Content:
    """Return a row's content in the form of the files."""
    if not isinstance(row, Entry):
        return plain_content(row, type(row))
    return entry_content(
        row,
        section=row.section.slug,
        providers=(provider.slug for provider in row.providers.all()),
        patterns=patterns_content(row.patterns.all(), _provider_slug),
        examples=(example.text for example in row.examples.all()),
        related=relations_of(row),
    )


def plain_content(row: Any, model: type[Model]) -> Content:
    """Return the content of a row, or of its history, that is nothing but fields."""
    plain, translated = FIELDS[model]
    return {
        **{name: _plain_of(row, name) for name in plain},
        **{name: texts_of(row, name) for name in translated},
    }


def entry_content(
    entry: Any,
    *,
    section: str,
    providers: Iterable[str],
    patterns: list[Content],
    examples: Iterable[str],
    related: list[Any],
) -> Content:
    """Return the content of an entry, or of its history, with what belongs to it."""
    optional = {name: texts_of(entry, name) for name in OPTIONAL}
    return {
        "slug": entry.slug,
        "section": section,
        "state": str(entry.state),
        **{name: texts_of(entry, name) for name in TRANSLATED},
        **{name: texts for name, texts in optional.items() if texts},
        **{name: _plain_of(entry, name) for name in PLAIN},
        **{name: _date_of(entry, name) for name in DATES},
        "providers": sorted(providers),
        "patterns": patterns,
        "examples": [unix(text).strip() for text in examples],
        "related": related,
    }


def relations_of(entry: Entry) -> list[Any]:
    """Return what an entry says of others: slug and telling difference by language."""
    return sorted(
        ([r.other.slug, texts_of(r, "difference")] for r in entry.relations.all()),
        key=lambda pair: str(pair[0]),
    )


def patterns_content(
    patterns: Iterable[Any], provider_slug: Callable[[Any], str]
) -> list[Content]:
    """Return the contents of patterns, or of their history."""
    return [
        {
            **{
                name: _plain_of(pattern, name)
                for name in PATTERN_KEYS
                if name != "provider"
            },
            "provider": provider_slug(pattern),
        }
        for pattern in patterns
    ]


def _provider_slug(pattern: Any) -> str:
    return pattern.provider.slug if pattern.provider else ""


def texts_of(row: Any, name: str) -> dict[str, str]:
    """Return a translated field by language, without the empty ones."""
    texts = (
        (code, getattr(row, build_localized_fieldname(name, code)) or "")
        for code, _ in settings.LANGUAGES
    )
    return {code: said for code, text in texts if (said := unix(text).strip())}


def _plain_of(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return value if isinstance(value, int) else unix(str(value)).strip()


def _date_of(entry: Any, name: str) -> str:
    value = getattr(entry, name)
    return value.isoformat() if value else ""


def unix(text: str) -> str:
    """Undo the CRLF that a browser's form puts into an unchanged text."""
    return text.replace("\r\n", "\n")

"""Rows → what the search looks through."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from errors.models import Entry, Pattern, Synonym
from errors.search.values import Document, FieldKey
from errors.wording import fill


def document_of(entry: Entry) -> Document:
    """Return a row as a document; its section, patterns and providers must be at hand."""
    return Document(
        slug=entry.slug,
        section=entry.section.slug,
        actor=entry.actor,
        providers=tuple(provider.slug for provider in entry.providers.all()),
        texts={key: text for key, text in _texts_of(entry) if text.strip()},
    )


def words_of(synonym: Synonym) -> list[str]:
    """Return all words of a group, in whatever language."""
    lists = (_text(synonym, "words", code) for code, _ in settings.LANGUAGES)
    return [line.strip() for words in lists for line in words.splitlines()]


def _texts_of(entry: Entry) -> Iterator[tuple[FieldKey, str]]:
    patterns = list(entry.patterns.all())
    yield ("code", ""), " ".join(_codes_of(entry, patterns))
    yield ("wording", ""), "\n".join(_wordings_of(entry, patterns))
    providers = list(entry.providers.all())
    for code, _ in settings.LANGUAGES:
        names = (_text(provider, "name", code) for provider in providers)
        yield ("provider", code), "\n".join(names)
        yield ("section", code), _text(entry.section, "title", code)
        for name in ("title", "summary", "body", "advice"):
            yield (name, code), fill(_text(entry, name, code), (), code)
    hosts = (f"{provider.slug}\n{provider.domains}" for provider in providers)
    yield ("provider", ""), "\n".join(hosts)


def _codes_of(entry: Entry, patterns: Iterable[Pattern]) -> Iterator[str]:
    """Yield the codes of an entry, and those that lead to it without any wording."""
    yield from (entry.reply_code, entry.status_code)
    for pattern in patterns:
        if not pattern.text:
            yield from (pattern.reply_code, pattern.status_code)


def _wordings_of(entry: Entry, patterns: Iterable[Pattern]) -> Iterator[str]:
    yield from (entry.sample, entry.wordings)
    for pattern in patterns:
        if pattern.kind == Pattern.Kind.PHRASE:
            yield pattern.text


def _text(row: Model, name: str, code: str) -> str:
    return getattr(row, build_localized_fieldname(name, code)) or ""

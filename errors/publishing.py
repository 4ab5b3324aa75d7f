"""Rows → the published catalog: compiled for explaining, indexed for searching, at hand to read."""

import datetime
import logging
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db.models import Model
from django.utils.safestring import SafeString
from modeltranslation.utils import build_localized_fieldname

from errors.bounce.matching import Catalog
from errors.bounce.patching import patch
from errors.glossary import Glossary, Word, read_glossary
from errors.models import Entry, Provider, Section, Term
from errors.rows import Rows, read_rows
from errors.search import Index
from errors.search.documents import document_of, words_of
from errors.sources import facts_of, rules_of, sources_of

TEXT_FIELDS = ("title", "summary", "body", "advice", "handover")
STAFF_FIELDS = ("reply",)  # may be empty, and are never shown to customers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one row by field and language."""

    by_language: Mapping[tuple[str, str], str]

    def get(self, field_name: str, language: str) -> str:
        """Return a text, in another language where it was not translated yet."""
        for code in (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES):
            if text := self.by_language.get((field_name, code)):
                return text
        return ""


@dataclass(frozen=True, slots=True)
class PublishedRelation:
    """An entry often mistaken for another one, and how to tell them apart."""

    entry: str
    texts: Texts

    def text(self, language: str) -> str:
        """Return the telling difference for the reader."""
        return self.texts.get("difference", language)


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """A published entry without its rules."""

    slug: str
    section: str
    outcome: str
    stage: str
    actor: str
    reason: str
    reply_code: str
    status_code: str
    updated: datetime.datetime
    texts: Texts
    providers: tuple[str, ...] = ()
    sample: str = ""
    wordings: tuple[str, ...] = ()
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None
    relations: tuple[PublishedRelation, ...] = ()

    def text(self, field_name: str, language: str) -> str:
        """Return one of TEXT_FIELDS or STAFF_FIELDS in the reader's language."""
        return self.texts.get(field_name, language)


@dataclass(frozen=True, slots=True)
class PublishedSection:
    """A section; its entries are those that name it."""

    slug: str
    texts: Texts

    def text(self, field_name: str, language: str) -> str:
        """Return title or introduction in the reader's language."""
        return self.texts.get(field_name, language)


@dataclass(frozen=True, slots=True)
class PublishedGloss:
    """A gloss with its translations."""

    key: int
    role: str
    texts: Texts

    def text(self, language: str) -> str:
        """Return the translation for the reader."""
        return self.texts.get("translation", language)


@dataclass(frozen=True, slots=True)
class Published:
    """All that explaining, searching and reading need; immutable. Everything in order."""

    catalog: Catalog
    entries: Mapping[str, PublishedEntry] = field(default_factory=dict)
    section_texts: Mapping[str, PublishedSection] = field(default_factory=dict)
    glosses: Mapping[int, PublishedGloss] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()  # rows with their published entries at hand
    rows: Mapping[str, Entry] = field(default_factory=dict)  # the same entries, by slug
    providers: Mapping[str, Provider] = field(default_factory=dict)
    glossaries: Mapping[str, Glossary] = field(default_factory=dict)  # by language
    index: Index = field(default_factory=lambda: Index.build(()))
    changed: datetime.datetime | None = None  # when, for Last-Modified
    revision: int = -1  # -1: there never was one
    built: float = 0.0  # time.time() when it was compiled
    problem: str = ""  # why it may be out of date, for staff
    is_database_away: bool = False
    from_file: bool = False  # as CATALOG_SNAPSHOT has it: the database was away
    # Finished pieces of pages, gone with this catalog; see the template tag `kept`.
    kept: dict[Hashable, SafeString] = field(
        default_factory=dict, compare=False, repr=False
    )

    def glossary(self, language: str | None) -> Glossary:
        """Return the terms in the reader's language."""
        return self.glossaries.get(language or "", Glossary())


def build(rows: Rows | None = None) -> Published:
    """Compile the published rows; read them, in a constant number of queries, if need be."""
    rows = rows or read_rows()
    compiled = sources_of(rows.entries, rows.providers, rows.glosses).compile()
    for rule, problem in compiled.skipped:
        logger.warning("A pattern of %s is unusable: %s", rule.entry, problem.reason)
    return Published(
        catalog=compiled,
        entries={entry.slug: _publish(entry) for entry in rows.entries},
        section_texts={
            section.slug: PublishedSection(
                section.slug, read_texts(section, ("title", "introduction"))
            )
            for section in rows.sections
        },
        glosses={
            gloss.pk: PublishedGloss(
                gloss.pk, gloss.role, read_texts(gloss, ("translation",))
            )
            for gloss in rows.glosses
        },
        sections=tuple(rows.sections),
        rows={entry.slug: entry for entry in rows.entries},
        providers={provider.slug: provider for provider in rows.providers},
        glossaries=_glossaries(rows.terms),
        index=Index.build(map(document_of, rows.entries), map(words_of, rows.synonyms)),
        built=time.time(),
    )


def _glossaries(terms: list[Term]) -> dict[str, Glossary]:
    texts = [(term, read_texts(term, ("name", "explanation"))) for term in terms]
    return {
        code: read_glossary(
            Word(
                term.slug,
                said.get("name", code),
                said.get("explanation", code),
                term.is_everyday,
            )
            for term, said in texts
        )
        for code, _ in settings.LANGUAGES
    }


def as_if_published(published: Published, *entries: Entry) -> Published:
    """Return the catalog as it would be with these entries published as they are."""
    slugs = [entry.slug for entry in entries]
    rules = [r for entry in entries for r in rules_of(entry, entry.patterns.all())]
    return replace(
        published,
        catalog=patch(published.catalog, slugs, rules, map(facts_of, entries)),
        entries={**published.entries, **{e.slug: _publish(e) for e in entries}},
    )


def read_texts(row: Model, names: tuple[str, ...]) -> Texts:
    """Return a row's translated fields in every language of the site."""
    return Texts(
        {
            (name, code): getattr(row, build_localized_fieldname(name, code)) or ""
            for name in names
            for code, _ in settings.LANGUAGES
        }
    )


def _publish(entry: Entry) -> PublishedEntry:
    return PublishedEntry(
        slug=entry.slug,
        section=entry.section.slug,
        outcome=entry.outcome,
        stage=entry.stage,
        actor=entry.actor,
        reason=entry.reason,
        reply_code=entry.reply_code,
        status_code=entry.status_code,
        updated=entry.updated,
        texts=read_texts(entry, (*TEXT_FIELDS, *STAFF_FIELDS)),
        providers=tuple(provider.slug for provider in entry.providers.all()),
        sample=entry.sample,
        wordings=tuple(filter(None, map(str.strip, entry.wordings.splitlines()))),
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
        relations=tuple(
            PublishedRelation(
                relation.other.slug, read_texts(relation, ("difference",))
            )
            for relation in entry.relations.all()
        ),
    )

"""The one bridge from rows to the pages: the published catalog, compiled and in memory.

`current()` needs no query but one look a second at the revision counter, which every
change of the catalog bumps in its own transaction. The last good catalog is kept when the
database or a rebuild fails, so that explaining goes on.

`QuerySet.update()` and bulk methods send no signals: call `bump()` after them.
"""

import datetime
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db.models import F, Model, Prefetch, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone
from modeltranslation.utils import build_localized_fieldname

from errors.bounce.matching import Catalog
from errors.bounce.patching import patch
from errors.glossary import Glossary, Word, read_glossary
from errors.models import (
    CatalogRevision,
    Entry,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    Synonym,
    Term,
)
from errors.search import Index
from errors.search.documents import document_of, words_of
from errors.sources import facts_of, rules_of, sources_of

CHECK_SECONDS = 1.0  # between two looks at the revision
RETRY_SECONDS = 5.0  # the same while the database does not answer
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
    revision: int = -1
    problem: str = ""  # why it may be out of date, for staff

    def glossary(self, language: str | None) -> Glossary:
        """Return the terms in the reader's language."""
        return self.glossaries.get(language or "", Glossary())


@dataclass(frozen=True, slots=True)
class _State:
    published: Published
    check_at: float  # time.monotonic() of the next look at the revision


_lock = threading.Lock()
_states: list[_State] = []  # at most one; replaced, never changed


def current() -> Published:
    """Return the published catalog, at most about a second old.

    Never raises for a database that does not answer: the last good catalog is returned,
    or an empty one when there never was any, with `problem` set.
    """
    state = _states[0] if _states else None
    if state and time.monotonic() < state.check_at:
        return state.published
    # One thread looks; the others go on with what there is, unless there is nothing yet.
    if not _lock.acquire(blocking=state is None):
        return state.published if state else current()
    try:
        return _refresh()
    finally:
        _lock.release()


def latest() -> Published:
    """Return the published catalog as it is at this moment.

    Not within a transaction that has changed it: what is read is kept for everybody.
    """
    with _lock:
        return _refresh()


def forget() -> None:
    """Drop the catalog in memory, so that the next call reads it anew."""
    with _lock:
        _states.clear()


def bump() -> None:
    """Tell all processes, when this transaction commits, that the catalog changed."""
    CatalogRevision.objects.get_or_create(pk=1)
    CatalogRevision.objects.filter(pk=1).update(
        number=F("number") + 1, changed=timezone.now()
    )


def hold() -> None:
    """Let nobody else who asks change the catalog until this transaction ends."""
    CatalogRevision.objects.get_or_create(pk=1)
    CatalogRevision.objects.select_for_update().get(pk=1)


@contextmanager
def bumping_once() -> Iterator[None]:
    """Let the changes within bump the revision together, at the end, in their transaction."""
    changes: list[Any] = []
    token = _gathered.set(changes)
    try:
        yield
    finally:
        _gathered.reset(token)
    if changes:
        bump()


_gathered: ContextVar[list[Any] | None] = ContextVar("_gathered", default=None)


def watch() -> None:
    """Bump the revision at every change of a row of the catalog."""
    for model in (Section, Provider, Entry, Relation, Pattern, Gloss, Synonym, Term):
        post_save.connect(_on_change, sender=model, dispatch_uid=f"save {model}")
        post_delete.connect(_on_change, sender=model, dispatch_uid=f"delete {model}")
    through = Entry.providers.through
    m2m_changed.connect(_on_change, sender=through, dispatch_uid="entry providers")


def _on_change(sender: Any, **_: Any) -> None:
    changes = _gathered.get()
    if changes is None:
        bump()
    else:
        changes.append(sender)


def _refresh() -> Published:
    old = _states[0].published if _states else Published(Catalog.build([]))
    wait = CHECK_SECONDS
    try:
        revision, changed = _read_revision()
        fresh = (
            replace(old, problem="")
            if revision == old.revision
            else replace(build(), revision=revision, changed=changed)
        )
    except DatabaseProblem as problem:
        logger.warning("The catalog could not be read: %s", type(problem).__name__)
        fresh, wait = replace(old, problem=type(problem).__name__), RETRY_SECONDS
    except Exception as problem:
        # A catalog that cannot be built must not take the site down.
        logger.exception("The catalog could not be built; the last one is kept")
        fresh, wait = replace(old, problem=str(problem)), RETRY_SECONDS
    _states[:] = [_State(fresh, time.monotonic() + wait)]
    return fresh


def _read_revision() -> tuple[int, datetime.datetime | None]:
    rows = CatalogRevision.objects.filter(pk=1).values_list("number", "changed")
    return next(iter(rows), (0, None))


def build() -> Published:
    """Compile the published rows, in a constant number of queries."""
    sections = tuple(_published_sections())
    entries = [entry for section in sections for entry in section.entries.all()]
    glosses = list(Gloss.objects.all())
    providers = list(Provider.objects.all())
    compiled = sources_of(entries, providers, glosses).compile()
    for rule, problem in compiled.skipped:
        logger.warning("A pattern of %s is unusable: %s", rule.entry, problem.reason)
    return Published(
        catalog=compiled,
        entries={entry.slug: _publish(entry) for entry in entries},
        section_texts={
            section.slug: PublishedSection(
                section.slug, read_texts(section, ("title", "introduction"))
            )
            for section in sections
        },
        glosses={
            gloss.pk: PublishedGloss(
                gloss.pk, gloss.role, read_texts(gloss, ("translation",))
            )
            for gloss in glosses
        },
        sections=sections,
        rows={entry.slug: entry for entry in entries},
        providers={provider.slug: provider for provider in providers},
        glossaries=_glossaries(list(Term.objects.all())),
        index=Index.build(
            map(document_of, entries), map(words_of, Synonym.objects.all())
        ),
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


def _published_sections() -> QuerySet[Section]:
    """Return all sections, each with its published entries and all that they show."""
    entries = whole(Entry.objects.published()).defer("internal_note")
    return Section.objects.prefetch_related(
        Prefetch("entries", entries.order_by("position"))
    )


def whole(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Return entries with all that their pages show."""
    relations = Relation.objects.filter(other__state="published")
    return entries.prefetch_related(
        "patterns__provider",
        "providers",
        Prefetch("relations", relations.select_related("other")),
    )


def compile_with(changed: Entry, patterns: Iterable[Pattern]) -> Catalog:
    """Return the catalog as it would be with this entry, saved or not, published so."""
    rules = rules_of(changed, patterns)
    return patch(latest().catalog, [changed.slug], rules, [facts_of(changed)])


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

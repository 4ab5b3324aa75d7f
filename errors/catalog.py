"""The one bridge from rows to the engine: the published catalog, compiled and in memory.

`current()` needs no query but one look a second at the revision counter, which every
change of the catalog bumps in its own transaction. The last good catalog is kept when the
database or a rebuild fails, so that explaining and browsing go on; a process that starts
then takes the one that was written to CATALOG_SNAPSHOT.

`QuerySet.update()` and bulk methods send no signals: call `bump()` after them.
"""

import datetime
import logging
import threading
import time
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseProblem, OperationalError, connection
from django.db.models import F, Model
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils.safestring import SafeString
from modeltranslation.utils import build_localized_fieldname

from errors.bounce.matching import Catalog
from errors.bounce.values import EntryFacts, GlossRule, ProviderSign, Rule
from errors.metrics import note_catalog
from errors.models import (
    CatalogRevision,
    Entry,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    Term,
)
from errors.rows import Rows, load_rows, read_rows, save_rows

CHECK_SECONDS = 1.0  # between two looks at the revision
RETRY_SECONDS = 5.0  # the same while the database does not answer
KEEPER = "catalog snapshot"  # the thread that writes it
TEXT_FIELDS = ("title", "summary", "body", "advice", "handover")

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
    relations: tuple[PublishedRelation, ...] = ()

    def text(self, field_name: str, language: str) -> str:
        """Return title, summary, body, advice or handover in the reader's language."""
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
    """All that explaining and browsing need of the catalog; never changed."""

    catalog: Catalog
    entries: Mapping[str, PublishedEntry] = field(default_factory=dict)
    glosses: Mapping[int, PublishedGloss] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()  # rows with their published entries at hand
    rows: Mapping[str, Entry] = field(default_factory=dict)  # the same entries, by slug
    revision: int = -1  # -1: there never was one
    built: float = 0.0  # time.time() when it was compiled
    problem: str = ""  # why it may be out of date, for staff
    is_database_away: bool = False
    from_file: bool = False  # as CATALOG_SNAPSHOT has it: the database was away
    # Finished pieces of pages, gone with this catalog; see the template tag `kept`.
    kept: dict[Hashable, SafeString] = field(
        default_factory=dict, compare=False, repr=False
    )


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
    if state and state.published.problem:
        # Whether the database is back may take seconds to learn: nobody waits for that.
        threading.Thread(target=_refresh_aside, daemon=True).start()
        return state.published
    try:
        return _refresh()
    finally:
        _lock.release()


def require() -> Published:
    """Return the published catalog; raise OperationalError where there never was any."""
    published = current()
    if published.revision < 0:
        raise OperationalError(f"There is no catalog yet: {published.problem}")
    return published


def _refresh_aside() -> None:
    try:
        _refresh()
    finally:
        _lock.release()
        connection.close()


def wait_for_look() -> None:
    """Wait until nobody looks at the revision any more."""
    with _lock:
        pass


def forget() -> None:
    """Drop the catalog in memory, so that the next call reads it anew."""
    with _lock:
        _states.clear()


def bump() -> None:
    """Tell all processes, when this transaction commits, that the catalog changed."""
    CatalogRevision.objects.get_or_create(pk=1)
    CatalogRevision.objects.filter(pk=1).update(number=F("number") + 1)


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
    for model in (Section, Provider, Entry, Relation, Pattern, Gloss, Term):
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
    wait = RETRY_SECONDS
    try:
        fresh, wait = _look(old), CHECK_SECONDS
    except DatabaseProblem as problem:
        logger.warning("The catalog could not be read: %s", type(problem).__name__)
        fresh = replace(_last_good(old), problem=type(problem).__name__)
        fresh = replace(fresh, is_database_away=True)
    except Exception as problem:
        # A catalog that cannot be built must not take the site down.
        logger.exception("The catalog could not be built; the last one is kept")
        fresh = replace(_last_good(old), problem=str(problem) or repr(problem))
    note_catalog(
        revision=fresh.revision,
        entries=len(fresh.entries),
        built=fresh.built,
        problem=fresh.problem,
    )
    _states[:] = [_State(fresh, time.monotonic() + wait)]
    return fresh


def _look(old: Published) -> Published:
    revision = _read_revision()
    if revision == old.revision and not old.from_file:
        return replace(old, problem="", is_database_away=False) if old.problem else old
    rows = read_rows()
    fresh = replace(build(rows), revision=revision)
    if settings.CATALOG_SNAPSHOT:
        # Beside the request that came upon the change: it need not wait for a disk.
        threading.Thread(target=_keep, args=(rows, revision), name=KEEPER).start()
    return fresh


def _keep(rows: Rows, revision: int) -> None:
    try:
        save_rows(rows, Path(settings.CATALOG_SNAPSHOT), revision)
    except OSError:
        logger.exception("The catalog could not be written to CATALOG_SNAPSHOT")


def _last_good(old: Published) -> Published:
    """Return what is left when the rows cannot be read or built."""
    if old.revision < 0 and settings.CATALOG_SNAPSHOT:
        try:
            rows, revision = load_rows(Path(settings.CATALOG_SNAPSHOT))
            return replace(build(rows), revision=revision, from_file=True)
        except (OSError, ValueError):
            logger.exception("There is no CATALOG_SNAPSHOT to start from")
    return old


def _read_revision() -> int:
    row = CatalogRevision.objects.filter(pk=1).values_list("number", flat=True)
    return next(iter(row), 0)


def build(rows: Rows | None = None) -> Published:
    """Compile the published rows; read them, in a constant number of queries, if need be."""
    rows = rows or read_rows()
    by_entry = [(entry, entry.patterns.all()) for entry in rows.entries]
    compiled = _compile(by_entry, rows.providers, rows.glosses)
    for rule, fault in compiled.skipped:
        logger.warning("A pattern of %s is unusable: %s", rule.entry, fault.reason)
    return Published(
        catalog=compiled,
        entries={entry.slug: _publish(entry) for entry in rows.entries},
        glosses={
            gloss.pk: PublishedGloss(
                gloss.pk, gloss.role, read_texts(gloss, ("translation",))
            )
            for gloss in rows.glosses
        },
        sections=tuple(rows.sections),
        rows={entry.slug: entry for entry in rows.entries},
        built=time.time(),
    )


def compile_with(changed: Entry, patterns: Iterable[Pattern]) -> Catalog:
    """Compile the catalog as it would be with this entry, saved or not, published so."""
    rows = read_rows()
    others = [
        (entry, entry.patterns.all())
        for entry in rows.entries
        if entry.pk != changed.pk
    ]
    return _compile([*others, (changed, patterns)], rows.providers, rows.glosses)


def _compile(
    entries: Sequence[tuple[Entry, Iterable[Pattern]]],
    providers: Iterable[Provider],
    glosses: Iterable[Gloss],
) -> Catalog:
    return Catalog.build(
        [rule for entry, patterns in entries for rule in rules_of(entry, patterns)],
        [facts_of(entry) for entry, _ in entries],
        [sign_of(provider) for provider in providers],
        [GlossRule(gloss.pk, gloss.text, gloss.role) for gloss in glosses],  # type: ignore[arg-type]  # choices are not a Literal
    )


def rules_of(entry: Entry, patterns: Iterable[Pattern]) -> list[Rule]:
    """Return an entry's patterns, saved or not, as rules of the engine."""
    return [
        Rule(
            entry=entry.slug,
            text=pattern.text,
            kind=pattern.kind,  # type: ignore[arg-type]  # choices are not a Literal
            scope=pattern.scope,  # type: ignore[arg-type]  # the same
            reply_code=pattern.reply_code,
            status_code=pattern.status_code,
            provider=pattern.provider.slug if pattern.provider else "",
            command=pattern.command,
            priority=entry.priority,
            valid_from=entry.valid_from,
            valid_until=entry.valid_until,
        )
        for pattern in patterns
    ]


def facts_of(entry: Entry) -> EntryFacts:
    """Return what ranking needs to know of an entry."""
    return EntryFacts(
        entry.slug, entry.reason, entry.outcome, entry.reply_code, entry.status_code
    )


def sign_of(provider: Provider) -> ProviderSign:
    """Return by what a provider is known."""
    return ProviderSign(
        provider.slug,
        tuple(provider.domains.split()),
        tuple(filter(None, map(str.strip, provider.signatures.splitlines()))),
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
        texts=read_texts(entry, TEXT_FIELDS),
        relations=tuple(
            PublishedRelation(
                relation.other.slug, read_texts(relation, ("difference",))
            )
            for relation in entry.relations.all()
        ),
    )

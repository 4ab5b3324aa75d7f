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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseProblem, OperationalError, connection
from django.db.models import F
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone

from errors.bounce.matching import Catalog
from errors.bounce.patching import patch
from errors.metrics import note_catalog
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
from errors.publishing import Published, build
from errors.rows import Rows, load_rows, read_rows, save_rows
from errors.sources import facts_of, rules_of

CHECK_SECONDS = 1.0  # between two looks at the revision
RETRY_SECONDS = 5.0  # the same while the database does not answer
KEEPER = "catalog snapshot"  # the thread that writes it

logger = logging.getLogger(__name__)


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


def latest() -> Published:
    """Return the published catalog as it is at this moment.

    Not within a transaction that has changed it: what is read is kept for everybody.
    """
    with _lock:
        return _refresh()


def read_before_fork() -> None:
    """Read the catalog for processes to come, and leave nothing open or running.

    What was compiled is shared by all; connections and threads do not survive a fork.
    """
    current()
    wait_for_look()
    for thread in threading.enumerate():
        if thread.name == KEEPER:
            thread.join()
    connection.close()
    if close_pool := getattr(connection, "close_pool", None):
        close_pool()


def look_aside() -> None:
    """Look in a thread whether the catalog changed; requests go on with what there is."""

    def look() -> None:
        current()
        connection.close()

    threading.Thread(target=look, daemon=True).start()


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
    revision, changed = _read_revision()
    if revision == old.revision and not old.from_file:
        return replace(old, problem="", is_database_away=False) if old.problem else old
    rows = read_rows()
    fresh = replace(build(rows), revision=revision, changed=changed)
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


def _read_revision() -> tuple[int, datetime.datetime | None]:
    rows = CatalogRevision.objects.filter(pk=1).values_list("number", "changed")
    return next(iter(rows), (0, None))


def compile_with(changed: Entry, patterns: Iterable[Pattern]) -> Catalog:
    """Return the catalog as it would be with this entry, saved or not, published so."""
    rules = rules_of(changed, patterns)
    return patch(latest().catalog, [changed.slug], rules, [facts_of(changed)])

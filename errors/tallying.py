"""Figures without persons: counted in memory, written a few seconds later.

A request pays for one addition. Its process writes what has gathered after a later answer
has been sent (`request_finished`) and when it ends; while the database is away the counts
wait in memory. Nothing here raises, and nothing here holds a text, an address or an IP.
"""

import atexit
import datetime
import logging
import re
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec

from django.conf import settings
from django.core.signals import request_finished
from django.db import connection, transaction
from django.utils import timezone

from errors.bounce.grouping import is_unsure
from errors.bounce.matching import Catalog
from errors.bounce.redacting import find_private
from errors.bounce.values import Explanation
from errors.models import QUERY_MAX, LostSearch, Tally

PENDING_MAX = 10_000  # counts that wait for the database; then details are given up
SEARCHES_MAX = 2_000  # lost searches that are remembered; then the rarest are forgotten
RETRY_SECONDS = 60
# Certainties that verdicts do not know: no failure at all, and words said of every failure.
NO_ERROR, GENERIC = "no-error", "generic"
_FAILURES = frozenset(("failure", "delay", "client-error"))
# What may name somebody in a folded query: addresses, numbers of phones and accounts, hosts.
_PRIVATE = re.compile(
    r"@|[0-9]{7}|[0-9]{2,4}[-\s][0-9]{2,4}[-\s][0-9]{3}|(?:[0-9]{1,3}\.){3}[0-9]"
    r"|[0-9a-f]*:[0-9a-f]*:|://|(?:[a-z0-9-]+\.)+[a-z]{2}"
)

P = ParamSpec("P")
logger = logging.getLogger(__name__)


class Key(NamedTuple):
    """What is counted, in the order of `Tally.DIMENSIONS`."""

    day: datetime.date
    kind: str
    source: str
    language: str
    entry: str = ""
    reason: str = ""
    provider: str = ""
    certainty: str = ""


class _Pending:
    """What has been counted and not been written yet; one per process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.tallies: Counter[Key] = Counter()
        self.searches: Counter[tuple[str, str, datetime.date]] = Counter()
        self.due = time.monotonic() + settings.TALLY_SECONDS

    def add(self, key: Key, number: int = 1) -> None:
        if key not in self.tallies and len(self.tallies) >= PENDING_MAX:
            key = key._replace(entry="", reason="", provider="")
        self.tallies[key] += number

    def take(self) -> tuple[Counter[Key], Counter[tuple[str, str, datetime.date]]]:
        with self.lock:
            taken = self.tallies, self.searches
            self.forget()
        return taken

    def put_back(
        self,
        tallies: Counter[Key],
        searches: Counter[tuple[str, str, datetime.date]],
    ) -> None:
        with self.lock:
            for key, number in tallies.items():
                self.add(key, number)
            self.searches += searches
            self.due = time.monotonic() + RETRY_SECONDS


_pending = _Pending()


def _never_fails(count: Callable[P, None]) -> Callable[P, None]:
    """Let a figure go wrong rather than the answer it counts."""

    @wraps(count)
    def counted(*args: P.args, **options: P.kwargs) -> None:
        try:
            count(*args, **options)
        except Exception as problem:
            # The type alone: a message could quote what somebody pasted.
            logger.warning("A figure was not counted: %s", type(problem).__name__)

    return counted


@_never_fails
def count_explained(
    explanation: Explanation,
    catalog: Catalog,
    language: str,
    source: str = Tally.Source.PAGE,
) -> None:
    """Count one notice by the answer that its headline gives."""
    verdict = explanation.verdicts[explanation.headline]
    certainty: str = verdict.certainty
    if certainty == "none" and explanation.bounce.kind not in _FAILURES:
        certainty = NO_ERROR
    elif certainty == "wording" and is_unsure(verdict):
        certainty = GENERIC
    hosts = (
        verdict.recipient.remote_mta,
        verdict.recipient.address,
        explanation.bounce.reporting_mta,
    )
    providers = (catalog.provider_of(host) for host in hosts if host)
    key = Key(
        timezone.localdate(),
        Tally.Kind.EXPLAINED.value,
        str(source),
        language,
        entry=verdict.entry or "",
        reason=explanation.reasons[explanation.headline],
        provider=next(filter(None, providers), ""),
        certainty=certainty,
    )
    _count(key)


@_never_fails
def count_look(entry: str, language: str) -> None:
    """Count a look at an entry's own page."""
    kind = Tally.Kind.LOOK.value
    _count(Key(timezone.localdate(), kind, Tally.Source.PAGE.value, language, entry))


@_never_fails
def count_search(query: str, results: int, language: str) -> None:
    """Count a search; of one without a result its words are kept, if they are nobody's."""
    kind = Tally.Kind.FOUND if results else Tally.Kind.LOST
    today = timezone.localdate()
    _count(Key(today, kind.value, Tally.Source.PAGE.value, language))
    words = "" if results else harmless_words(query)
    if words:
        with _pending.lock:
            if len(_pending.searches) < SEARCHES_MAX:
                _pending.searches[words, language, today] += 1


def harmless_words(query: str) -> str:
    """Return a query folded, or "" when it is long or may name somebody.

    >>> harmless_words(" ５５０　Moon  FULL"), harmless_words("taro@example.jp 550")
    ('550 moon full', '')
    """
    folded = unicodedata.normalize("NFKC", query).casefold()
    words = " ".join("".join(map(_visible, folded)).split())
    if len(words) > QUERY_MAX or _PRIVATE.search(words) or find_private(query):
        return ""
    return words


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else " "


def _count(key: Key) -> None:
    with _pending.lock:
        _pending.add(key)


# --- Writing -------------------------------------------------------------------------------


def watch() -> None:
    """Write what has gathered after a later answer, and at the end of the process."""
    request_finished.connect(_on_request_finished, dispatch_uid="write figures")
    atexit.register(flush)


def forget() -> None:
    """Drop what has not been written."""
    with _pending.lock:
        _pending.forget()


def _on_request_finished(**_: Any) -> None:
    if time.monotonic() < _pending.due:
        return
    was_open = connection.connection is not None
    flush()
    if not was_open:
        connection.close()  # the next request of this thread may be far away


def flush() -> None:
    """Write all that was counted; what cannot be written waits for the next time."""
    tallies, searches = _pending.take()
    if not tallies and not searches:
        return
    try:
        with transaction.atomic():
            _add_tallies(tallies)
            _add_searches(searches)
    except Exception as problem:
        # Whatever ails the database must not ail the site.
        logger.warning("Figures could not be written: %s", type(problem).__name__)
        _pending.put_back(tallies, searches)


# Both databases add in place with the same words; Django's bulk_create can only replace.
def _add_tallies(tallies: Counter[Key]) -> None:
    _upsert(
        Tally._meta.db_table,
        (*Tally.DIMENSIONS, "count"),
        Tally.DIMENSIONS,
        "count = {table}.count + excluded.count",
        [(_date(key.day), *key[1:], number) for key, number in tallies.items()],
    )


def _add_searches(searches: Counter[tuple[str, str, datetime.date]]) -> None:
    _upsert(
        LostSearch._meta.db_table,
        ("query", "language", "first_seen", "last_seen", "count"),
        ("query", "language"),
        "count = {table}.count + excluded.count, last_seen = excluded.last_seen",
        [
            (words, code, _date(day), _date(day), number)
            for (words, code, day), number in searches.items()
        ],
    )
    if searches:
        rarest = LostSearch.objects.order_by("-count", "-last_seen", "-pk")
        LostSearch.objects.filter(pk__in=rarest.values("pk")[SEARCHES_MAX:]).delete()


def _date(day: datetime.date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _upsert(
    table: str,
    columns: tuple[str, ...],
    unique: tuple[str, ...],
    update: str,
    rows: list[tuple[Any, ...]],
) -> None:
    if not rows:
        return
    quote = connection.ops.quote_name
    sql = (
        f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))})"  # noqa: S608 - names of ours alone
        f" VALUES ({', '.join(['%s'] * len(columns))})"
        f" ON CONFLICT ({', '.join(map(quote, unique))})"
        f" DO UPDATE SET {update.format(table=quote(table))}"
    )
    with connection.cursor() as cursor:
        # Sorted, so that two processes lock rows in the same order.
        cursor.executemany(sql, sorted(rows))

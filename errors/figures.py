"""What the figures say: for the desk's lists and charts, and for the public site."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils import timezone

from errors.models import Entry, Feedback, Tally

Step = Literal["day", "week", "month"]
RECENT_DAYS = 30
CACHE_SECONDS = 600
# What customers asked, as against staff who try things out on the command line.
_CUSTOMERS = (Tally.Source.PAGE, Tally.Source.API, Tally.Source.MAIL)


@dataclass(frozen=True, slots=True)
class EntryFigures:
    """How often an entry explained something lately, and whether people found it helpful."""

    explained: int = 0  # in the last 30 days
    votes: int = 0
    helpful: float | None = None  # share of the votes, 0 to 1; None without votes


def figures_of(slugs: Iterable[str]) -> dict[str, EntryFigures]:
    """Return the figures of each entry named, in two queries, zeros where there are none."""
    wanted = list(slugs)
    explained = dict(
        _recent(Tally.Kind.EXPLAINED)
        .filter(entry__in=wanted)
        .values_list("entry")
        .annotate(Sum("count"))
    )
    votes = {
        slug: (number, liked / number)
        for slug, number, liked in Feedback.objects.filter(entry__slug__in=wanted)
        .order_by()
        .values_list("entry__slug")
        .annotate(number=Count("pk"), liked=Count("pk", filter=Q(helpful=True)))
    }
    return {
        slug: EntryFigures(explained.get(slug, 0), *votes.get(slug, (0, None)))
        for slug in wanted
    }


def most_looked_up(limit: int = 8) -> list[str]:
    """Return the slugs of the published entries that customers met most of late.

    Kept for ten minutes, so that public pages may ask at every request.
    """
    key = f"most-looked-up:{limit}"
    found: list[str] | None = cache.get(key)
    if found is None:
        found = _most_looked_up(limit)
        cache.set(key, found, CACHE_SECONDS)
    return found


def _most_looked_up(limit: int) -> list[str]:
    published = Entry.objects.published().values("slug")
    rows = (
        _recent(Tally.Kind.EXPLAINED, Tally.Kind.LOOK)
        .filter(entry__in=published)
        .values("entry")
        .annotate(times=Sum("count"))
        .order_by("-times", "entry")
    )
    return [row["entry"] for row in rows[:limit]]


def _recent(*kinds: Tally.Kind) -> QuerySet[Tally]:
    since = timezone.localdate() - datetime.timedelta(days=RECENT_DAYS)
    rows = Tally.objects.filter(kind__in=kinds, source__in=_CUSTOMERS, day__gt=since)
    return rows.order_by()


# --- For charts ----------------------------------------------------------------------------


def periods(step: Step, today: datetime.date) -> list[datetime.date]:
    """Return the first days of the last 30 days, 13 weeks or 12 months, oldest first.

    >>> periods("month", datetime.date(2026, 3, 5))[-2:]
    [datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    """
    if step == "day":
        return [today - datetime.timedelta(days=n) for n in range(29, -1, -1)]
    if step == "week":
        monday = today - datetime.timedelta(days=today.weekday())
        return [monday - datetime.timedelta(weeks=n) for n in range(12, -1, -1)]
    month = today.year * 12 + today.month - 1
    return [datetime.date(n // 12, n % 12 + 1, 1) for n in range(month - 11, month + 1)]


def over_time(
    rows: QuerySet[Tally], step: Step, dimension: str
) -> dict[tuple[datetime.date, str], int]:
    """Return the sums by period and value of a dimension."""
    start = {"day": F("day"), "week": TruncWeek("day"), "month": TruncMonth("day")}
    sums = (
        rows.order_by()
        .annotate(start=start[step])
        .values_list("start", dimension)
        .annotate(Sum("count"))
    )
    return {(day, value): number for day, value, number in sums}


def by_value(rows: QuerySet[Tally], dimension: str) -> list[tuple[str, int]]:
    """Return the sums by value of a dimension, the largest first."""
    sums = rows.order_by().values_list(dimension).annotate(times=Sum("count"))
    return [(value, times) for value, times in sums.order_by("-times", dimension)]

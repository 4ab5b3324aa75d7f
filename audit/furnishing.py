"""A site as it looks after some weeks, for pictures of the desk; called through `manage.py shell`.

Everything is made up, and the same each time but for the dates. It needs the shipped catalog.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from errors.history import one_act
from errors.listening import receive
from errors.models import Entry, LostSearch, Pattern, Tally

DAYS = 30
UNKNOWN = (
    ("557 5.7.93", "The recipient is on holiday until spring", 9),
    ("554 5.7.9", "Deliveries rest while the store is being counted", 4),
    ("550", "Your letter was weighed and found too light", 2),
)
# slug, explained a day, helpful votes, unhelpful votes
MET = (
    ("550-user-unknown", 41, 46, 5),
    ("returned-mail-over-quota", 17, 19, 3),
    ("status-5-7-26", 9, 4, 7),
    ("returned-mail-warning-4-hours", 6, 5, 1),
)
COMMENTS = ("SPFの設定がどこにあるのか分かりませんでした。", "図があると助かります。")
LOST = (("メーラーデーモン 止まらない", 14), ("返送 ループ", 6), ("greylist", 3))


def furnish() -> None:
    """Make notices handed in, votes, lost searches, figures and a version more."""
    _hand_in()
    _vote()
    _search_in_vain()
    _count()
    _change()


def _hand_in() -> None:
    for code, words, times in UNKNOWN:
        for number in range(times):
            notice = f"<user{number}@example.com>: host mx.example.com said: {code} {words} (in reply to RCPT TO command)"
            receive(notice, ("ja", "en")[number % 2])


def _vote() -> None:
    comments = iter(COMMENTS)
    for slug, _daily, liked, disliked in MET:
        entry = Entry.objects.get(slug=slug)
        for number in range(liked + disliked):
            is_liked = number < liked
            comment = "" if is_liked else next(comments, "")
            entry.feedback.create(
                helpful=is_liked, comment=comment, language="ja", place="result"
            )


def _search_in_vain() -> None:
    today = timezone.localdate()
    for query, times in LOST:
        LostSearch.objects.create(
            query=query,
            count=times,
            language="en" if query.isascii() else "ja",
            first_seen=today - datetime.timedelta(days=DAYS),
            last_seen=today,
        )


def _count() -> None:
    Tally.objects.bulk_create(
        tally for ago in range(DAYS) for tally in _tallies_of(ago)
    )


def _tallies_of(ago: int) -> Iterator[Tally]:
    """Yield what was counted on one day: weekends are quiet, and it grows."""
    day = timezone.localdate() - datetime.timedelta(days=ago)
    busy = (0.4 if day.weekday() > 4 else 1) * (1.2 - ago / 60)
    for number, (slug, daily, _liked, _disliked) in enumerate(MET):
        entry = Entry.objects.get(slug=slug)
        provider = entry.providers.first()
        for language, share in (("ja", 0.8), ("en", 0.2)):
            explained = Tally(
                kind="explained",
                certainty="class" if number == 3 else "wording",
                entry=slug,
                reason=entry.reason,
                provider=provider.slug if provider else "",
            )
            yield _counted(explained, day, language, daily * busy * share)
            look = Tally(kind="look", entry=slug)
            yield _counted(look, day, language, daily * busy * share / 2)
    yield _counted(Tally(kind="explained", certainty="none"), day, "ja", 4 * busy)
    yield _counted(Tally(kind="found"), day, "ja", 30 * busy)
    yield _counted(Tally(kind="lost"), day, "ja", 3 * busy)


def _counted(tally: Tally, day: datetime.date, language: str, count: float) -> Tally:
    tally.day, tally.language, tally.source = day, language, "page"
    tally.count = max(1, round(count))
    return tally


def _change() -> None:
    """Change an entry, so that its history has something to compare and a text is stale."""
    entry: Any = Entry.objects.get(slug="yahoo-over-quota")
    pattern: Any = Pattern(entry=entry, text="this mailbox has no room left")
    entry._history_user = pattern._history_user = get_user_model().objects.first()
    with one_act():
        entry.summary_ja = entry.summary_ja + "空きができるのをお待ちください。"
        entry.save()
        pattern.save()

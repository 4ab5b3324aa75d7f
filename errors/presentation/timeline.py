"""When a mail was sent, when it was tried, and when the server will give up."""

import datetime
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from errors.presentation.case import Case
from errors.presentation.values import Moment
from errors.wording import read_date, say_date, say_seconds


def timeline_of(case: Case) -> tuple[Moment, ...]:
    """Return the moments that are known with their offset, in order; one alone is no line."""
    known = [(label, moment) for label, moment in _moments(case) if moment]
    known.sort(key=lambda pair: pair[1])
    if len(known) < 2:
        return ()
    befores = [None, *(moment for _label, moment in known)]
    return tuple(
        Moment(
            label=label,
            datetime=moment.isoformat(),
            text=say_date(moment.isoformat()),
            gap=_say_gap(before, moment),
            is_ahead=moment > case.now,
        )
        for before, (label, moment) in zip(befores, known, strict=False)
    )


def is_over(case: Case) -> bool:
    """Tell whether the server has given up meanwhile, by its own word."""
    until = aware(case.verdict.recipient.will_retry_until)
    return until is not None and until < case.now


def aware(written: str | None) -> datetime.datetime | None:
    """Read a date-time that says its offset, in the site's time zone."""
    moment = read_date(written or "")
    if not isinstance(moment, datetime.datetime) or timezone.is_naive(moment):
        return None
    try:
        return timezone.localtime(moment)
    except OverflowError:  # a date at the edge of the calendar
        return None


def _moments(case: Case) -> Iterator[tuple[str, datetime.datetime | None]]:
    yield _("Taken by the server"), aware(case.bounce.arrival_date)
    yield _("This notice: still trying"), aware(case.bounce.written)
    until = case.verdict.recipient.will_retry_until
    yield _("The server gives up"), aware(until)


def _say_gap(before: datetime.datetime | None, moment: datetime.datetime) -> str:
    if before is None:
        return ""
    seconds = int((moment - before).total_seconds())
    # A minute more or less says nothing beside hours and days.
    said = say_seconds(seconds - seconds % 60 if seconds > 3600 else seconds)
    return _("%(time)s later") % {"time": said} if said else ""

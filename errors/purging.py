"""Forget what was kept long enough, by `settings.KEEP_DAYS`."""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from errors.models import (
    Feedback,
    HandIn,
    LoginRecord,
    LostSearch,
    Tally,
    Unexplained,
)


def purge(*names: str) -> dict[str, int]:
    """Delete what is too old, of the kinds named or of all; return how many rows of each.

    >>> purge("logins")
    {'logins': 12}
    """
    return {
        name: sum(rows.delete()[0] for rows in _outdated(name, days))
        for name, days in settings.KEEP_DAYS.items()
        if days and (not names or name in names)
    }


def _outdated(name: str, days: int) -> tuple[QuerySet[Any], ...]:
    now = timezone.now() - datetime.timedelta(days=days)
    day = timezone.localdate() - datetime.timedelta(days=days)
    match name:
        case "handins":
            return (
                HandIn.objects.filter(received__lt=now),
                Unexplained.objects.filter(last_seen__lt=now),
            )
        case "feedback":
            return (Feedback.objects.filter(created__lt=now),)
        case "searches":
            return (LostSearch.objects.filter(last_seen__lt=day),)
        case "logins":
            return (LoginRecord.objects.filter(at__lt=now),)
        case "figures":
            return (Tally.objects.filter(day__lt=day),)
    raise KeyError(name)

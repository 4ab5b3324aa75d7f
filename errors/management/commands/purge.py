"""Forget what was kept long enough; see errors.purging. For cron or a systemd timer."""

import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from errors.listening import recheck
from errors.purging import purge


class Command(BaseCommand):
    help = (
        "Delete notices handed in, feedback, lost searches, records of logins and figures"
        " that are older than KEEP_…_DAYS, with sessions that have ended. Run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> str:
        numbers = purge()
        numbers["login attempts"] = _purge_attempts()
        call_command("clearsessions")
        recheck()
        return ", ".join(f"{number} {name}" for name, number in numbers.items())


def _purge_attempts() -> int:
    """Delete what django-axes counted; it does so itself only when somebody logs in."""
    if not apps.is_installed("axes"):
        return 0
    attempts = apps.get_model("axes", "AccessAttempt")._default_manager
    limit = timezone.now() - datetime.timedelta(days=settings.KEEP_DAYS["logins"])
    number: int = attempts.filter(attempt_time__lt=limit).delete()[0]
    return number

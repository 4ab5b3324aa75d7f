"""Writes rows and notes, outside the database, each one that the database acknowledged.

    python -m deploy.rehearsal.probe ACKNOWLEDGED REFUSED

Runs until it is terminated. Every 40th row is an edit of the catalog.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import django
from django.db import DatabaseError

PAUSE_SECONDS = 0.025
EXPIRES = datetime(2099, 1, 1, tzinfo=UTC)


def main(acknowledged: Path, refused: Path) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - after setup

    from errors.models import Gloss  # noqa: PLC0415 - the same

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with acknowledged.open("a") as yes, refused.open("a") as no:
        for number in count():
            key = f"probe-{os.getpid()}-{number}"
            try:
                if number % 40:
                    Session.objects.create(session_key=key, expire_date=EXPIRES)
                else:
                    Gloss.objects.create(text=key, role=Gloss.Role.LABEL)
                print(key, file=yes, flush=True)
            except DatabaseError as problem:
                print(key, type(problem).__name__, file=no, flush=True)
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    django.setup()
    main(*map(Path, sys.argv[1:]))

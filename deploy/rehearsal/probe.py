"""Writes and notes, outside the database, each write that was acknowledged.

    python -m deploy.rehearsal.probe URL ACKNOWLEDGED REFUSED

Runs until it is terminated. Sessions and edits go to the database as the admin sends them,
votes and notices to the site as a visitor's browser sends them.
"""

import http.client
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from string import ascii_lowercase
from urllib.parse import urlencode, urlsplit

import django
from django.db import DatabaseError

PAUSE_SECONDS = 0.025
EXPIRES = datetime(2099, 1, 1, tzinfo=UTC)


class RefusedError(Exception):
    """The site did not thank for what was sent."""


def main(url: str, acknowledged: Path, refused: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with acknowledged.open("a") as yes, refused.open("a") as no:
        for number in count():
            key = name(number)
            try:
                write_of(number)(url, key)
                print(key, file=yes, flush=True)
            except (DatabaseError, RefusedError, OSError, http.client.HTTPException):
                print(key, file=no, flush=True)
            time.sleep(PAUSE_SECONDS)


def name(number: int) -> str:
    """Return a word for a number; figures in it would be taken for somebody's."""
    letters = (ascii_lowercase[int(digit)] for digit in str(number))
    return f"probe{''.join(letters)}"


def write_of(number: int) -> Callable[[str, str], None]:
    """Return what is written this time: few edits, as each makes the catalog anew."""
    if number % 40 == 0:
        return edit
    return (hand_in, save_session, vote, save_session)[number % 4]


def edit(_url: str, key: str) -> None:
    from errors.models import Gloss  # noqa: PLC0415 - after setup

    Gloss.objects.create(text=key, role=Gloss.Role.LABEL)


def save_session(_url: str, key: str) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415 - the same

    Session.objects.create(session_key=key, expire_date=EXPIRES)


def vote(url: str, key: str) -> None:
    _post(url, "/ja/feedback/", helpful="yes", place="result", comment=key)


def hand_in(url: str, key: str) -> None:
    _post(url, "/ja/hand-in/", text=f"554 5.7.0 {key}", consent="on")


def _post(url: str, path: str, **fields: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    if (response.status, response.headers["Location"]) != (302, "/ja/thanks/"):
        raise RefusedError


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], *map(Path, sys.argv[2:]))

"""Writes all the while, and which of those that were acknowledged are lost."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from deploy.rehearsal.proxy import ROOT
from deploy.rehearsal.stack import Stack

QUERY = """
    SELECT session_key FROM django_session WHERE session_key LIKE 'probe%'
    UNION SELECT text FROM errors_gloss WHERE text LIKE 'probe%'
    UNION SELECT comment FROM errors_feedback WHERE comment LIKE 'probe%'
    UNION SELECT wording FROM errors_unexplained WHERE wording LIKE 'probe%'
"""


@dataclass(frozen=True, slots=True)
class Writes:
    """How many writes were acknowledged, refused, and lost all the same."""

    acknowledged: int
    refused: int
    lost: int

    def __str__(self) -> str:
        return f"{self.acknowledged} acknowledged, {self.refused} refused, {self.lost} lost"


@contextmanager
def writing(stack: Stack) -> Iterator[Callable[[], Writes]]:
    """Write all the while; the function given stops it and counts."""
    yes, no = stack.folder / "acknowledged", stack.folder / "refused"
    log = stack.folder / "probe.log"
    probe = subprocess.Popen(
        [sys.executable, "-m", "deploy.rehearsal.probe", stack.url, yes, no],
        cwd=ROOT,
        env=stack.environment | {"DJANGO_SETTINGS_MODULE": "faqsite.settings"},
        stderr=log.open("wb"),
    )

    def count() -> Writes:
        if probe.poll() is not None:
            raise RuntimeError(f"The probe ended early:\n{log.read_text('utf-8')}")
        probe.send_signal(signal.SIGTERM)
        probe.wait()
        acknowledged = set(yes.read_text("utf-8").split())
        lost = acknowledged - rows(stack.environment["DATABASE_URL"])
        refused = len(no.read_text("utf-8").splitlines())
        return Writes(len(acknowledged), refused, len(lost))

    try:
        yield count
    finally:
        probe.kill()
        probe.wait()


def rows(url: str) -> set[str]:
    """Return the probe's rows that the database has, past Django."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            return {row[0] for row in file.execute(QUERY)}
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute(QUERY)}

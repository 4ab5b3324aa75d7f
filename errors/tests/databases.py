"""An empty database beside the tests' own, of the same kind, for a test that makes tables."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection


@contextmanager
def empty_database(folder: Path, name: str) -> Iterator[str]:
    """Yield the DATABASE_URL of a new, empty database, which is gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(*command: str | Path, url: str, **options: str) -> str:
    """Run a command of ours on such a database; return what it printed."""
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, **options},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def manage(*command: str, url: str) -> str:
    """Run manage.py on such a database; return what it printed."""
    return run(sys.executable, "manage.py", *command, url=url)

"""The site as in production, on a database and a port of its own."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STAFF, PASSWORD = "hanako", "long-enough-for-pictures"


@contextmanager
def site() -> Iterator[str]:
    """Serve the shipped catalog by gunicorn with DEBUG=0; yields the site's address."""
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder)) as address:
        yield address


@contextmanager
def furnished_site() -> Iterator[str]:
    """Serve it as it looks after some weeks: with staff, notices handed in, and figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _serving(Path(folder), furnished=True, STAFF_TWO_FACTOR="0") as address,
    ):
        yield address


@contextmanager
def site_in(folder: Path) -> Iterator[str]:
    """Serve it with its database and a log of everything in a folder, to be looked into."""
    with (
        (folder / "server.log").open("wb") as log,
        _serving(folder, log, LOG_LEVEL="DEBUG") as address,
    ):
        yield address


@contextmanager
def _serving(
    folder: Path,
    log: IO[bytes] | None = None,
    *,
    furnished: bool = False,
    **settings: str,
) -> Iterator[str]:
    environment = _production(folder) | settings
    _manage(environment, "migrate", "--verbosity=0")
    _manage(environment, "loadcatalog")
    _manage(environment, "collectstatic", "--no-input", "--verbosity=0")
    if furnished:
        _manage(environment, "createsuperuser", "--no-input")
        furnish = "from audit.furnishing import furnish; furnish()"
        _manage(environment, "shell", "--no-imports", "--command", furnish)
    port = _free_port()
    server = _serve(environment, port, log)
    try:
        address = f"http://localhost:{port}"
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def _production(folder: Path) -> dict[str, str]:
    return os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": f"sqlite:///{folder / 'audit.sqlite3'}",
        "SUPPORT_URL": "https://support.example.jp/",
        "PASTE_RATE_LIMIT": "100000",
        "EMBED_ORIGINS": "https://shop.example.jp",
        # Browsers trust localhost as they trust https.
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SUPERUSER_USERNAME": STAFF,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "DJANGO_SUPERUSER_EMAIL": "hanako@example.jp",
    }


def _manage(environment: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
    return port


def _serve(
    environment: dict[str, str], port: int, log: IO[bytes] | None
) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "gunicorn", "faqsite.wsgi"),
        *("--bind", f"localhost:{port}", "--threads", "4"),
        *("--log-level", "debug" if log else "warning"),
        *(("--access-logfile", "-") if log else ()),
    ]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address)  # noqa: S310 - our own server
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return

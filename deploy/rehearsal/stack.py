"""The stack of production in a temporary folder: two instances behind the shipped nginx.

PostgreSQL and Redis come from `.ci/postgres` and `.ci/redis`, which name them in the
environment. Everything listens on this machine alone and is gone afterwards.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.rehearsal.proxy import ROOT, Nginx

NODES = ("a", "b")
LIMITS = [
    f"{purpose}_RATE_LIMIT"
    for purpose in ("PASTE", "SEARCH", "SUGGEST", "API", "FEEDBACK", "HANDIN")
]
START_SECONDS = 60


class Stack:
    """Starts, stops and hurts the parts; `url` is nginx's."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.nginx = Nginx(folder)
        self.url = self.nginx.url
        self.environment = {
            **os.environ,
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "BEHIND_PROXY": "1",
            "SECURE_SSL_REDIRECT": "0",  # plain http on this machine
            # All load comes from one address.
            **dict.fromkeys(LIMITS, "1000000000"),
            "CATALOG_SNAPSHOT": str(folder / "catalog.jsonl"),
            **environment,
        }
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}

    def manage(self, *command: str) -> None:
        """Run manage.py, silently unless it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {command[0]} failed:\n{done.stderr}")

    def prepare(self) -> None:
        """Fill the database and collect the files, as a release does."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("loadcatalog")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")

    def start(self) -> None:
        """Start both instances and nginx, and wait until all answer."""
        for name in NODES:
            self.start_node(name)
        for name in NODES:
            self.wait_for_node(name)
        self.nginx.start()

    def start_node(self, name: str) -> None:
        """Start one instance, as its systemd unit does."""
        log = (self.folder / f"{name}.log").open("ab")
        environment = self.environment | {
            "GUNICORN_BIND": f"unix:{self.folder / name}.sock",
            "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "metrics"),
        }
        environment.setdefault("GUNICORN_WORKERS", "1")  # two processes in all
        self.nodes[name] = subprocess.Popen(
            [
                *(str(ROOT / ".venv/bin/gunicorn"), "faqsite.wsgi"),
                *("--config", "deploy/gunicorn.conf.py"),
            ],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )

    def wait_for_node(self, name: str, saying: bytes = b" 200 ") -> None:
        """Wait until an instance's /readyz says something: that it can serve."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if saying in self._health_of(name):
                return
            time.sleep(0.05)
        log = self.log_of(name)[-3000:]
        raise RuntimeError(f"Instance {name} never said {saying!r}:\n{log}")

    def _health_of(self, name: str) -> bytes:
        request = b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"
        answer = b""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(f"{self.folder / name}.sock")
            connection.sendall(request)
            while piece := connection.recv(4096):
                answer += piece
        return answer

    def log_of(self, name: str) -> str:
        """Return what an instance has logged."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def workers_of(self, name: str) -> list[int]:
        """Return the process ids of an instance's workers."""
        master = self.nodes[name].pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text("utf-8")
        return [int(pid) for pid in children.split()]

    def kill_node(self, name: str) -> None:
        """Kill an instance with all its workers, at once."""
        for pid in [self.nodes[name].pid, *self.workers_of(name)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.nodes[name].wait()

    def stop_node(self, name: str) -> None:
        """Stop an instance as systemd does: it finishes what it has begun."""
        self.nodes[name].terminate()
        self.nodes[name].wait(timeout=40)

    def stop(self) -> None:
        """Stop everything, whatever state it is in."""
        self.nginx.stop()
        for name, node in self.nodes.items():
            if node.poll() is None:
                self.kill_node(name)


@contextmanager
def running(**environment: str) -> Iterator[Stack]:
    """Run the stack, prepared and answering, and take it away afterwards."""
    with tempfile.TemporaryDirectory(prefix="faqsite-stack-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder), **environment)
        try:
            stack.prepare()
            stack.start()
            yield stack
        finally:
            stack.stop()

"""gunicorn in production. Why these numbers: docs/operations.md, "Sizing".

gunicorn --config deploy/gunicorn.conf.py faqsite.wsgi
"""

import gc
import os
from pathlib import Path
from typing import Any

from errors.logs import json_formatter

# Where the processes share their metrics; it must be there before the code is loaded.
if METRICS := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(METRICS).mkdir(parents=True, exist_ok=True)

bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8000")
# One a core, in two instances.
workers = int(os.environ.get("GUNICORN_WORKERS", max(1, (os.cpu_count() or 1) // 2)))
worker_class = "gthread"
# While one waits for Redis or the database, others work; DATABASE_POOL_SIZE is no less.
threads = int(os.environ.get("GUNICORN_THREADS", "4"))
# The code is loaded once and shared, and so is the catalog: see on_starting.
preload_app = True
# A worker that leaks is replaced now and then, never all at once.
max_requests = 100_000
max_requests_jitter = 20_000
timeout = 30
graceful_timeout = 30  # systemd waits longer: TimeoutStopSec
keepalive = 75  # longer than nginx keeps a connection that waits
worker_tmp_dir = "/dev/shm"  # noqa: S108 - its heartbeat must not wait for a disk
control_socket_disable = True
# Who may come is decided by who may open the socket.
forwarded_allow_ips = "*"
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": json_formatter()},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True}},
}


def on_starting(server: Any) -> None:
    """Compile the catalog before the socket is there.

    Who connects to a socket waits for whoever listens behind it, and nginx with them: an
    instance must not be found before it can answer. And a worker that replaces a killed one
    has a catalog at once.
    """
    from errors import catalog  # noqa: PLC0415 - Django is ready from here on

    catalog.read_before_fork()
    _forget_metrics(os.getpid())  # of the master, which answers nobody


def when_ready(server: Any) -> None:
    """Look for garbage less often, and never in the code that was loaded."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def post_worker_init(worker: Any) -> None:
    """Look whether the catalog has changed since the instance began."""
    from errors import catalog  # noqa: PLC0415 - the same

    catalog.look_aside()


def child_exit(server: Any, worker: Any) -> None:
    """Let the metrics of a worker that is gone count no longer as live."""
    _forget_metrics(worker.pid)


def _forget_metrics(pid: int) -> None:
    if METRICS:
        from prometheus_client import multiprocess  # noqa: PLC0415 - after the variable

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]

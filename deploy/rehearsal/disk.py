"""A full disk under SQLite: a small file system in memory, filled to the brim."""

import re
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from deploy.rehearsal.bounds import Bound, failed_of
from deploy.rehearsal.stack import running
from deploy.rehearsal.traffic import Visitor, send
from deploy.rehearsal.writes import writing

MEGABYTES = 48
SECONDS = 12


def fill_the_disk() -> Iterator[Bound]:
    """Fill the disk while the site is used and written to, then make room again."""
    with small_disk() as disk:
        if disk is None:
            print("\nSKIPPED: the full disk; only root may mount a small file system.")
            return
        database = disk / "db.sqlite3"
        environment = {"DATABASE_URL": f"sqlite:///{database}", "CACHE_URL": ""}
        with running(**environment) as stack, writing(stack) as count:
            visitor = Visitor(stack.url)
            filling = threading.Thread(target=_fill_for_a_while, args=(disk,))
            filling.start()
            run = send(stack.url, visitor.mix(), SECONDS)
            filling.join()
            time.sleep(2)
            writes = count()
        with closing(sqlite3.connect(database)) as file:
            file.create_function("REGEXP", 2, _matches)  # in our constraints
            (verdict,) = file.execute("PRAGMA integrity_check").fetchone()
    print(
        f"\nDisk full under SQLite: {len(run.answers)} requests, {run.failed} failed;"
    )
    print(f"writes: {writes}; the file is {verdict}.")
    yield Bound("explanations failed: disk full", failed_of(run, "explain"), most=0)
    yield Bound("acknowledged writes lost, SQLite", writes.lost, most=0)
    yield Bound("writes refused while the disk was full", writes.refused, least=1)
    yield Bound("the file is whole", float(verdict == "ok"), least=1)


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """Mount a file system of a few megabytes in memory; None where that is not allowed."""
    with tempfile.TemporaryDirectory(prefix="faqsite-disk-") as name:
        size = f"size={MEGABYTES}m"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", name]
        if subprocess.run(mount, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def _matches(pattern: str, text: str | None) -> bool:
    return text is not None and re.search(pattern, text) is not None


def _fill_for_a_while(disk: Path) -> None:
    time.sleep(2)
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    time.sleep(6)
    filler.unlink()

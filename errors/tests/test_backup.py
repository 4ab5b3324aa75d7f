"""Backup, wipe, restore: the database is what it was, to the last byte of its rows."""

import hashlib
import os
import shutil

import pytest
from django.conf import settings
from django.db import connection

from errors.tests.databases import empty_database, manage, run

BACKUP = settings.BASE_DIR / "deploy" / "backup"
LONG_AGO = 1_600_000_000  # a time.time() in 2020
RESTORE = settings.BASE_DIR / "deploy" / "restore"


@pytest.fixture
def url(tmp_path):
    tool = "sqlite3" if connection.vendor == "sqlite" else "pg_dump"
    if not shutil.which(tool):
        pytest.skip(f"needs {tool}")
    with empty_database(tmp_path, "faqsite_backup") as url:
        yield url


def checksum(url):
    """Return a checksum over every row of every table that is ours, and of the accounts."""
    rows = manage("dumpdata", "--all", "errors", "auth.user", "auth.group", url=url)
    assert len(rows) > 10_000
    return hashlib.sha256(rows.encode()).hexdigest()


FILL = """
from django.core.management import call_command
from django.contrib.auth.models import User
from errors.models import Entry
call_command("migrate", verbosity=0)
call_command("loadcatalog", verbosity=0)
User.objects.create_user("hanako", password="a long one")
entry = Entry.objects.published().first()
entry.title_ja, entry.internal_note = "変更した題 😀", "only here"
entry.save()
"""
WIPE = """
from django.core.management import call_command
from errors.models import Entry
call_command("flush", interactive=False, verbosity=0)
print(Entry.objects.count())
"""
# The counters of a restored database are behind no row, and no migration is lacking.
GO_ON = """
from django.core.management import call_command
from errors.models import Gloss
Gloss.objects.create(text="new", role="label")
call_command("migrate", check_unapplied=True)
"""


def shell(code, url):
    return manage("shell", "--verbosity", "0", "--command", code, url=url)


def test_restore_gives_back_what_was_backed_up(url, tmp_path):
    shell(FILL, url)
    before = checksum(url)
    backup = run(BACKUP, tmp_path / "backups", url=url).strip()
    assert shell(WIPE, url).strip() == "0"
    run(RESTORE, backup, url=url)
    assert checksum(url) == before
    shell(GO_ON, url)


def test_damaged_backup_leaves_the_database_as_it_was(url, tmp_path):
    if connection.vendor == "sqlite":
        pytest.skip("a file of SQLite is put in place whole")
    manage("migrate", "--verbosity", "0", url=url)
    backup = tmp_path / "damaged.pgdump"
    backup.write_bytes(b"PGDMP rubbish")
    with pytest.raises(AssertionError):
        run(RESTORE, backup, url=url)
    assert manage("migrate", "--check", url=url) == ""


def test_old_backups_go_and_new_ones_stay(url, tmp_path):
    manage("migrate", "--verbosity", "0", url=url)
    folder = tmp_path / "backups"
    first = run(BACKUP, folder, url=url).strip()
    os.utime(first, (LONG_AGO, LONG_AGO))
    foreign = folder / "notes.txt"
    foreign.write_text("mine")
    os.utime(foreign, (LONG_AGO, LONG_AGO))
    second = run(BACKUP, folder, url=url).strip()
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == sorted({second.rpartition("/")[2], "notes.txt"})

"""The bridge: edits are live at once, outages are survived."""

import threading

import pytest
from django.db import DatabaseError, OperationalError, connection

from errors import catalog
from errors.bounce.explaining import explain
from errors.models import CatalogRevision, Entry, Gloss, Pattern, Provider
from errors.publishing import as_if_published, build
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that tests turn by hand."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(catalog.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def entry_of(text):
    return explain(text, catalog.current().catalog).verdicts[0].entry


def test_an_edit_is_live_within_two_seconds(clock):
    make_entry("unknown", "user unknown")
    assert entry_of("the mailbox is full") is None
    make_entry("full", "mailbox is full")
    clock.now += 2
    assert entry_of("the mailbox is full") == "full"


def test_nothing_is_rebuilt_without_an_edit(clock, django_assert_num_queries):
    make_entry("unknown", "user unknown")
    first = catalog.current()
    with django_assert_num_queries(0):
        assert catalog.current() is first
    clock.now += 2
    with django_assert_num_queries(1):
        assert catalog.current().catalog is first.catalog


@pytest.mark.parametrize("number", [1, 3])
def test_a_build_takes_a_constant_number_of_queries(number, django_assert_num_queries):
    for n in range(number):
        make_entry(f"entry-{n}", f"phrase number {n}")
    with django_assert_num_queries(9):
        build()


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.save(),
        lambda e: e.delete(),
        lambda e: e.patterns.first().delete(),
        lambda e: Pattern.objects.create(entry=e, text="more words"),
        lambda e: e.section.save(),
        lambda e: Gloss.objects.create(text="Status", role="label"),
        lambda e: e.providers.add(Provider.objects.create(slug="docomo")),
    ],
    ids=["save", "delete", "pattern gone", "pattern", "section", "gloss", "provider"],
)
def test_every_change_bumps_the_revision(change):
    entry = make_entry("unknown", "user unknown")
    before = CatalogRevision.objects.get().number
    change(entry)
    assert CatalogRevision.objects.get().number > before


def test_drafts_explain_nothing():
    make_entry("draft", "user unknown", state="draft")
    assert entry_of("user unknown") is None


def refuse(*_):
    raise DatabaseError("connection refused")


@pytest.mark.django_db(transaction=True)
def test_explaining_survives_a_dead_database_and_notices_its_return(clock):
    make_entry("unknown", "user unknown")
    catalog.current()
    clock.now += 60
    with connection.execute_wrapper(refuse):
        assert entry_of("user unknown") == "unknown"
        assert catalog.current().problem == "DatabaseError"
        assert catalog.current().is_database_away
    clock.now += 60
    # Nobody waits for a database that was away: the look goes on beside this request.
    assert catalog.current().problem == "DatabaseError"
    catalog.wait_for_look()
    assert catalog.current().problem == ""
    assert not catalog.current().is_database_away


def test_a_dead_database_from_the_start_gives_an_empty_catalog():
    with connection.execute_wrapper(refuse):
        assert entry_of("user unknown") is None
        assert catalog.current().problem == "DatabaseError"


def test_what_needs_a_catalog_is_told_that_there_never_was_one():
    with (
        connection.execute_wrapper(refuse),
        pytest.raises(OperationalError, match="no catalog yet: DatabaseError"),
    ):
        catalog.require()


@pytest.mark.django_db(transaction=True)
def test_process_about_to_fork_has_a_catalog_and_nothing_open(snapshot):
    make_entry("user-unknown", "user unknown")
    catalog.forget()
    catalog.read_before_fork()
    assert snapshot.exists()
    assert catalog.KEEPER not in {thread.name for thread in threading.enumerate()}
    assert connection.vendor == "sqlite" or connection.connection is None
    with connection.execute_wrapper(refuse):
        assert set(catalog.current().entries) == {"user-unknown"}


@pytest.fixture
def snapshot(settings, tmp_path):
    settings.CATALOG_SNAPSHOT = str(tmp_path / "catalog.jsonl")
    return tmp_path / "catalog.jsonl"


def wait_for_snapshot():
    for thread in threading.enumerate():
        if thread.name == catalog.KEEPER:
            thread.join()


def start_without_database():
    """Return the catalog of a process that starts while the database is away."""
    wait_for_snapshot()
    catalog.forget()
    with connection.execute_wrapper(refuse):
        return catalog.current()


def test_a_start_without_database_takes_the_last_catalog_written(snapshot):
    make_entry("unknown", "user unknown")
    before = catalog.current()
    after = start_without_database()
    assert explain("user unknown", after.catalog).verdicts[0].entry == "unknown"
    assert after.entries["unknown"].texts == before.entries["unknown"].texts
    assert after.sections == before.sections
    assert (after.revision, after.problem) == (before.revision, "DatabaseError")


def test_the_catalog_written_follows_the_edits(snapshot, clock):
    make_entry("unknown", "user unknown")
    catalog.current()
    make_entry("full", "mailbox is full")
    clock.now += 2
    catalog.current()
    assert set(start_without_database().entries) == {"unknown", "full"}


@pytest.mark.parametrize(
    "content", ["", "rubbish", '{"revision": 3}\n{"model": "x"}\n']
)
def test_a_broken_snapshot_is_as_good_as_none(snapshot, content, caplog):
    snapshot.write_text(content)
    assert start_without_database().revision == -1
    assert "There is no CATALOG_SNAPSHOT to start from" in caplog.messages


def test_a_snapshot_that_cannot_be_written_breaks_nothing(settings, tmp_path, caplog):
    settings.CATALOG_SNAPSHOT = str(tmp_path / "nowhere" / "catalog.jsonl")
    make_entry("unknown", "user unknown")
    assert entry_of("user unknown") == "unknown"
    wait_for_snapshot()
    assert "The catalog could not be written to CATALOG_SNAPSHOT" in caplog.messages


def test_a_pattern_that_no_longer_compiles_is_left_out(caplog):
    entry = make_entry("unknown", "user unknown")
    Pattern.objects.create(entry=entry, text="over {quta}")
    assert entry_of("user unknown") == "unknown"
    assert caplog.messages == ["A pattern of unknown is unusable: unknown-type"]


def test_texts_fall_back_to_a_language_that_has_them():
    Entry.objects.filter(pk=make_entry("e", "user unknown").pk).update(title_en="")
    entry = catalog.current().entries["e"]
    assert (entry.text("title", "en"), entry.text("title", "ja")) == ("eの題", "eの題")


def test_a_draft_is_tried_as_if_it_were_published():
    make_entry("full", "mailbox full")
    draft = make_entry("unknown", "user unknown", state="draft")
    published = build()
    tried = as_if_published(published, draft)
    assert explain("550 user unknown", tried.catalog).verdicts[0].entry == "unknown"
    assert explain("mailbox full", tried.catalog).verdicts[0].entry == "full"
    assert tried.entries["unknown"].text("title", "en") == "Title of unknown"
    assert "unknown" not in published.entries


def test_latest_does_not_wait(monkeypatch):
    assert catalog.current().entries.keys() == set()
    make_entry("full", "mailbox full")
    assert catalog.current().entries.keys() == set()
    assert catalog.latest().entries.keys() == {"full"}


def test_compile_with_sees_the_entry_as_it_would_become():
    entry = make_entry("unknown", "user unknown")
    changed = catalog.compile_with(entry, [Pattern(entry=entry, text="no such user")])
    assert [
        explain(t, changed).verdicts[0].entry for t in ("user unknown", "no such user")
    ] == [None, "unknown"]

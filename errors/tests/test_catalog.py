"""The bridge: edits are live at once, outages are survived."""

import pytest
from django.db import DatabaseError, connection

from errors import catalog
from errors.bounce.explaining import explain
from errors.models import CatalogRevision, Entry, Gloss, Pattern, Provider
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
        catalog.build()


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


def test_explaining_survives_a_dead_database(clock):
    make_entry("unknown", "user unknown")
    catalog.current()
    clock.now += 60
    with connection.execute_wrapper(refuse):
        assert entry_of("user unknown") == "unknown"
        assert catalog.current().problem == "DatabaseError"
    clock.now += 60
    assert catalog.current().problem == ""


def test_a_dead_database_from_the_start_gives_an_empty_catalog():
    with connection.execute_wrapper(refuse):
        assert entry_of("user unknown") is None
        assert catalog.current().problem == "DatabaseError"


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
    published = catalog.build()
    tried = catalog.as_if_published(published, draft)
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

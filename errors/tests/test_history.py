"""History: every change is kept, with who, when and why; one act is one version."""

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from simple_history.models import HistoricalRecords

from errors import history
from errors.models import (
    Entry,
    Example,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    Term,
)
from errors.tests.rows import make_entry, make_section

pytestmark = pytest.mark.django_db


def test_every_model_of_the_catalog_has_a_history():
    parts = (Relation, Pattern, Example)
    for model in (Section, Provider, Entry, Gloss, Term, *parts):
        assert model.history.model.objects.count() == 0, model


def test_history_has_a_column_per_language():
    entry = make_entry(title_ja="題", title_en="Title")
    row = entry.history.get()
    assert (row.title_ja, row.title_en, row.history_type) == ("題", "Title", "+")


def test_changes_of_one_act_share_its_moment_and_reason():
    with history.one_act("first") as act:
        entry = make_entry("one", "user unknown", examples=["550 user unknown"])
        with history.one_act("an act within"):
            entry.providers.add(Provider.objects.create(slug="docomo"))
    rows = [
        *Entry.history.all(),
        *Pattern.history.all(),
        *Example.history.all(),
        *Provider.history.all(),
    ]
    assert {(r.history_date, r.history_change_reason) for r in rows} == {
        (act.moment, "first")
    }
    make_section("alone", position=1)
    assert Section.history.first().history_date > act.moment


def test_the_reason_of_an_act_is_cut_to_what_the_column_holds():
    with history.one_act("x" * 500):
        entry = make_entry()
    assert entry.history.get().history_change_reason == "x" * history.REASON_MAX


def test_who_is_taken_from_the_request():
    user = get_user_model().objects.create_user("hanako")
    request = RequestFactory().get("/")
    request.user = user
    HistoricalRecords.context.request = request
    try:
        entry = make_entry()
        history.record([entry], created=False)
    finally:
        del HistoricalRecords.context.request
    assert [r.history_user for r in entry.history.all()] == [user, user]


def test_rows_saved_in_bulk_are_recorded_with_their_links():
    entry = make_entry()
    provider = Provider.objects.create(slug="docomo")
    entry.skip_history_when_saving = True
    entry.providers.add(provider)
    with history.one_act("bulk") as act:
        history.record([entry], created=False)
        history.record([], created=True)
    row = entry.history.first()
    assert (row.history_type, row.history_date, row.history_change_reason) == (
        "~",
        act.moment,
        "bulk",
    )
    assert [link.provider for link in row.providers.all()] == [provider]


def test_deleting_is_kept():
    entry = make_entry("one", "user unknown")
    pk = entry.pk
    entry.delete()
    assert Entry.history.filter(id=pk).first().history_type == "-"
    assert Pattern.history.filter(entry_id=pk).first().history_type == "-"

"""A draft from what customers told us, already filled in."""

import pytest

from errors import catalog
from errors.bounce.explaining import explain
from errors.catalog import compile_with
from errors.listening import receive
from errors.listening.drafting import (
    draft_from,
    draft_from_search,
    give_wording,
)
from errors.models import Entry, LostSearch, Provider, Section, Unexplained
from errors.tests.rows import make_entry, make_section

MOON = (
    "550 5.7.9 <taro@docomo.ne.jp>: The moon is full, ask mx1.example.net (id 4Xy2Zab)"
)


@pytest.mark.django_db
def test_draft_is_filled_in_and_explains_the_notice():
    Provider.objects.create(slug="docomo", name="docomo", domains="docomo.ne.jp")
    make_entry("other", position=70)
    kind = receive(MOON, "ja")
    entry = draft_from(kind)
    assert (entry.state, entry.slug) == ("draft", "the-moon-is-full-ask-id")
    assert (entry.reply_code, entry.status_code, entry.position) == ("550", "5.7.9", 80)
    assert entry.title_ja == entry.title_en == "The moon is full ask id"
    assert [p.slug for p in entry.providers.all()] == ["docomo"]
    text = MOON.replace("taro", "user1")
    assert (entry.sample, entry.examples.get().text) == (text, text)
    assert entry.patterns.get().text == "The moon is full, ask"
    verdict = explain(text, compile_with(entry, entry.patterns.all())).verdicts[0]
    assert verdict.entry == entry.slug
    kind.refresh_from_db()
    assert (kind.state, kind.entry) == ("drafted", entry)


@pytest.mark.django_db
def test_draft_of_a_code_alone_has_no_pattern():
    make_section()
    entry = draft_from(receive("554 5.7.9", "ja"))
    assert (entry.reply_code, entry.patterns.count(), entry.title_en) == (
        "554",
        0,
        "554 5.7.9",
    )


@pytest.mark.django_db
def test_draft_without_its_texts_is_begun_all_the_same():
    make_section()
    kind = receive(MOON, "ja")
    kind.hand_ins.all().delete()
    entry = draft_from(kind)
    assert (entry.sample, entry.examples.count()) == ("", 0)


@pytest.mark.django_db
def test_drafts_get_slugs_of_their_own():
    make_entry("the-moon-is-full-ask-id")
    assert draft_from(receive(MOON, "ja")).slug == "the-moon-is-full-ask-id-2"
    assert draft_from_search(lost("月が満ちた")).slug == "entry"
    assert draft_from_search(lost("月が欠けた")).slug == "entry-2"


def lost(query):
    return LostSearch.objects.create(
        query=query,
        language="ja",
        count=1,
        first_seen="2026-03-01",
        last_seen="2026-03-01",
    )


@pytest.mark.django_db
def test_draft_from_a_search_tells_where_it_comes_from():
    make_section()
    entry = draft_from_search(lost("outlook 0x800ccc0f"))
    assert entry.title_ja == "Outlook 0x800ccc0f"
    assert "outlook 0x800ccc0f" in entry.internal_note


@pytest.mark.django_db
def test_draft_needs_a_section():
    kind = receive(MOON, "ja")
    with pytest.raises(Section.DoesNotExist):
        draft_from(kind)
    assert not Entry.objects.exists()
    kind.refresh_from_db()
    assert kind.state == "new"


@pytest.mark.django_db
def test_wording_given_to_an_entry_is_live():
    entry = make_entry("moon")
    kind = receive(MOON, "ja")
    give_wording(kind, entry, "moon is full")
    catalog.forget()
    verdict = explain(MOON, catalog.current().catalog).verdicts[0]
    assert (verdict.entry, verdict.certainty) == ("moon", "wording")
    assert Unexplained.objects.get().state == "assigned"
    assert entry.examples.count() == 1

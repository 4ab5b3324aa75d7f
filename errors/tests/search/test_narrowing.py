"""Counting by section, provider and actor, and leaving out."""

from errors.search import Hit
from errors.search.narrowing import Narrowing, count, narrow
from errors.tests.search.conftest import DOCUMENTS

HITS = [Hit(document, 1.0) for document in DOCUMENTS]


def slugs(**by):
    return [hit.document.slug for hit in narrow(HITS, Narrowing(**by))]


def test_nothing_chosen_keeps_all():
    assert len(slugs()) == len(DOCUMENTS)


def test_each_choice_narrows():
    assert slugs(section="common") == ["over-quota", "user-unknown"]
    assert slugs(actor="recipient") == ["over-quota", "gmail-full"]
    assert slugs(actor="recipient", provider="gmail") == ["gmail-full"]
    assert slugs(provider="nobody") == []


def test_other_choices_narrow_a_count_but_its_own_does_not():
    counts = count(HITS, Narrowing(section="common"))
    assert counts["section"] == {"common": 2, "google": 1, "microsoft": 1}
    assert counts["actor"] == {"recipient": 1, "sender": 1}
    assert counts["provider"] == {}

"""Reconciling: who left a field alone has no say in it; nothing that both want is lost."""

from errors.models import Entry
from errors.reconciling import find_differences, reconcile


def pattern(text):
    blank = dict.fromkeys(
        ("reply_code", "status_code", "provider", "command", "note"), ""
    )
    return {"text": text, "kind": "phrase", "scope": "anywhere", **blank}


BASE = {
    "slug": "one",
    "title": {"ja": "題", "en": "Title"},
    "reason": "userunknown",
    "patterns": [pattern("first"), pattern("second")],
    "examples": ["550 first"],
    "related": [["a", {"ja": "違い"}]],
    "providers": [],
}
THEIRS = {
    **BASE,
    "title": {"ja": "彼らの題", "en": "Title"},
    "patterns": [pattern("first"), pattern("second"), pattern("theirs")],
    "related": [["a", {"ja": "彼らの違い"}], ["b", {}]],
}
MINE = {
    **BASE,
    "title": {"ja": "題", "en": "My title"},
    "reason": "filtered",
    "patterns": [pattern("second"), pattern("mine")],
    "related": [["a", {"ja": "私の違い"}]],
}


def chosen(base=BASE):
    return {d.path: d.choice for d in find_differences(base, THEIRS, MINE, Entry)}


def test_the_likely_choice_is_that_of_who_changed_the_field():
    assert chosen() == {
        "title.ja": "theirs",
        "title.en": "mine",
        "reason": "mine",
        "patterns": "both",
        "related": "both",
    }


def test_without_a_common_beginning_mine_is_asked_for_everything():
    assert set(chosen(base=None).values()) == {"mine"}


def test_likely_choices_keep_what_both_want():
    merged = reconcile(BASE, THEIRS, MINE, chosen())
    assert merged["title"] == {"ja": "彼らの題", "en": "My title"}
    assert merged["reason"] == "filtered"
    assert [p["text"] for p in merged["patterns"]] == ["second", "theirs", "mine"]
    assert merged["related"] == [["b", {}], ["a", {"ja": "私の違い"}]]


def test_each_choice_is_obeyed():
    assert reconcile(BASE, THEIRS, MINE, {}) == THEIRS
    assert reconcile(BASE, THEIRS, MINE, dict.fromkeys(chosen(), "mine")) == MINE
    assert reconcile(BASE, THEIRS, MINE, dict.fromkeys(chosen(), "theirs")) == THEIRS
    assert reconcile(BASE, THEIRS, MINE, {"reason": "nonsense"}) == THEIRS


def test_a_text_taken_away_is_taken_away():
    mine = {**MINE, "title": {"ja": "題"}}
    merged = reconcile(BASE, THEIRS, mine, {"title.en": "mine"})
    assert merged["title"] == {"ja": "彼らの題"}


def test_nothing_given_is_changed():
    theirs = {**THEIRS, "title": dict(THEIRS["title"])}
    reconcile(BASE, theirs, MINE, {"title.en": "mine"})
    assert theirs == THEIRS

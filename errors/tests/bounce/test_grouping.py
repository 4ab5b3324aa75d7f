import pytest
from hypothesis import given, strategies as st

from errors.bounce.explaining import explain
from errors.bounce.grouping import (
    LETTERS_MAX,
    find_unsure,
    signature_of,
    stable_words,
)
from errors.bounce.matching import Catalog
from errors.bounce.values import EntryFacts, Rule


def signature(text, *rules):
    explanation = explain(text, Catalog.build(rules))
    return signature_of(explanation.bounce, explanation.verdicts[explanation.headline])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("550 5.7.1 <taro@example.jp>: Blocked", "blocked"),
        ("host mx1.example.net[203.0.113.9] said: NO moon", "host said no moon"),
        ("See https://example.jp/x?y=z for more", "see for more"),
        ("queued as 4XyZ12abc, pid 17", "queued as pid"),
        ("ｔａｒｏ＠example.jp Ｍｏｏｎ", "moon"),
        ("/var/mail/taro is full", "is full"),
        ("容量が100MBを超えました taro@example.jp", "容量が を超えました"),
        ("on Mon, 2 Mar 2026 10:00:00 +0900", "on mon mar"),
        ("550 5.1.1", ""),
        ("", ""),
    ],
)
def test_words_that_stay_from_bounce_to_bounce(text, words):
    assert stable_words(text) == words


SAME = [
    (
        "550 5.7.9 <taro@example.jp>: The moon is full, ask mx1.example.net (id 4Xy12)",
        "550 5.7.9 <hanako.s@example.com>: the moon is full,\n  ask relay.example.org (id 9Zq7)",
    ),
    (
        "<taro@example.jp>: host mx.example.jp[192.0.2.7] said: 554 No cheese here (in reply to DATA)",
        "<jiro@example.jp>: host mx2.example.jp[192.0.2.8] said: 554 No cheese here (in reply to DATA)",
    ),
    (
        "月が満ちているため配送できません。taro@example.jp",
        "月が満ちているため配送できません。hana@example.jp",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=["line", "postfix", "ja"])
def test_two_bounces_of_a_kind_share_their_signature(one, other):
    assert signature(one) == signature(other)


def test_bounces_of_two_kinds_have_two():
    one = signature("550 <taro@example.jp>: The moon is full")
    assert one != signature("550 <taro@example.jp>: The sun is full")


def test_a_code_alone_stands_for_itself():
    assert signature("550 5.7.1").wording == "550 5.7.1"
    assert signature("550") != signature("552")


def test_a_text_without_words_and_codes_has_none():
    assert signature("…!?") is None


def test_a_short_piece_gives_way_to_one_that_says_more():
    text = "月が満ちているため、メールを配送できませんでした。\n受付番号 A1234567"
    assert "月が満ちているため" in signature(text).wording


@pytest.mark.parametrize(
    ("rule", "unsure"),
    [
        (Rule("full", "moon is full"), False),
        (Rule("generic", "moon is full", priority=-5), True),
        (Rule("by-code", reply_code="550"), True),
        (Rule("by-class", reply_code="5"), True),
        (Rule("other", "sun is full"), True),
    ],
    ids=["wording", "generic wording", "code", "class", "nothing"],
)
def test_only_a_wording_that_says_something_is_sure(rule, unsure):
    catalog = Catalog.build([rule], [EntryFacts(rule.entry)])
    explanation = explain("550 5.7.9 <taro@example.jp>: The moon is full", catalog)
    assert bool(find_unsure(explanation)) == unsure


def test_one_unsure_recipient_among_several_is_found():
    text = "<taro@example.jp>: 550 The moon is full\n\n<jiro@example.jp>: 550 No cheese"
    catalog = Catalog.build([Rule("moon", "moon is full")], [EntryFacts("moon")])
    assert find_unsure(explain(text, catalog)).recipient.address == "jiro@example.jp"


@given(st.text(max_size=400))
def test_any_text_has_few_words_without_numbers(text):
    words = stable_words(text)
    assert len(words) <= LETTERS_MAX
    assert not any(letter.isdecimal() or letter == "@" for letter in words)

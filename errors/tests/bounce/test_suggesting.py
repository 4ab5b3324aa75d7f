"""Suggesting: words that the next mail with this error will have too."""

import pytest
from hypothesis import given, strategies as st

from errors.bounce.matching import Catalog
from errors.bounce.phrases import find_problems
from errors.bounce.suggesting import MAX_WORDS, suggest_phrase
from errors.bounce.values import Bounce, Rule


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("550 5.1.1 <taro@example.jp>... User unknown", "User unknown"),
        (
            "<taro@example.jp>: Recipient address rejected: User unknown in local table",
            "Recipient address rejected: User unknown in local table",
        ),
        (
            "552 5.3.4 Message size 12345678 exceeds fixed limit of 10485760 bytes today",
            "Message size {count} exceeds fixed limit of {size} today",
        ),
        (
            "550-5.7.26 Mail from example.com is not accepted due to its policy."
            " See https://example.net/answer?id=24 d2e1a72fcca58-xyz",
            "Mail from {host} is not accepted due to its policy",
        ),
        (
            "host mx.example.jp[203.0.113.9] said: 554 5.7.1 Client [203.0.113.9] blocked",
            "Client [{ip}] blocked",
        ),
        ("smtp;450 4.2.0 Greylisted for 300 seconds", "Greylisted for {duration}"),
        (
            "宛先の容量（100MB）を超えています。お待ちください。",
            "宛先の容量（{size}）を超えています",
        ),
        ("message {x} over * limit", r"message \{x\} over \* limit"),
        ("line\n  folded here", "line folded here"),
        ("mail to <a@b.jp> was refused", "mail to <{address}> was refused"),
        ("message 4XyZ12abc is held", "message * is held"),
        ("see https://b.jp/x?y=1 for more", "see {url} for more"),
        ("over quota (limit", "over quota"),
        ("the moon is full, ask mx1.example.net (id 4Xy2Zab)", "the moon is full, ask"),
        ("月が満ちています。a@b.jp", "月が満ちています。"),
        ("550 5.1.1", ""),
        ("<taro@example.jp>", ""),
        ("", ""),
    ],
)
def test_what_belongs_to_the_one_case_is_left_out(words, phrase):
    assert suggest_phrase(words) == phrase


def test_a_long_answer_gives_a_short_phrase():
    phrase = suggest_phrase("the word " * 100)
    assert len(phrase) <= MAX_WORDS
    assert phrase.split()[-1] in ("the", "word")


@given(st.text(max_size=300))
def test_a_suggestion_is_a_usable_phrase_or_none(words):
    assert find_problems(suggest_phrase(words)) == []


WORDS = st.lists(
    st.sampled_from(
        [
            "user",
            "unknown",
            "mailbox",
            "full",
            "550",
            "5.1.1",
            "<a@example.jp>",
            "mx.example.jp",
            "10485760",
            "[192.0.2.1]",
            "limit",
            "(ab12cd34ef)",
            "rejected:",
            "*",
            "{x}",
            "over",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(WORDS)
def test_a_suggestion_meets_the_words_that_it_was_made_of(words):
    text = " ".join(words)
    phrase = suggest_phrase(text)
    if phrase:
        catalog = Catalog.build([Rule("it", phrase)])
        assert catalog.match(Bounce(text)).wordings, phrase

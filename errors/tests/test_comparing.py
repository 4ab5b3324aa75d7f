"""Comparing: what changed, in words that a reader would point at."""

import pytest
from hypothesis import given, strategies as st

from errors import comparing
from errors.comparing import Piece, compare


def marked(pieces):
    return "".join(
        piece.text if piece.kind == "same" else f"[{piece.text}]" for piece in pieces
    )


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        (
            "The account is disabled.",
            "The account was disabled.",
            "The account [is] disabled.",
            "The account [was] disabled.",
        ),
        (
            "メールは配送できませんでした。",
            "メールは配達できませんでした。",
            "メールは[配送]できませんでした。",
            "メールは[配達]できませんでした。",
        ),
        (
            "宛先のサーバーが断りました。",
            "宛先のメールサーバーが断りました。",
            "宛先の[サーバー]が断りました。",
            "宛先の[メールサーバー]が断りました。",
        ),
        ("one\ntwo\n", "one\n", "one\n[two\n]", "one\n"),
        ("", "new", "", "[new]"),
        ("same", "same", "same", "same"),
    ],
)
def test_changed_words_are_marked_whole(before, after, left, right):
    pair = compare(before, after)
    assert (marked(pair.before), marked(pair.after)) == (left, right)
    assert pair.differs is (before != after)


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_sides_hold_their_whole_text(before, after):
    pair = compare(before, after)
    assert "".join(p.text for p in pair.before) == before
    assert "".join(p.text for p in pair.after) == after
    assert [p for p in pair.before if p.kind == "same"] == [
        p for p in pair.after if p.kind == "same"
    ]


def test_when_time_is_up_the_whole_counts_as_changed(monkeypatch):
    monkeypatch.setattr(comparing, "TIMEOUT", 1e-9)
    words = [f"w{n}" for n in range(3000)]
    pair = compare(" ".join(words), " ".join(reversed(words)))
    assert pair.before[0].kind == "removed"
    assert "".join(p.text for p in pair.after) == " ".join(reversed(words))


def test_more_words_than_letters_below_the_surrogates():
    words = " ".join(f"w{n}" for n in range(60_000))
    assert compare(words, words).before == (Piece("same", words),)

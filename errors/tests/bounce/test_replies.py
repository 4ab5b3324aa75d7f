import pytest

from errors.bounce.replies import Choice, Codes
from errors.bounce.smtp import find_codes
from errors.bounce.values import Span


def chosen(text, *, failed=True):
    choice = Codes(text, find_codes(text)).choose([Span(0, len(text))], failed=failed)
    return choice.reply, choice.status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 User unknown", ("550", "5.1.1")),
        ("450 busy\n551 not our user\n503 need RCPT", ("551", None)),
        ("450 4.7.1 refused\n554 5.5.1 no valid recipients", ("450", "4.7.1")),
        ("550 5.7.1 no\n503 5.0.0 Need RCPT", ("550", "5.7.1")),
        ("5.1.0 - Unknown address '5.7.1 denied", (None, "5.7.1")),
        ("550 no\n(#5.1.1)", ("550", "5.1.1")),
        ("Code: 550 5.1.10\n\nHelp.\n\n552 5.2.2 full", ("552", "5.2.2")),
        ("Code: 550 5.1.10\n\nHelp.", ("550", "5.1.10")),
        ("said: 550\n  no\n\n552 full", ("550", None)),
        ("250 2.1.5 OK", (None, None)),
        ("nothing", (None, None)),
    ],
)
def test_choose_the_reply_that_counts(text, expected):
    assert chosen(text) == expected


def test_choose_takes_the_deferral_of_a_delay():
    assert chosen("450 4.2.2 full\n550 other", failed=False) == ("450", "4.2.2")


def test_completed_never_mixes_two_replies():
    assert Choice("550").completed(Choice("552", "5.2.2")) == Choice("550")
    assert Choice("550").completed(Choice(None, "5.1.1", 3)) == Choice(
        "550", "5.1.1", 3
    )


def test_codes_are_asked_for_by_stretches():
    text = "550 one 552 two"
    codes = Codes(text, find_codes(text))
    assert [c.code for c in codes.within([Span(4, len(text))])] == ["552"]

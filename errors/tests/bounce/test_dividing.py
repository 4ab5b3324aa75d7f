import pytest

from errors.bounce.dividing import divide
from errors.bounce.pasting import draft, unquoted


def kinds_of(text):
    sheet = draft(text)
    regions = divide(unquoted(sheet.text), sheet)
    return [(r.kind, r.span.of(sheet.text).strip()[:24]) for r in regions]


def test_returned_header_that_no_words_announce():
    text = """taro@example.com 550 no

Received: from a
Message-ID: <1@example.jp>
From: hanako@example.jp
Subject: 552 other
"""
    assert kinds_of(text) == [
        ("narrative", "taro@example.com 550 no"),
        ("returned", "Received: from a\nMessage"),
    ]


def test_header_fields_quoted_in_the_midst_are_no_returned_message():
    text = """About a message with these fields:

  Message-id: <1@example.jp>
  From: hanako@example.jp
  To: taro@example.com

It cannot be delivered: 550 no
"""
    assert [kind for kind, _ in kinds_of(text)] == ["narrative"]


def test_returned_header_in_joined_lines():
    text = "x" * 500 + " 550 no Received: from a by b; Subject: 552 other"
    assert kinds_of(text)[-1] == ("returned", "Received: from a by b; S")


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@example.jp", "<>"])
def test_forwarded_bounce_is_not_taken_for_a_returned_message(sender):
    text = f"See below\n\n-----Original Message-----\nFrom: {sender}\nTo: a@example.jp\n\n550 no"
    returned = [words for kind, words in kinds_of(text) if kind == "returned"]
    assert returned == [] if sender != "<>" else returned != []


def test_letter_that_becomes_two_in_lower_case_moves_no_border():
    text = """İletiniz ulaşmadı.

<taro@example.jp>: 550 5.1.1 no

--- Below this line is a copy of the message.

Subject: x
"""
    assert [kind for kind, _ in kinds_of(text)] == ["narrative", "returned"]

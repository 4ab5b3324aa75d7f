"""What the one box takes a text for."""

import pytest

from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.values import EntryFacts, Rule
from errors.box import choose_answer, may_travel

CATALOG = Catalog.build(
    [
        Rule(entry="unknown", text="user unknown"),
        Rule(entry="refused", reply_code="550"),
    ],
    [EntryFacts("unknown"), EntryFacts("refused")],
)
REPORT = """\
The following addresses had permanent fatal errors

<taro@example.jp>
    550 5.1.1 User unknown
"""


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("容量 いっぱい", "search"),
        ("550", "search"),
        ("user unknown", "search"),
        ("550 5.1.1 User unknown", "search"),
        ("gmail 届かない", "search"),
        ("  550\n", "search"),
        # A person's data stays out of addresses …
        ("taro@example.jp に届かない", "search-here"),
        ("192.0.2.55 ブロック", "search-here"),
        # … and with it a line of a bounce is one.
        ("550 5.1.1 <taro@example.jp>... User unknown", "explain"),
        ("<taro@example.jp>: mumble mumble, sorry (#5.9.9)", "explain"),
        # Whole sentences: the catalog decides.
        (
            "お客さまにメールを送っても届かないのですが、どうすればよいですか。" * 3,
            "search",
        ),
        ("The mail system said that it was user unknown, " * 3, "explain"),
        (
            "お客さまの taro@example.jp に何度送っても届かないのですが、なぜでしょうか。"
            * 3,
            "search-here",
        ),
        # Words too long for an address.
        ("メールが届かない。" * 30, "search-here"),
        # What is long is a notice.
        (REPORT, "explain"),
        ("word " * 100, "explain"),
        ("a\nb\nc\nd", "explain"),
    ],
)
def test_answer_to_a_text(text, answer):
    assert choose_answer(text, explain(text, CATALOG)) == answer


@pytest.mark.parametrize(
    "text",
    [
        "taro@example.jp",
        "From: 山田 <a@example.jp>",
        "192.0.2.1",
        "Subject: 見積書",
        "x" * 201,
    ],
)
def test_private_or_long_text_may_not_travel(text):
    assert not may_travel(text)


@pytest.mark.parametrize("text", ["550 5.1.1", "example.jp に届かない", "5.7.606"])
def test_text_without_a_person_may_travel(text):
    assert may_travel(text)

"""What was asked for, marked."""

import pytest

from errors.search.asking import ask
from errors.search.marking import Marker


def shown(segments):
    return "".join(f"[{s.text}]" if s.is_marked else s.text for s in segments)


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("unknown", "User UNKNOWN!", "User [UNKNOWN]!"),
        ("user unknown", "User unknown", "[User unknown]"),
        ("届かない", "メールは届きませんでした", "メールは[届き]ませんでした"),
        ("宛先", "宛先の＜アドレス＞", "[宛先]の＜アドレス＞"),
        ("いっぱい", "Over quota: over there", "[Over quota]: over there"),
        ("unknown", "<b>unknown</b>", "<b>[unknown]</b>"),
        ("xyzzy", "User unknown", "User unknown"),
        ("unknown", "", ""),
    ],
)
def test_marks(index, question, text, marked):
    assert shown(Marker(ask(question, "ja", index), index).mark(text)) == marked


def test_marked_text_is_the_text(index):
    text = "宛先が\nＵｓｅｒ　unknown です。"
    marker = Marker(ask("user unknown 宛先", "ja", index), index)
    assert "".join(s.text for s in marker.mark(text)) == text


def test_word_of_nearly_every_entry_is_marked_only_where_nothing_else_is(index):
    text = "access for the recipient"  # whom three of four entries name
    marker = Marker(ask("recipient access", "en", index), index)
    assert shown(marker.mark(text)) == "[access] for the recipient"
    marker = Marker(ask("recipient", "en", index), index)
    assert shown(marker.mark(text)) == "access for the [recipient]"


def test_passage_is_the_sentence_that_says_most(index):
    marker = Marker(ask("迷惑メール 送信元", "ja", index), index)
    text = "別の文です。送信元が迷惑メールと判定されました。迷惑です。"
    assert shown(marker.passage(text)) == "[送信元]が[迷惑メール]と判定されました。"


def test_long_sentence_is_cut_around_its_first_mark(index):
    marker = Marker(ask("banned", "en", index), index)
    said = shown(marker.passage("x " * 300 + "banned " + "y " * 300))
    assert said.startswith("…")
    assert said.endswith("…")
    assert "[banned]" in said
    assert len(said) < 160


def test_passage_without_a_mark_is_none(index):
    assert Marker(ask("banned", "en", index), index).passage("nothing here") == ()

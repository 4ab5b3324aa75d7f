"""A search text → what is asked for."""

import pytest

from errors.search.asking import ask

FULL = ("over quota", "容量 オーバー", "一杯", "mailbox full")


def meanings(text, index, **options):
    """Return the terms by which each thing asked for may be met, and why."""
    question = ask(text, "ja", index, **options)
    return [
        {(" ".join(one.terms), one.origin) for one in concept.alternatives}
        for concept in question.concepts
    ]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("quota", [{("quota", "typed")}]),
        ("recipent", [{("recipi", "spelling")}]),
        ("quotaa", [{("quota", "spelling")}]),
        ("めいわく", [{("迷惑", "typed")}]),
        ("そうしんできない", [{("送信", "typed")}]),
        ("send ing", [{("send ing", "typed"), ("send", "joined")}]),
        (
            "over quota",
            [{(w, "typed" if w == "over quota" else "synonym") for w in FULL}],
        ),
        ("アウトルック", [{("アウトルック", "typed"), ("outlook", "synonym")}]),
        ("あうとるっく", [{("アウトルック", "typed"), ("outlook", "synonym")}]),
        ("5.7", [{("5.7.606", "beginning")}]),
        ("5.7.6", [{("5.7.606", "beginning")}]),
        ("55", [{("550", "beginning"), ("552", "beginning")}]),
        ("zzzz", [{("zzzz", "typed")}]),
        ("abc123", [{("abc123", "typed")}]),
        ("", []),
    ],
)
def test_meaning_of_a_text(index, text, meaning):
    assert meanings(text, index) == meaning


def test_synonym_means_all_of_its_group_but_less_surely(index):
    (concept,) = ask("いっぱい", "ja", index).concepts
    typed, *others = concept.alternatives
    assert {one.terms for one in others} == {
        ("容量", "オーバー"),
        ("over", "quota"),
        ("mailbox", "full"),
    }
    assert all(one.weight < typed.weight for one in others)


def test_correction_is_told(index):
    question = ask("recipent unknown", "en", index)
    assert [(c.typed, c.taken) for c in question.corrections] == [
        ("recipent", "recipient")
    ]


def test_known_word_is_never_corrected(index):
    assert ask("recipient full", "en", index).corrections == ()


@pytest.mark.parametrize("text", ["gma", "Gma", "ｇｍａ"])
def test_last_word_may_be_a_beginning_while_typing(index, text):
    assert meanings(text, index, is_typing=True) == [{("gmail", "beginning")}]


def test_known_word_still_being_typed_comes_first(index):
    (concept,) = ask("mail", "en", index, is_typing=True).concepts
    assert concept.alternatives[0].terms == ("mailbox",)


def test_long_question_is_read_in_part(index):
    question = ask("mailbox " * 500, "en", index)
    assert len(question.concepts) <= 40


@pytest.mark.parametrize("text", ["\ud800", "\0" * 50, "﷽" * 400, "ー" * 400, "'" * 99])
def test_odd_text_is_survived(index, text):
    ask(text, "ja", index)
    ask(text, "ja", index, is_typing=True)

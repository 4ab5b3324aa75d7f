"""The catalog's own tests find what an editor may overlook."""

import pytest

from errors.checking import Problem, check
from errors.models import Pattern, Term
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

WHOLE = {
    "handover_ja": "渡す文です。",
    "handover_en": "Text.",
    "sample": "550 user unknown",
    "examples": ["550 user unknown"],
}


def make_whole(slug="whole", *phrases, **values):
    return make_entry(slug, *(phrases or ("user unknown",)), **{**WHOLE, **values})


def test_a_whole_entry_has_no_problem():
    make_whole()
    assert check() == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"advice_en": ""}, "advice is missing in en"),
        ({"summary_ja": " "}, "summary is missing in ja"),
        ({"title_en": "x" * 101}, "title is longer than 100 characters in en"),
        ({"summary_ja": "User unknown."}, "the Japanese summary holds no kana"),
        (
            {"body_en": "[x](javascript:alert)"},
            "bad link in body (en): javascript:alert",
        ),
        ({"sample": ""}, "sample is missing"),
        ({"examples": []}, "no example"),
        ({"examples": ["550 hello"]}, "example 1 leads to nothing"),
        (
            {"sample": "hello", "examples": ["hello"]},
            "nothing the entry shows meets 'user unknown'",
        ),
    ],
)
def test_what_is_missing_is_named(values, said):
    make_whole(**values)
    assert Problem("whole", said) in check()


def test_a_wording_beside_the_examples_proves_a_pattern():
    entry = make_whole("whole", "user unknown", "no such user")
    assert check() == [Problem("whole", "nothing the entry shows meets 'no such user'")]
    entry.wordings = "No such user here"
    entry.save()
    assert check() == []


def test_a_placeholder_that_nothing_fills_is_named():
    make_whole(
        "one", "over {size} MB", sample="over 9 MB", summary_ja="{size|量}が{host|先}。"
    )
    assert [p.text for p in check() if "captures" in p.text] == [
        "summary (ja) shows {host}; no pattern captures it"
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"body_ja": "サーバの上限です。"}, "body (ja) says 'サーバ'"),
        ({"advice_en": "1. Ask the Hoster."}, "advice (en) says 'hoster'"),
        ({"body_ja": "サーバーの上限です。"}, None),
        ({"body_ja": "「サーバ」とあります。"}, None),
        ({"body_en": "The hosters' way."}, None),
        ({"title_en": "Your hoster"}, None),
    ],
)
def test_a_word_that_the_glossary_avoids_is_named(values, said):
    Term.objects.create(
        slug="server",
        name_ja="サーバー",
        name_en="hosting company",
        avoid_ja="サーバ",
        avoid_en="hoster",
    )
    make_whole(**values)
    problems = [p.text.partition(";")[0] for p in check()]
    assert problems == ([said] if said else [])


def test_two_entries_that_claim_the_same_phrase_are_both_named():
    make_whole("a")
    make_whole("b", "User  unknown")
    assert [p for p in check() if "claims" in p.text] == [
        Problem("a", "claims 'user unknown' as does b"),
        Problem("b", "claims 'user unknown' as does a"),
    ]


def test_an_unusable_pattern_is_named():
    Pattern.objects.create(entry=make_whole(), text="over {quta}")
    assert check() == [Problem("whole", "unusable pattern 'over {quta}': unknown-type")]


def test_drafts_and_other_sections_are_left_out():
    make_whole("draft", state="draft", title_en="")
    make_whole("whole", advice_en="")
    assert check("elsewhere") == []
    assert [p.slug for p in check()] == ["whole"]

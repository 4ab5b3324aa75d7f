"""Which entry comes first, and why."""

import pytest

from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.values import EntryFacts, Rule
from errors.search import Index, search, suggest
from errors.search.ranking import say_why

CATALOG = Catalog.build(
    [
        Rule(entry="user-unknown", text="user unknown"),
        Rule(entry="user-unknown", status_code="5.1.1"),
        Rule(entry="banned-ip", text="banned sending ip"),
    ],
    [EntryFacts("user-unknown"), EntryFacts("banned-ip")],
)


def find(text, index, language="ja"):
    explanation = explain(text, CATALOG)
    return search(text, language, index, explanation)[1]


def slugs(text, index, language="ja"):
    return [hit.document.slug for hit in find(text, index, language)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("いっぱい", ["over-quota", "gmail-full"]),
        ("gmail いっぱい", ["gmail-full"]),
        ("容量オーバー", ["over-quota", "gmail-full"]),
        ("552", ["over-quota", "gmail-full"]),
        ("5.7", ["banned-ip"]),
        ("5.1.1", ["user-unknown"]),
        ("User unknown", ["user-unknown"]),
        ("迷惑メール", ["banned-ip"]),
        ("banned", ["banned-ip"]),
        ("サーバ", ["user-unknown"]),
        ("そんざいしない", ["user-unknown"]),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_entries_found_best_first(index, text, found):
    assert slugs(text, index) == found


def test_text_in_the_readers_language_counts_more(index):
    japanese, english = (find("storage", index, code)[0].score for code in ("ja", "en"))
    assert english > japanese


def test_more_of_the_question_beats_less(index):
    hits = {hit.document.slug: hit.score for hit in find("full storage", index, "en")}
    assert hits["gmail-full"] > hits.get("over-quota", 0)


def test_met_pattern_wins_over_words(index):
    plain = search("user unknown", "en", index, explain("", CATALOG))[1]
    met = find("user unknown", index, "en")
    assert met[0].score > plain[0].score
    assert met[0].pattern == "pattern met: 12 letters of 12"


def test_pattern_of_an_entry_that_is_not_searched_is_passed_over():
    empty = Index.build(())
    assert (
        search("user unknown", "en", empty, explain("user unknown", CATALOG))[1] == ()
    )


def test_order_is_the_same_whatever_the_order_of_equal_scores(index):
    assert slugs("recipient", index, "en") == slugs("recipient", index, "en")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("容量 届かない", "summary: 容量, 届か"),
        ("あうとるっく", "provider: あうとるっく (synonym: outlook)"),
        ("5.1.1", "code: 5.1.1 · its status-code alone"),
    ],
)
def test_reason_is_said_in_one_line(index, text, why):
    assert why in [say_why(hit, index, "ja") for hit in find(text, index)]


def test_suggestions_come_before_the_word_is_whole(index):
    hits = suggest("gmai", "ja", index)
    assert [hit.document.slug for hit in hits] == ["gmail-full"]

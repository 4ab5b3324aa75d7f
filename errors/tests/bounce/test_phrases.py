"""The editors' pattern language: what it takes, what it refuses and why."""

import pytest

from errors.bounce.folding import fold
from errors.bounce.phrases import (
    Problem,
    compile_wording,
    find_problems,
    required_literals,
)


def captured(phrase, text):
    wording = compile_wording(phrase)
    found = wording.expression.search(text)
    return found and dict(
        zip([n for n, _ in wording.names], found.groups(), strict=True)
    )


@pytest.mark.parametrize(
    ("phrase", "text", "met"),
    [
        ("フォーム * 届かない", "フォームのメールが届かない", True),
        ("フォーム * 届かない", "フォーム 届かない", True),
        ("not found * host", "not found. host", True),
        ("not found * host", "not foundling or host", False),
        ("not found * host", "not found: ghost", False),
        ("not found*host", "not foundling ghost", True),
    ],
)
def test_blanks_beside_a_gap_ask_for_whole_words_only(phrase, text, met):
    found = compile_wording(phrase).expression.search(fold(text).text)
    assert bool(found) == met


@pytest.mark.parametrize(
    ("text", "kind", "problems"),
    [
        ("", "phrase", []),
        ("user unknown", "phrase", []),
        ("容量", "phrase", []),
        ("ab", "phrase", [Problem("too-short", 0)]),
        ("a * b", "phrase", [Problem("too-short", 0)]),
        ("over {quta}", "phrase", [Problem("unknown-type", 5, "{quta}")]),
        ("over {quota", "phrase", [Problem("unclosed", 5)]),
        ("x" * 501, "phrase", [Problem("too-long", 500)]),
        ("over quota|x*", "regex", [Problem("too-short", 0)]),
    ],
)
def test_find_problems_names_reason_and_place(text, kind, problems):
    assert find_problems(text, kind) == problems


@pytest.mark.parametrize(
    "text", ["(over", "(?<!not )over quota", r"(a)\1bcd", "|".join([".{0,900}"] * 50)]
)
def test_find_problems_refuses_what_the_linear_engine_refuses(text):
    assert [p.reason for p in find_problems(text, "regex")] == ["bad-regex"]


def test_compile_refuses_an_unusable_pattern():
    with pytest.raises(ValueError, match="unclosed"):
        compile_wording("over {quota")


@pytest.mark.parametrize(
    ("phrase", "text", "values"),
    [
        (
            "<{address}>... user",
            "<a.b+c@example.jp>... user",
            {"address": "a.b+c@example.jp"},
        ),
        (
            "for {address} is full",
            "for ***@***.ne.jp is full",
            {"address": "***@***.ne.jp"},
        ),
        ("host {host} said", "host mx1.example.jp said", {"host": "mx1.example.jp"}),
        ("client [{ip}] blocked", "client [192.0.2.7] blocked", {"ip": "192.0.2.7"}),
        (
            "client [{ip}] blocked",
            "client [2001:db8::1] blocked",
            {"ip": "2001:db8::1"},
        ),
        ("large; {size} max", "large; 10485760 bytes max", {"size": "10485760 bytes"}),
        ("limit {size}.", "limit 25 mb.", {"size": "25 mb"}),
        (
            "hops {count} ({max:count} max)",
            "hops 26 (25 max)",
            {"count": "26", "max": "25"},
        ),
        (
            "within {duration}.",
            "within 0 days and 6 hours.",
            {"duration": "0 days and 6 hours"},
        ),
        ("past {duration}", "past 4 hours", {"duration": "4 hours"}),
        ("past {duration}", "past 1h30m, sorry", {"duration": "1h30m"}),
        ("past {duration}", "past 4時間以内", {"duration": "4時間"}),
        (
            "since {date} ok",
            "since 13 mar 2025 10:00:00 +0900 ok",
            {"date": "13 mar 2025 10:00:00 +0900"},
        ),
        ("until {date} ok", "until 2025-03-13 10:00 ok", {"date": "2025-03-13 10:00"}),
        ("code {word}.", "code s3150.", {"word": "s3150"}),
        (
            "see {url}",
            "see https://example.com/x?a=1.",
            {"url": "https://example.com/x?a=1"},
        ),
    ],
)
def test_capture_takes_a_value_of_its_type(phrase, text, values):
    assert captured(phrase, text) == values


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("mailbox * full", "mailbox" + " x" * 40 + " full"),
        ("for {address} is full", "for taro is full"),
        ("client [{ip}] blocked", "client [example] blocked"),
        ("quota {size}", "xquota 5"),
        ("retried for {duration}", "retried for 47 more hours"),
        ("retried for {duration}", "retried for 5 months"),
        ("a value {count}", "a value none"),
    ],
)
def test_phrase_leaves_other_words_alone(phrase, text):
    assert not compile_wording(phrase).expression.search(text)


def test_escaped_signs_stand_for_themselves():
    assert compile_wording(r"rated \* {count}").expression.search("rated * 5")
    assert compile_wording(r"in \{braces").literals == ("in {braces",)


def test_a_plain_phrase_is_one_literal_without_expression():
    wording = compile_wording("User\n  UNKNOWN")
    assert (wording.literals, wording.expression) == (("user unknown",), None)


def test_reach_covers_the_values_and_gaps():
    wording = compile_wording("over * quota {size} here")
    text = "over " + "x" * 60 + " quota 10485760 bytes here"
    found = wording.expression.search(text)
    assert found.span()[1] - found.span()[0] <= wording.reach


@pytest.mark.parametrize(
    ("regex", "literals"),
    [
        (r"over quota \(.{0,20} bytes\)", (" bytes",)),
        ("abc|defg", ()),
        ("(?:abc|def) ghijk+lmn[xyz]opq", (" ghijk", "lmn", "opq")),
        ("abcd{0,3}efgh", ("abc", "efgh")),
        ("abcd?efg", ("abc", "efg")),
        ("(abcd)?xyzw", ("xyzw",)),
        ("(?i)abcd", ()),
        (r"\((?P<code>DYN:[A-Z]{1,4})\)", ("dyn:",)),
        ("(?P<code>abcd)?efg", ("efg",)),
        ("(?P<code>abcd|bcde)", ()),
    ],
)
def test_required_literals_are_only_those_that_must_occur(regex, literals):
    assert required_literals(regex)[-len(literals) or None :] == literals

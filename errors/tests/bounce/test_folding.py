"""Folding: what does not matter disappears, and every offset finds its way back."""

import pytest
from hypothesis import given, strategies as st

from errors.bounce.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("User UNKNOWN", "user unknown"),
        ("Ｕｓｅｒ　ｕｎｋｎｏｗｎ", "user unknown"),
        ("user \t\r\n  unknown", "user unknown"),
        ("> user\n> > unknown", "user unknown"),
        ("“user” isn’t `known'", "\"user\" isn't 'known'"),
        ("over‐quota — 4〜5", "over-quota - 4~5"),
        ("ﾒｰﾙﾎﾞｯｸｽ", "メールボックス"),
        ("宛先の\n 　メールアドレス", "宛先のメールアドレス"),
        ("zero\u200bwidth", "zerowidth"),
        ("Straße", "strasse"),
        ("550-5.1.1 No\n550-5.1.1 such\n550 5.1.1 user", "550-5.1.1 no such user"),
        ("said: 550-No such 550 user", "said: 550-no such user"),
        ("<<< 550-No such\n<<< 550 user", "<<< 550-no such user"),
        ("550 one\n551 two", "550 one 551 two"),
        ("550 one\n550 two", "550 one 550 two"),
    ],
)
def test_fold_makes_one_spelling(text, folded):
    assert fold(text).text == folded


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("said: Ｕｓｅｒ\n> unknown!", "user unknown", "Ｕｓｅｒ\n> unknown"),
        ("ﾒｰﾙﾎﾞｯｸｽがいっぱい", "ボックス", "ﾎﾞｯｸｽ"),
        ("No\n550 5.1.1 such 　user", "such user", "such 　user"),
        ("㌔ bytes", "bytes", "bytes"),
        ("a ㌔ b", "キロ", "㌔"),
        ("İstanbul is full", "full", "full"),
    ],
)
def test_span_maps_folded_words_to_the_words_shown(text, words, shown):
    folded = fold(text)
    start = folded.text.index(words)

    assert folded.span(start, start + len(words)).of(text) == shown


@given(st.text(max_size=200))
def test_span_of_everything_stays_inside_the_text(text):
    folded = fold(text)
    for start in range(len(folded.text)):
        span = folded.span(start, start + 1)
        assert 0 <= span.start <= span.end <= len(text)


@given(st.text(alphabet="aＡ あｱﾞ\n>5-0. ", max_size=80))
def test_spans_keep_the_order_of_the_text(text):
    folded = fold(text)
    starts = [folded.span(n, n + 1).start for n in range(len(folded.text))]
    assert starts == sorted(starts)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"])))
def test_fold_of_ascii_words_is_lower_case(text):
    assert fold(text).text == text.lower()


def test_code_of_a_reply_folded_in_the_middle_of_a_line_is_dropped():
    text = "550-5.7.1\n    Messages with multiple 550\n    5.7.1 addresses in From"
    assert fold(text).text == "550-5.7.1 messages with multiple addresses in from"


def test_code_of_a_reply_that_quoting_took_apart_is_dropped():
    text = "> 550-5.7.1\n> Messages with multiple\n> 550\n>     5.7.1 addresses in From"
    assert fold(text).text == "550-5.7.1 messages with multiple addresses in from"

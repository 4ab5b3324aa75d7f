"""Values said humanly, and texts filled with them."""

import pytest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given, strategies as st

from errors.bounce.values import Span, Value
from errors.wording import fill, humanise


def value(kind, text, name=""):
    return Value(name or kind, kind, text, Span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10485760", "10 MB"),
        ("10485760 bytes", "10 MB"),
        ("10,485,760", "10 MB"),
        ("10000000", "10 MB"),
        ("26214400", "25 MB"),
        ("15728640", "15 MB"),
        ("10240 KB", "10 MB"),
        ("20MB", "20 MB"),
        ("20 MiB", "20 MB"),
        ("1.5 GB", "1.5 GB"),
        ("５０ＭＢ", "50 MB"),
        ("10メガバイト", "10 MB"),
        ("3 megabytes", "3 MB"),
        ("500", "500 bytes"),
        ("0", "0 bytes"),
        ("as large as a house", "as large as a house"),
    ],
)
def test_size_is_said_in_the_unit_people_use(text, said):
    assert humanise(value("size", text), "en") == said


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("0 days and 6 hours", "6 hours", "6時間"),
        ("4 hours", "4 hours", "4時間"),
        ("1 hour", "1 hour", "1時間"),
        ("4.0 hours", "4 hours", "4時間"),
        ("240 minutes", "4 hours", "4時間"),
        ("5 days", "5 days", "5日"),
        ("432000 seconds", "5 days", "5日"),
        ("48 hours", "48 hours", "48時間"),
        ("72h", "3 days", "3日"),
        ("3 days 12 hours", "3 days 12 hours", "3日12時間"),
        ("4:30:00", "4 hours 30 minutes", "4時間30分"),
        ("5日間", "5 days", "5日"),
        ("30秒", "30 seconds", "30秒"),
        ("0 hours", "0 hours", "0 hours"),
        ("a while", "a while", "a while"),
    ],
)
def test_duration_leaves_out_its_empty_parts(text, english, japanese):
    said = value("duration", text)
    assert (humanise(said, "en"), humanise(said, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        (
            "Mon, 3 Mar 2025 01:20:30 +0000",
            "March 3, 2025, 10:20",
            "2025年3月3日 10:20",
        ),
        ("2025-03-03T10:20:30+09:00", "March 3, 2025, 10:20", "2025年3月3日 10:20"),
        ("2025-03-03", "March 3, 2025", "2025年3月3日"),
        ("next spring", "next spring", "next spring"),
        ("2025-99-99", "2025-99-99", "2025-99-99"),
        ("0001-01-01T00:00+14:00",) * 3,
    ],
)
def test_date_is_said_in_the_time_of_the_site(text, english, japanese):
    said = value("date", text)
    assert (humanise(said, "en"), humanise(said, "ja")) == (english, japanese)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("count", "1000000", "1,000,000"),
        ("count", "26", "26"),
        ("count", "many", "many"),
        ("address", "<taro@example.jp>", "taro@example.jp"),
        ("host", "mx.example.jp", "mx.example.jp"),
        ("word", "two\n  lines", "two lines"),
    ],
)
def test_other_values_stay_as_they_are_written(kind, text, said):
    assert humanise(value(kind, text), "en") == said


@given(
    st.sampled_from(["size", "duration", "date", "count", "address", "host", "word"]),
    st.text() | st.from_regex(r"\A[0-9０-９.,:+ -]{0,40}[a-zA-Z ]{0,6}[0-9:+]{0,9}\Z"),
)
def test_no_value_is_too_odd_to_be_said(kind, text):
    assert isinstance(humanise(value(kind, text), "ja"), str)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("At most {size|some limit}.", "At most 10 MB."),
        ("At most {size}.", "At most 10 MB."),
        ("At most {limit|some limit}.", "At most some limit."),
        ("At most {limit}.", "At most ."),
        ("{not a name} {", "{not a name} {"),
    ],
)
def test_fill_takes_the_value_or_the_fallback(text, filled):
    assert fill(text, [value("size", "10485760")], "en") == filled


def test_fill_takes_the_first_of_values_of_one_name():
    values = [value("host", "a.example.jp"), value("host", "b.example.jp")]
    assert fill("{host}", values, "en") == "a.example.jp"


def test_fill_escapes_values_in_html_alone():
    bait = '<img src=x onerror="alert(1)">'
    html = fill(mark_safe("<b>{word}</b>"), [value("word", bait)], "en")
    assert isinstance(html, SafeString)
    assert html == f"<b>{escape(bait)}</b>"
    plain = fill("{word}", [value("word", bait)], "en")
    assert not isinstance(plain, SafeString)
    assert plain == bait

"""Markdown becomes HTML in which nothing can run."""

import pytest
from django.utils.safestring import SafeString

from errors.bounce.values import Span, Value
from errors.markup import render
from errors.wording import fill


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        ("plain **strong**", "<p>plain <strong>strong</strong></p>"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
        ("# Heading", "<h3>Heading</h3>"),
        (
            "[link](https://example.jp/)",
            '<p><a href="https://example.jp/" rel="noopener noreferrer">link</a></p>',
        ),
        (
            "[mail](mailto:a@example.jp)",
            '<p><a href="mailto:a@example.jp" rel="noopener noreferrer">mail</a></p>',
        ),
    ],
)
def test_markdown_becomes_html(markdown, html):
    assert render(markdown) == html
    assert isinstance(render(markdown), SafeString)


@pytest.mark.parametrize(
    "bait",
    [
        "<script>alert(1)</script>",
        "text <script>alert(1)</script> text",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.com/pixel.png)",
        "<https://example.jp/><b onclick=alert(1)>",
        "<iframe src=//example.com></iframe>",
        "<style>p{}</style>",
    ],
)
def test_nothing_dangerous_comes_through(bait):
    html = render(bait)
    for tag in ("<script", "<img", "<b", "<iframe", "<style"):
        assert tag not in html.replace("<br", "")
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html.lower()


def test_raw_html_is_shown_as_text():
    assert render("<b>bold?</b>") == "<p>&lt;b&gt;bold?&lt;/b&gt;</p>"


def test_a_captured_value_is_no_markdown():
    value = Value("word", "word", "[x](javascript:alert(1)) **b** <i>", Span(0, 1))
    html = fill(render("It is **{word|it}**."), (value,), "en")
    assert html == (
        "<p>It is <strong>[x](javascript:alert(1)) **b** &lt;i&gt;</strong>.</p>"
    )

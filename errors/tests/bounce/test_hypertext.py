import pytest

from errors.bounce.hypertext import html_text, is_html


def test_html_text_is_what_a_browser_shows():
    markup = """<html><head><title>Hidden</title><style>p {}</style></head><body>
    <p>Delivery   has
    failed</p><div>550&nbsp;5.1.1 &lt;taro@example.jp&gt;</div><script>no()</script>
    <pre>a
  b</pre></body></html>"""
    assert html_text(markup) == "Delivery has\nfailed".replace("\n", " ") + (
        "\n\n550 5.1.1 <taro@example.jp>\n\na\nb"
    )


def test_html_text_keeps_an_address_that_looks_like_a_tag():
    assert html_text("<p>Mailbox <taro@example.jp> full</p>") == (
        "Mailbox <taro@example.jp> full"
    )


def test_html_text_of_deep_nesting_is_cut_short_of_the_parser():
    markup = "<div>" * 60_000 + "550 5.1.1" + "<script>x"
    assert html_text(markup) == "550 5.1.1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<html><body>550</body></html>", True),
        ("  <!DOCTYPE html><p>x", True),
        ("<taro@example.jp>: 550 User unknown", False),
        ("550 <b>not</b> HTML", False),
        ("<p>a<p>b<p>c", True),
    ],
)
def test_is_html(text, expected):
    assert is_html(text) is expected

"""HTML → the text that a browser would show, a line per block."""

import html
import re

from selectolax.lexbor import LexborHTMLParser

from errors.bounce import charsets

MAX_MARKUP = 100_000  # Lexbor is quadratic in nested blocks
MAX_NESTED = 400

_BLOCK_TAG = re.compile(
    r"<(?=/?(?:br|p|div|tr|li|ul|ol|h[1-6]|table|pre|blockquote|hr|dt|dd|td|th)\b)",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\n\u00a0]+")
_TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,4000}>")
# "<a@example.jp>" in careless markup is an address, not a tag.
_ADDRESS_TAG = re.compile(r"<([^\s<>@/]{1,64}@[^\s<>@]{1,255})>")
_HIDDEN_TAGS = ("script", "style", "head", "title", "noscript")
_NEWLINE = "\ue000"  # stands for a line break while blanks are folded
_SIGN = re.compile(
    r"<(?:!doctype html|html|head|body|div|p|br|table|span|font|pre|style|meta)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_BEGINNINGS = ("<html", "<!doctype html", "<body", "<head", "<div", "<table")


def is_html(text: str) -> bool:
    """Tell whether the text is HTML copied as source."""
    head = text[:4_000].lstrip()
    if head[:1] != "<":
        return False
    return head.lower().startswith(_BEGINNINGS) or len(_SIGN.findall(head)) >= 3


def html_text(markup: str) -> str:
    """Return what a browser would show of the markup, a line per block."""
    markup = _ADDRESS_TAG.sub(r"&lt;\1&gt;", markup)
    if len(markup) > MAX_MARKUP or markup.lower().count("<div") > MAX_NESTED:
        plain = _TAG.sub("\n", _without_hidden(markup[: 4 * MAX_MARKUP]))
        return _tidy(html.unescape(plain))
    tree = LexborHTMLParser(_BLOCK_TAG.sub(_NEWLINE + "<", _folded(markup)))
    tree.strip_tags(list(_HIDDEN_TAGS))
    body = tree.body
    return _tidy((body.text() if body else "").replace(_NEWLINE, "\n"))


def _folded(markup: str) -> str:
    """Fold blanks as a browser does, but for preformatted text."""
    out: list[str] = []
    lower, position = markup.lower(), 0
    if len(lower) != len(markup):
        lower = markup
    while (start := lower.find("<pre", position)) >= 0:
        end = lower.find("</pre", start)
        end = len(markup) if end < 0 else end
        out.append(_one_blank(markup[position:start]))
        out.append(markup[start:end].replace("\n", _NEWLINE))
        position = end
    out.append(_one_blank(markup[position:]))
    return "".join(out)


def _one_blank(markup: str) -> str:
    """Fold runs of blanks; not by split() where it would take Japanese blanks too."""
    if markup.isascii():
        return f" {' '.join(markup.split())} "
    return _BLANKS.sub(" ", markup)


def _without_hidden(markup: str) -> str:
    """Cut out what is never shown; a tag that is not closed hides the rest."""
    for name in _HIDDEN_TAGS:
        out: list[str] = []
        lower, position = markup.lower(), 0
        if len(lower) != len(markup):
            return markup
        while (start := lower.find(f"<{name}", position)) >= 0:
            out.append(markup[position:start])
            end = lower.find(f"</{name}", start)
            position = len(markup) if end < 0 else end
        markup = "".join([*out, markup[position:]])
    return markup


_GAPS = re.compile(r"\n{3,}")


def _tidy(text: str) -> str:
    text = charsets.normalise(text.replace("\u00a0", " ").replace(_NEWLINE, "\n"))
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return _GAPS.sub("\n\n", lines).strip()

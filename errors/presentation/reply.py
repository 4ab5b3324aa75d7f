"""What support sends to the customer: the entry's reply, filled with this bounce's facts."""

import re
from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from errors.bounce.values import Explanation, Recipient, Span, Value
from errors.publishing import Published, PublishedEntry
from errors.wording import fill

WORDS_MAX = 300
_LINK = re.compile(r"\[([^\]]+)\]\((?:mailto:)?([^)\s]+)\)")
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")


def reply_to(explanation: Explanation, published: Published, language: str) -> str:
    """Return a reply in the customer's language; "" where the catalog has no answer.

    Beside the values that the patterns captured it knows {recipient}, {code}, {status},
    {server}, {date} and {words}.
    """
    verdict = explanation.verdicts[explanation.headline]
    entry = published.entries.get(verdict.entry or "")
    if entry is None or verdict.winner is None:
        return ""
    facts = tuple(_facts(verdict.recipient, explanation))
    with translation.override(language):
        # Not in another language, as texts of the page: it is sent as it is.
        own = entry.texts.by_language.get(("reply", language), "")
        text = own or _compose(entry, facts, language)
        return fill(text, (*facts, *verdict.winner.values), language).strip()


def _compose(entry: PublishedEntry, facts: tuple[Value, ...], language: str) -> str:
    """Make a reply of what the entry says to everybody."""
    parts = [
        _("Thank you for your inquiry. This is what the mail that came back means."),
        entry.text("summary", language),
        entry.text("advice", language),
    ]
    if any(fact.name == "words" for fact in facts):
        parts.append(_("The other server's own words:") + "\n{words}")
    return "\n\n".join(filter(None, map(_plain, parts)))


def _plain(markdown: str) -> str:
    """Return Markdown as people write it in a mail: links written out, no marks."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1 (\2)", markdown)).strip()


def _facts(recipient: Recipient, explanation: Explanation) -> Iterator[Value]:
    bounce = explanation.bounce
    words = recipient.diagnostics[0].of(bounce.text) if recipient.diagnostics else ""
    for name, type_, text in (
        ("recipient", "address", recipient.address),
        ("code", "word", recipient.reply_code),
        ("status", "word", recipient.status),
        ("server", "host", recipient.remote_mta or bounce.reporting_mta),
        ("date", "date", bounce.date.isoformat() if bounce.date else ""),
        ("words", "words", " ".join(words.split())[:WORDS_MAX]),
    ):
        if text:
            yield Value(name, type_, text, Span(0, 0))

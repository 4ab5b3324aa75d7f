"""The summary a customer sends to support: the facts of a bounce, no person in it."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from errors.bounce.values import Explanation, Span, Verdict
from errors.catalog import PublishedEntry
from errors.presentation.headline import say_certainty
from errors.presentation.values import Headline

VERDICTS_MAX = 5
DIAGNOSTIC_MAX = 500
_LOCAL_PART = re.compile(r"[^\s<>\"',;:()\[\]@]+@")


def support_summary(
    explanation: Explanation, headline: Headline, entry: PublishedEntry | None
) -> str:
    """Return some lines of plain text, ready to copy."""
    lines = [("", headline.title)]
    if entry:
        certainty = say_certainty(explanation.verdicts[explanation.headline])
        lines.append((_("Entry"), f"{entry.slug} ({certainty})"))
    lines.append((_("Server that reported it"), explanation.bounce.reporting_mta or ""))
    lines.append((_("Date"), str(explanation.bounce.date or "")))
    for verdict in explanation.verdicts[:VERDICTS_MAX]:
        lines += _lines_of(verdict, explanation.bounce.text)
    return "\n".join(
        f"{label}: {text}" if label else text for label, text in lines if text
    )


def _lines_of(verdict: Verdict, text: str) -> Iterator[tuple[str, str]]:
    recipient = verdict.recipient
    if recipient.address:
        yield _("Recipient"), hide_people(recipient.address)
    codes = filter(None, (recipient.reply_code, recipient.status))
    yield _("Codes"), " ".join(codes)
    yield _("Server that answered"), recipient.remote_mta or ""
    yield _("Its words"), hide_people(_words(recipient.diagnostics, text))


def _words(spans: tuple[Span, ...], text: str) -> str:
    """Join the pieces of a diagnostic in the order of the text, none of it twice."""
    pieces = [
        span
        for span in sorted(set(spans))
        if not any(other != span and other.covers(span) for other in spans)
    ]
    words = " ".join(" ".join(span.of(text).split()) for span in pieces)
    return words.strip(" <")[:DIAGNOSTIC_MAX]


def hide_people(text: str) -> str:
    """Blank the part of addresses that names a person.

    >>> hide_people("<kijitora@example.jp>... User unknown")
    '<***@example.jp>... User unknown'
    """
    return _LOCAL_PART.sub("***@", text)

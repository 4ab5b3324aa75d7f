"""The summary a customer sends to support: the facts of a bounce, no person in it."""

import re
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from errors.bounce.values import Span, Verdict
from errors.presentation.case import Case
from errors.presentation.headline import say_certainty
from errors.presentation.values import Headline

VERDICTS_MAX = 5
DIAGNOSTIC_MAX = 500
GAP_MAX = 80  # an address between two pieces of a diagnostic
_LOCAL_PART = re.compile(r"[^\s<>\"',;:()\[\]@]+@")


def support_summary(case: Case, headline: Headline) -> str:
    """Return some lines of plain text, ready to copy."""
    lines = [("", headline.title)]
    if case.entry:
        certainty = say_certainty(case.verdict)
        lines.append((_("Entry"), f"{case.entry.slug} ({certainty})"))
    lines.append((_("Server that reported it"), case.bounce.reporting_mta or ""))
    lines.append((_("Date"), str(case.bounce.date or "")))
    # Recipients that cannot be told apart without their names are one line.
    told = [tuple(_lines_of(v, case.bounce.text)) for v in case.explanation.verdicts]
    for one, count in list(Counter(told).items())[:VERDICTS_MAX]:
        lines += one
        if count > 1:
            lines.append((_("So many such recipients"), str(count)))
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
    """Return the best piece of a diagnostic with what follows it on its line or the next.

    An address within a diagnostic can split it into pieces.
    """
    if not spans:
        return ""
    best, end = spans[0], spans[0].end
    for span in sorted(spans):
        is_near = end <= span.start <= end + GAP_MAX
        if is_near and "\n\n" not in text[end : span.start]:
            end = span.end
    words = " ".join(Span(best.start, end).of(text).split())
    return words.strip(" <")[:DIAGNOSTIC_MAX]


def hide_people(text: str) -> str:
    """Blank the part of addresses that names a person.

    >>> hide_people("<kijitora@example.jp>... User unknown")
    '<***@example.jp>... User unknown'
    """
    return _LOCAL_PART.sub("***@", text)

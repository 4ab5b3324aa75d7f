"""A paste or a mail → what it says: text, regions, recipients and kind. Never fails."""

import re
from datetime import date
from email.utils import parsedate_tz
from operator import attrgetter

from errors.bounce import addressing, attributing, charsets, dsn, layouts, mime, smtp
from errors.bounce.attributing import Findings
from errors.bounce.dividing import divide
from errors.bounce.pasting import Draft, draft, unquoted
from errors.bounce.recognising import is_bounce, recognise
from errors.bounce.replies import Codes
from errors.bounce.values import Bounce, FoundCode, Region, Span

NOTES = {
    "nesting-cut": "The mail is nested deeper than we read; inner parts were left out.",
    "parts-cut": "The mail has more parts than we read; the last were left out.",
    "header-cut": "A header field was too long to be read.",
    "returned-cut": "The returned message is longer than we show.",
    "outlook-unreadable": "The Outlook file could not be read.",
    "unreadable": "Something could not be read; only the text is shown.",
}


def read(paste: str | bytes) -> Bounce:
    """Read whatever a person pasted or uploaded."""
    try:
        return explore(draft(paste))
    except Exception:  # the last net: reading is total by contract
        text = charsets.decode(paste) if isinstance(paste, bytes) else paste
        return Bounce(text=charsets.normalise(text), notes=("unreadable",))


_PLACE = attrgetter("span")


def explore(sheet: Draft) -> Bounce:
    """Say what a draft tells: divide it, read its fields and words, name its kind."""
    view = _unescaped(unquoted(sheet.text))
    regions = divide(view, sheet)
    spoken = [r for r in regions if r.kind not in ("header", "returned")]
    reports = dsn.read_reports(view, spoken)
    told = [r.span for r in regions if r.kind in ("narrative", "transcript")]
    told = _outside(told, reports.spans)
    words = "\n".join(region.span.of(view) for region in spoken).lower()
    codes, told_codes = _find_codes(view, regions)
    findings = Findings(
        draft=sheet,
        view=view,
        regions=regions,
        told=told,
        reports=reports,
        codes=Codes(view, told_codes),
        mailer=layouts.find_mailer(words),
        mentions=addressing.find_mentions(view, told),
    )
    return _bounce(findings, codes, words)


def _find_codes(
    view: str, regions: list[Region]
) -> tuple[tuple[FoundCode, ...], list[FoundCode]]:
    """Return the codes that the bounce itself says, and of these those that tell.

    None of the returned message's are among them; those of the header do not tell.
    """
    found: list[FoundCode] = []
    telling: list[FoundCode] = []
    for kind, span in sorted(regions, key=_PLACE):
        if kind != "returned":
            codes = smtp.find_codes(view, span.start, span.end)
            found += codes
            telling += codes if kind != "header" else ()
    return tuple(found), telling


def _bounce(findings: Findings, codes: tuple[FoundCode, ...], words: str) -> Bounce:
    sheet, reports, view = findings.draft, findings.reports, findings.view
    recipients = attributing.attribute(findings)
    if not recipients and words.strip() and is_bounce(sheet, words, reports, ()):
        recipients = (attributing.anonymous(findings),)
    kind = recognise(sheet, words, reports, recipients)
    if kind == "client-error":  # it names the person's own account, nobody who failed
        recipients = (attributing.anonymous(findings),)
    elif kind in ("not-a-bounce", "auto-reply"):
        recipients = tuple(r for r in recipients if r.address and not sheet.is_source)
    return Bounce(
        text=sheet.text,
        kind=kind,
        regions=tuple(findings.regions),
        recipients=recipients,
        codes=codes,
        reporting_mta=reports.reporting_mta,
        subject=sheet.headers.get("subject") or None,
        arrival_date=reports.arrival_date,
        written=sheet.headers.get("date") or None,
        date=_day(sheet.headers.get("date", "")),
        returned_subject=_returned_subject(view, findings.regions),
        mailer=findings.mailer,
        is_source=sheet.is_source,
        notes=sheet.notes,
    )


def _unescaped(view: str) -> str:
    """Return JSON that was packed into a JSON string with its quotes bare again."""
    if '\\"notificationType\\"' in view:
        return view.replace('\\"', ' "')
    return view


def _outside(spans: list[Span], taken: list[Span]) -> list[Span]:
    """Return the spans without the stretches where report fields stand."""
    if not taken:
        return spans
    out: list[Span] = []
    for span in spans:
        start = span.start
        for other in taken:
            if start <= other.start < span.end:
                out.append(Span(start, other.start))
                start = min(other.end, span.end)
        out.append(Span(start, span.end))
    return [span for span in out if len(span)]


_SUBJECTS = ("Subject:", "subject:", "SUBJECT:", "件名:")


def _returned_subject(view: str, regions: list[Region]) -> str | None:
    for region in regions:
        if region.kind != "returned":
            continue
        for label in _SUBJECTS:
            at = view.find(label, region.span.start, region.span.end)
            if at >= 0:
                line = view[at + len(label) : at + 400].partition("\n")[0]
                return mime.decode_words(line.strip()) or None
    return None


_NUMERIC_DAY = re.compile(r"([0-9]{4})[/年.-](\d{1,2})[/月.-](\d{1,2})")


def _day(words: str) -> date | None:
    try:
        numeric = _NUMERIC_DAY.search(words)
        if numeric:
            return date(int(numeric[1]), int(numeric[2]), int(numeric[3]))
        parsed = parsedate_tz(words[:100])
        return date(*parsed[:3]) if parsed else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

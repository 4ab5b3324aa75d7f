"""A paste or a mail → what it says: text, regions, recipients and kind. Never fails."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date
from email.utils import parsedate_tz

from errors.bounce import addressing, charsets, dsn, layouts, mime, smtp
from errors.bounce.addressing import Mention
from errors.bounce.values import (
    Action,
    Bounce,
    BounceKind,
    Recipient,
    Region,
    RegionKind,
    Span,
)

NOTES = {
    "nesting-cut": "The mail is nested deeper than we read; the inner parts were left out.",
    "parts-cut": "The mail has more parts than we read; the last ones were left out.",
    "header-cut": "A header field was too long to be read.",
    "returned-cut": "The returned message is longer than we show.",
    "outlook-unreadable": "The Outlook file could not be read.",
    "unreadable": "Something in the text could not be read; only the text is shown.",
}

_SHOWN = (("from", "From"), ("to", "To"), ("subject", "Subject"), ("date", "Date"))


@dataclass(slots=True)
class Draft:
    """The text to be shown while it is put together, and what its headers say."""

    text: str
    regions: list[Region]
    headers: dict[str, str] = field(default_factory=dict)
    report_type: str = ""
    source: bool = False
    notes: tuple[str, ...] = ()


def read(paste: str | bytes) -> Bounce:
    """Read whatever a person pasted or uploaded."""
    try:
        return _explore(_draft(paste))
    except Exception:  # noqa: BLE001 - the last net: reading is total by contract
        text = charsets.decode(paste) if isinstance(paste, bytes) else paste
        return Bounce(text=charsets.normalise(text), notes=("unreadable",))


def _draft(paste: str | bytes) -> Draft:
    if isinstance(paste, bytes):
        if mime.is_outlook(paste):
            return _compose(mime.read_outlook(paste))
        head = paste[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n").decode("latin-1")
        if mime.is_source(charsets.normalise(head)):
            return _compose(mime.read_letter(paste.lstrip(b"\xef\xbb\xbf \t\r\n")))
        paste = charsets.decode(paste)
    text = charsets.normalise(paste)
    source = mime.as_source(text)
    if source is not None:
        return _compose(mime.read_letter(source))
    text = charsets.repair(mime.unarmoured(text))
    if mime.is_html(text):
        text = mime.html_text(text)
    return _from_paste(text)


# --- a mail's source ---------------------------------------------------------------------


def _compose(letter: mime.Letter) -> Draft:
    """Lay the pieces of a mail one after another, as a person would read them."""
    letter = _bounce_within(letter)
    summary = "\n".join(
        f"{label}: {letter.headers[key]}"
        for key, label in _SHOWN
        if letter.headers.get(key)
    )
    chunks: list[tuple[RegionKind, str]] = [("header", summary)] if summary else []
    chunks += [
        (piece.kind, charsets.normalise(piece.text).strip("\n"))
        for piece in letter.pieces
    ]
    regions, position = [], 0
    for kind, chunk in chunks:
        regions.append(Region(kind, Span(position, position + len(chunk))))
        position += len(chunk) + 2
    return Draft(
        text="\n\n".join(chunk for _, chunk in chunks),
        regions=regions,
        headers=letter.headers,
        report_type=letter.report_type,
        source=True,
        notes=letter.notes,
    )


def _bounce_within(letter: mime.Letter) -> mime.Letter:
    """Return the bounce that was forwarded as an attachment, by a person or a gateway."""
    for _ in range(3):
        if letter.has_report or not letter.inner:
            break
        inner = letter.inner[0]
        sender = layouts.SYSTEM_SENDER.search(letter.headers.get("from", ""))
        if sender and (not inner.has_report or _says_who_or_why(letter)):
            break
        if not inner.has_report and not layouts.SYSTEM_SENDER.search(
            inner.headers.get("from", "")
        ):
            break
        letter = replace(inner, notes=letter.notes)
    return letter


def _says_who_or_why(letter: mime.Letter) -> bool:
    told = "\n".join(p.text for p in letter.pieces if p.kind == "narrative")
    return bool(addressing.ADDRESS.search(told) or smtp.find_codes(told))


# --- what a mail program shows -----------------------------------------------------------

_SHOWN_NAMES = {
    "from": "from",
    "差出人": "from",
    "送信者": "from",
    "送信元": "from",
    "発信者": "from",
    "to": "to",
    "宛先": "to",
    "あて先": "to",
    "宛て先": "to",
    "受信者": "to",
    "subject": "subject",
    "件名": "subject",
    "題名": "subject",
    "タイトル": "subject",
    "date": "date",
    "sent": "date",
    "日時": "date",
    "日付": "date",
    "送信日時": "date",
    "受信日時": "date",
    "送信日": "date",
    "cc": "cc",
    "reply-to": "reply-to",
    "返信先": "reply-to",
}
_NAMES = "|".join(_SHOWN_NAMES)
_SHOWN_FIELD = re.compile(rf"[ \t*]*({_NAMES})[ \t*]*[:：][ \t]*", re.IGNORECASE)
_INLINE_FIELD = re.compile(
    rf"(?:^|(?<=\s))(?:{_NAMES})[ \t]*[:：](?=\s)", re.IGNORECASE
)
_DATE_WORDS = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?\d{1,2}[ -](?:[A-Za-z]{3}|\d{1,2})[ -]\d{2,4}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
    r"(?:\s*[+-]\d{4})?(?:\s*\([A-Za-z ]{1,20}\)|\s+(?:GMT|UTC|[A-Z]{3,4})\b)?"
    r"|\s*\d{4}[/年-]\d{1,2}[/月-]\d{1,2}日?(?:[\s(（][^\s]{0,3}[)）]?)?(?:\s*\d{1,2}[:時]\d{2}(?:[:分]\d{2})?)?"
)
_MAX_HEADER = 4_000
_MAX_GAP = 250  # a longer value is not a value: the body has begun


def _from_paste(text: str) -> Draft:
    view = unquoted(text)
    start = len(view) - len(view.lstrip())
    headers, end = _shown_header(view, start)
    regions = [Region("header", Span(start, end))] if headers else []
    regions.append(Region("narrative", Span(end if headers else 0, len(text))))
    return Draft(text=text, regions=regions, headers=headers)


def _shown_header(view: str, start: int) -> tuple[dict[str, str], int]:
    """Read the lines From, To, Subject, Date as a mail program shows them."""
    first = _SHOWN_FIELD.match(view, start)
    if not first:
        return {}, start
    line_end = view.find("\n", start)
    line_end = len(view) if line_end < 0 else line_end
    if len(_INLINE_FIELD.findall(view, start, min(line_end, start + _MAX_HEADER))) >= 3:
        return _inline_header(view, start, min(line_end, start + _MAX_HEADER))
    headers: dict[str, str] = {}
    key, position = "", start
    while position < min(len(view), start + _MAX_HEADER):
        end = view.find("\n", position)
        end = len(view) if end < 0 else end
        line = view[position:end]
        if not line.strip():
            break
        label = _SHOWN_FIELD.match(line)
        if label:
            key = _SHOWN_NAMES[label[1].lower()]
            headers.setdefault(key, line[label.end() :].strip())
        elif key:
            headers[key] = f"{headers[key]} {line.strip()}"
        position = end + 1
    if len(headers) < 2:
        return {}, start
    return headers, min(position, len(view))


def _inline_header(view: str, start: int, limit: int) -> tuple[dict[str, str], int]:
    """Read the same after all lines were run together: the date ends it."""
    labels = list(_INLINE_FIELD.finditer(view, start, limit))
    headers: dict[str, str] = {}
    end = start
    for number, label in enumerate(labels):
        key = _SHOWN_NAMES[label[0].rstrip(":： \t").lower()]
        if key in headers or label.start() - end > _MAX_GAP:
            break
        stop = labels[number + 1].start() if number + 1 < len(labels) else label.end()
        if key == "date":
            words = _DATE_WORDS.match(view, label.end(), limit)
            stop = words.end() if words else label.end()
        if stop - label.end() > _MAX_GAP:
            break
        headers[key] = view[label.end() : stop].strip()
        end = stop
        if key == "date":
            break
    return headers, end


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0x200B: 0x20,
    0x2028: 0x0A,
    0x2019: 0x27,
}
_QUOTE = re.compile(r"(^|\n)((?:[ \t]{0,3}[>|]){1,20}[ \t]?)(?![>|])")


def unquoted(text: str) -> str:
    """Return the text of the same length with quoting blanked and full width narrowed.

    The line break moves behind the quote mark, so that lines begin where their words
    do: "\\n> 550" → "  \\n550". Offsets stay what they are.
    """
    if not text.isascii():
        text = text.translate(_WIDE)
    if ">" in text or "|" in text:
        text = _QUOTE.sub(_blank_quote, text)
    return text


def _blank_quote(quote: re.Match[str]) -> str:
    if (
        not quote[2].strip("> \t")
        and quote[2].count(">") >= 3
        and " " not in quote[2].strip()
    ):
        return quote[0]  # ">>> RCPT TO" is Sendmail's transcript
    return " " * len(quote[2]) + quote[1]


# --- regions -----------------------------------------------------------------------------


def _split(view: str, draft: Draft) -> list[Region]:
    """Divide what is told into narrative, transcript, report and returned message."""
    regions: list[Region] = []
    returned = False
    for region in draft.regions:
        if region.kind != "narrative" or not len(region.span):
            regions.append(region)
            continue
        if returned and not draft.source:
            regions.append(Region("returned", region.span))
            continue
        regions += _split_narrative(view, region.span)
    return [region for region in regions if len(region.span)]


def _split_narrative(view: str, span: Span) -> list[Region]:
    piece = view[span.start : span.end]
    lower = piece.lower()
    out: list[Region] = []
    kind: RegionKind = "narrative"
    position = 0
    for mark in layouts.find_marks(piece, lower):
        if mark.start < position or (
            mark.begins == "returned" and _is_forward(piece, mark)
        ):
            continue
        if mark.begins == "forwarded":
            continue
        out.append(Region(kind, Span(span.start + position, span.start + mark.start)))
        kind = mark.begins
        position = mark.start
        if kind == "returned":
            break
    if kind != "returned":
        block = _header_block(piece, position)
        if block is not None:
            out.append(Region(kind, Span(span.start + position, span.start + block)))
            kind, position = "returned", block
    out.append(Region(kind, Span(span.start + position, span.end)))
    return out


def _is_forward(piece: str, mark: layouts.Mark) -> bool:
    """Tell a forwarded bounce from a returned message: its first lines name a mail system."""
    following = piece[mark.end : mark.end + 400]
    header, _ = _shown_header(
        following, len(following) - len(following.lstrip("- \t\n"))
    )
    return bool(header) and bool(layouts.SYSTEM_SENDER.search(header.get("from", "")))


_RUN_TOGETHER = 400


def _header_block(piece: str, start: int) -> int | None:
    """Return where a mail's header begins that no words announce."""
    expression = layouts.HEADER_BLOCK
    if piece.count("\n", start) * _RUN_TOGETHER < len(piece) - start:
        expression = layouts.INLINE_HEADER
    for found in expression.finditer(piece, start):
        if expression is layouts.INLINE_HEADER or _is_header_at(piece, found.start()):
            return found.start()
    return None


_ANY_FIELD = re.compile(r"[ \t]{0,8}[A-Za-z][A-Za-z0-9-]{1,40}[ \t]*:")


def _is_header_at(piece: str, start: int) -> bool:
    """Tell whether at least three header lines follow, one of them of a returned mail."""
    block = _PARAGRAPH.split(piece[start : start + 3_000], maxsplit=1)[0]
    fields = sum(bool(_ANY_FIELD.match(line)) for line in block.split("\n"))
    return fields >= 3 and (
        "eceived" in block or "RECEIVED" in block or "MIME" in block.upper()
    )


# --- putting it together -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Findings:
    """What the stages below share."""

    draft: Draft
    view: str
    lower: str  # what is told, in lower case
    told: list[Span]
    reports: dsn.Reports
    mentions: list[Mention]


def _explore(draft: Draft) -> Bounce:
    view = _unescaped(unquoted(draft.text))
    regions = _split(view, draft)
    told = [r.span for r in regions if r.kind not in ("header", "returned")]
    reports = dsn.read_reports(view, told)
    spans = [r.span for r in regions if r.kind in ("narrative", "transcript")]
    spans = _outside(spans, reports.spans)
    findings = Findings(
        draft=draft,
        view=view,
        lower="\n".join(view[s.start : s.end] for s in told).lower(),
        told=spans,
        reports=reports,
        mentions=addressing.find_mentions(view, spans),
    )
    recipients = _recipients(findings, regions)
    kind = _kind(findings, recipients)
    headers = draft.headers
    return Bounce(
        text=draft.text,
        kind=kind,
        regions=tuple(regions),
        recipients=tuple(recipients),
        reporting_mta=reports.reporting_mta,
        subject=headers.get("subject") or None,
        arrival_date=reports.arrival_date,
        date=_day(headers.get("date", "")),
        returned_subject=_returned_subject(view, regions),
        mailer=layouts.find_mailer(findings.lower),
        is_source=draft.source,
        notes=draft.notes,
    )


def _unescaped(view: str) -> str:
    """Return JSON that was packed into a JSON string with its quotes bare again."""
    if '\\"notificationType\\"' in view:
        return view.replace('\\"', ' "')
    return view


def _outside(spans: list[Span], taken: list[Span]) -> list[Span]:
    """Return the spans without the stretches where report fields stand."""
    out: list[Span] = []
    for span in spans:
        start = span.start
        for other in taken:
            if start <= other.start < span.end:
                out.append(Span(start, other.start))
                start = min(other.end, span.end)
        out.append(Span(start, span.end))
    return [span for span in out if len(span)]


_SUBJECT = re.compile(
    r"^[ \t]*(?:Subject|件名)[ \t]*:[ \t]*([^\n]{1,400})", re.IGNORECASE | re.MULTILINE
)


def _returned_subject(view: str, regions: list[Region]) -> str | None:
    for region in regions:
        if region.kind == "returned":
            found = _SUBJECT.search(view, region.span.start, region.span.end)
            if found:
                return mime.decode_words(found[1].strip())
    return None


_NUMERIC_DAY = re.compile(r"(\d{4})[/年.-](\d{1,2})[/月.-](\d{1,2})")


def _day(words: str) -> date | None:
    try:
        numeric = _NUMERIC_DAY.search(words)
        if numeric:
            return date(int(numeric[1]), int(numeric[2]), int(numeric[3]))
        parsed = parsedate_tz(words[:100])
        return date(*parsed[:3]) if parsed else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# --- recipients --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """The codes that count among those found, and where the reply begins."""

    reply: str | None = None
    status: str | None = None
    start: int | None = None
    paired: bool = False  # the status stands right behind the reply

    def completed(self, other: "Choice") -> "Choice":
        """Fill in what is missing from another choice that does not contradict."""
        if self.reply and other.reply and self.reply != other.reply:
            return self
        return Choice(
            self.reply or other.reply,
            self.status or other.status,
            other.start if self.start is None else self.start,
            self.paired if self.status else other.paired,
        )


def _recipients(findings: Findings, regions: list[Region]) -> list[Recipient]:
    reports = _named_reports(findings, regions)
    addresses = [r.address for r in reports if r.address]
    portions: dict[str, list[Span]] = {}
    if not reports:
        addresses = _addresses_told(findings, regions)
        reports = [dsn.Report(address=a) for a in addresses]
    portions = addressing.find_portions(findings.mentions, addresses, findings.told)
    if not reports:
        return _anonymous(findings)
    alone = len(reports) == 1
    return [
        _recipient(
            findings, report, portions.get((report.address or "").lower(), []), alone
        )
        for report in reports
    ]


def _named_reports(findings: Findings, regions: list[Region]) -> list[dsn.Report]:
    """Return the reports, one per address; what one leaves out the other may say."""
    merged: dict[str, dsn.Report] = {}
    for number, report in enumerate(findings.reports.recipients):
        key = (report.address or f"#{number}").lower()
        known = merged.setdefault(key, report)
        if known is not report:
            known.action = known.action or report.action
            known.status = known.status or report.status
            known.diagnostic = known.diagnostic or report.diagnostic
            known.remote_mta = known.remote_mta or report.remote_mta
    named = [r for r in merged.values() if r.address]
    if named or not merged:
        return named
    told = _addresses_told(findings, regions)
    reports = list(merged.values())
    if len(reports) == 1 and told:
        reports[0].address = told[0]
    return reports


_RETURNED_FROM = re.compile(
    r"(?:^|(?<=\s))(?:From|Return-Path|Sender|差出人)[ \t]*:([^\n]{1,200})",
    re.IGNORECASE,
)


def _senders(findings: Findings, regions: list[Region]) -> frozenset[str]:
    """Return who wrote or received the bounce or wrote the returned message."""
    headers = findings.draft.headers
    named = [headers.get(key, "")[:2_000] for key in ("to", "from", "reply-to", "cc")]
    for region in regions:
        if region.kind == "returned":
            end = min(region.span.end, region.span.start + _MAX_RETURNED_HEADER)
            named += [
                _first_address(found[1])
                for found in _RETURNED_FROM.finditer(
                    findings.view, region.span.start, end
                )
            ]
    return frozenset(
        found[0].lower()
        for words in named
        for found in addressing.ADDRESS.finditer(words)
    )


def _first_address(words: str) -> str:
    found = addressing.ADDRESS.search(words)
    return found[0] if found else ""


_MAX_RETURNED_HEADER = 16_000


def _addresses_told(findings: Findings, regions: list[Region]) -> list[str]:
    headers = findings.draft.headers
    failed = headers.get("x-failed-recipients", "")
    if failed:
        return addressing.unique(
            m[0] for m in addressing.ADDRESS.finditer(failed[:20_000])
        )
    senders = _senders(findings, regions)
    return (
        addressing.failed_addresses(findings.mentions, senders)
        or [a for a in _returned_to(findings, regions) if a.lower() not in senders]
        or addressing.sender_addresses(findings.mentions)
        or _returned_to(findings, regions)
    )


_RETURNED_TO = re.compile(
    r"(?:^|(?<=\s))(?:To|X-Original-To|宛先)[ \t]*:([^\n]{1,400})", re.IGNORECASE
)


def _returned_to(findings: Findings, regions: list[Region]) -> list[str]:
    """Return to whom the returned message was written, when it names just one."""
    for region in regions:
        if region.kind == "returned":
            found = _RETURNED_TO.search(
                findings.view, region.span.start, region.span.end
            )
            if found:
                return [m[0] for m in addressing.ADDRESS.finditer(found[1])][:1]
    return []


def _anonymous(findings: Findings) -> list[Recipient]:
    """Return a recipient without a name that carries the codes found, or the words."""
    spans = findings.told
    choice = _choose(_codes(findings.view, spans), failed=True)
    recipient = _made(findings, dsn.Report(), spans, choice)
    return (
        [recipient] if choice.reply or choice.status or _is_bounce(findings, []) else []
    )


def _recipient(
    findings: Findings, report: dsn.Report, portions: list[Span], alone: bool
) -> Recipient:
    failed = report.action != "delayed"
    own = [report.diagnostic] if report.diagnostic else []
    choice = _choose(_codes(findings.view, own), failed)
    if not (choice.reply and choice.status):
        around = findings.told if alone else portions
        choice = choice.completed(_choose(_codes(findings.view, around), failed))
    if alone:
        portions = _all_of(findings, portions)
    return _made(findings, report, portions, choice)


def _all_of(findings: Findings, portions: list[Span]) -> list[Span]:
    """Return what is told of a lone recipient: after its mention, then before it."""
    if not any(findings.view[p.start : p.end].strip(" \t\n>:)\"'.") for p in portions):
        return portions + findings.told
    last = portions[-1].end
    later = [span for span in findings.told if span.start >= last]
    before = _before(findings, portions)
    return [*portions, *later, *([before] if before else [])]


_MAX_BEFORE = 600


def _before(findings: Findings, portions: list[Span]) -> Span | None:
    """Return the words before a lone recipient: some systems put the reason there.

    They are those of its own paragraph, or the paragraph before it.
    """
    view = findings.view
    for portion in portions[:1]:
        span = next((s for s in findings.told if s.covers(portion)), portion)
        floor = max(span.start, portion.start - _MAX_BEFORE)
        stops = [
            floor,
            *(gap.end() for gap in _PARAGRAPH.finditer(view, floor, portion.start)),
        ]
        end = portion.start
        for start in reversed(stops[-3:]):
            words = _trimmed(view, Span(start, end))
            if _says_more(words.of(view)):
                return words
            end = start
    return None


def _says_more(words: str) -> bool:
    """Tell whether words say anything but an address and a lead such as "failed:"."""
    rest = addressing.ADDRESS.sub("", words).strip(" \t\n<>\"'():*-")
    return len(rest) > 3 and not words.rstrip(" <").endswith((":", "：", "-"))


def _made(
    findings: Findings, report: dsn.Report, portions: list[Span], choice: Choice
) -> Recipient:
    diagnostics = _diagnostics(findings, report, portions, choice)
    words = "\n".join(findings.view[s.start : s.end] for s in diagnostics)
    return Recipient(
        address=report.address,
        action=report.action,
        reply_code=choice.reply,
        status=_status(choice, report.status),
        diagnostics=diagnostics,
        remote_mta=report.remote_mta or _remote(words),
        command=layouts.find_command(words),
        will_retry_until=report.will_retry_until,
    )


def _status(choice: Choice, reported: str | None) -> str | None:
    """Prefer the words' own status code to the report's, which is often generic.

    A code that merely stands near the reply does not beat a specific report.
    """
    told = choice.status
    if told and reported and not reported.endswith(".0.0"):
        return told if choice.paired or choice.reply is None else reported
    return told or reported


_REMOTE = re.compile(
    r"\bhost:?\s+([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)|while talking to ([A-Za-z0-9.-]+[A-Za-z0-9])",
    re.IGNORECASE,
)


def _remote(words: str) -> str | None:
    found = _REMOTE.search(words)
    return (found[1] or found[2]) if found else None


def _codes(view: str, spans: list[Span]) -> list[smtp.FoundCode]:
    return [
        code for span in spans for code in smtp.find_codes(view, span.start, span.end)
    ]


_PAIR_GAP = 6


def _choose(codes: list[smtp.FoundCode], failed: bool) -> Choice:
    """Return the reply that counts: a refusal before a deferral, the first one met.

    What only complains of the order of commands (503, x.5.1) follows from another error.
    """
    replies = [c for c in codes if c.kind == "reply" and c.code[0] in "45"]
    if not replies:
        alone = [c for c in codes if c.kind == "status" and c.code[0] in "45"]
        status = min(
            alone, key=lambda c: (c.code.endswith(".0"), c.span.start), default=None
        )
        return Choice(None, status.code, status.span.start) if status else Choice()
    partners = {c.span.start: _partner(c, codes) for c in replies}
    best = min(
        replies,
        key=lambda c: (
            c.code == "503" or (partners[c.span.start] or "").endswith(".5.1"),
            failed and c.code[0] == "4",
            not c.certain,
            c.span.start,
        ),
    )
    paired = partners[best.span.start]
    near = [c for c in codes if c.kind == "status" and c.code[0] == best.code[0]]
    after = next((c.code for c in near if c.span.start > best.span.start), None)
    status_code = paired or after or (near[0].code if near else None)
    return Choice(best.code, status_code, best.span.start, paired=bool(paired))


def _partner(reply: smtp.FoundCode, codes: list[smtp.FoundCode]) -> str | None:
    """Return the status code right behind a reply code: "550 5.1.1", "550-5.7.1"."""
    index = bisect_right(codes, reply.span, key=lambda c: c.span)
    for code in codes[index : index + 1]:
        near = code.span.start - reply.span.end <= _PAIR_GAP
        if code.kind == "status" and near and code.code[0] == reply.code[0]:
            return code.code
    return None


_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_MAX_DIAGNOSTIC = 2_000


def _diagnostics(
    findings: Findings, report: dsn.Report, portions: list[Span], choice: Choice
) -> tuple[Span, ...]:
    view = findings.view
    spans = [report.diagnostic] if report.diagnostic else []
    if choice.start is not None:
        spans.append(_to_paragraph_end(view, choice.start, portions))
    spans += [
        _trimmed(view, Span(p.start, min(p.end, p.start + _MAX_DIAGNOSTIC)))
        for p in portions
    ]
    kept: list[Span] = []
    for span in spans:
        if len(span) > 1 and not any(other.covers(span) for other in kept):
            kept.append(span)
    return tuple(kept)


def _to_paragraph_end(view: str, start: int, portions: list[Span]) -> Span:
    limit = next((p.end for p in portions if p.start <= start < p.end), len(view))
    found = _PARAGRAPH.search(view, start, min(limit, start + _MAX_DIAGNOSTIC))
    end = found.start() if found else min(limit, start + _MAX_DIAGNOSTIC)
    return _trimmed(view, Span(start, end))


def _trimmed(view: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and (view[start].isspace() or view[start] in ">:)\"'*"):
        start += 1
    while end > start and view[end - 1].isspace():
        end -= 1
    return Span(start, end)


# --- what kind of message it is ----------------------------------------------------------


def _kind(findings: Findings, recipients: list[Recipient]) -> BounceKind:
    """Name the kind: by its fields, then by its headers, then by its words."""
    fields = _kind_by_fields(findings)
    if fields:
        return fields
    draft = findings.draft
    subject, told = draft.headers.get("subject", ""), findings.lower[:20_000]
    if layouts.FEEDBACK_SUBJECT.search(subject) or layouts.FEEDBACK_FRAME.search(told):
        return "feedback"
    if not _is_bounce(findings, recipients):
        if _is_auto_reply(draft, subject):
            return "auto-reply"
        return "client-error" if _is_client_error(draft, told) else "not-a-bounce"
    actions: set[Action | None] = {r.action for r in recipients if r.action}
    if actions:
        return _kind_of(actions)
    return _kind_by_words(subject, told)


def _kind_by_fields(findings: Findings) -> BounceKind | None:
    reports, draft = findings.reports, findings.draft
    if (
        reports.feedback_type
        or "feedback" in draft.report_type
        or reports.notification == "complaint"
    ):
        return "feedback"
    if reports.disposition or draft.report_type == "disposition-notification":
        return "delivered"
    if reports.notification == "bounce":
        return "failure"
    return "delivered" if reports.notification == "delivery" else None


def _kind_of(actions: set[Action | None]) -> BounceKind:
    kinds = {layouts.KIND_OF_ACTION[action] for action in actions if action}
    for kind in ("failure", "delay"):
        if kind in kinds:
            return kind  # type: ignore[return-value]
    return "delivered"


def _kind_by_words(subject: str, told: str) -> BounceKind:
    if layouts.DELIVERED_SUBJECT.search(subject) or (
        layouts.DELIVERED_FRAME.search(told) and not layouts.FAILURE_FRAME.search(told)
    ):
        return "delivered"
    if layouts.DELAY_SUBJECT.search(subject):
        return "delay"
    if layouts.DELAY_FRAME.search(told) and not layouts.GIVEN_UP.search(told):
        return "delay"
    return "failure"


def _is_bounce(findings: Findings, recipients: list[Recipient]) -> bool:
    """Weigh the signs of a delivery report: two points are enough."""
    draft = findings.draft
    headers = draft.headers
    if findings.reports.recipients or "x-failed-recipients" in headers:
        return True
    if draft.report_type == "delivery-status":
        return True
    points = 0
    points += 2 * bool(layouts.FAILURE_SUBJECT.search(headers.get("subject", "")))
    points += bool(layouts.DELAY_SUBJECT.search(headers.get("subject", "")))
    points += bool(layouts.SYSTEM_SENDER.search(headers.get("from", "")))
    points += headers.get("return-path", "x").strip() in ("<>", "")
    points += bool(layouts.FAILURE_FRAME.search(findings.lower[:20_000]))
    points += bool(layouts.find_mailer(findings.lower[:20_000])) * 2
    points += any(r.reply_code or r.status for r in recipients)
    if draft.headers:
        return points >= 2
    return points >= 1 or (
        not draft.source
        and not layouts.CLIENT_ERROR.search(findings.lower)
        and bool(layouts.TROUBLE.search(findings.lower[:2_000]))
    )


def _is_auto_reply(draft: Draft, subject: str) -> bool:
    auto = draft.headers.get("auto-submitted", "").lower()
    return auto.startswith("auto-replied") or bool(
        layouts.AUTO_REPLY_SUBJECT.search(subject)
        or draft.headers.get("x-autoreply")
        or draft.headers.get("x-auto-response-suppress", "").lower() == "vacation"
    )


def _is_client_error(draft: Draft, told: str) -> bool:
    return not draft.source and bool(layouts.CLIENT_ERROR.search(told))

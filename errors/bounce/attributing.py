"""Who failed and in whose words: recipients from report fields and from the telling."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from errors.bounce import addressing, charsets, dsn, layouts
from errors.bounce.addressing import Mention
from errors.bounce.pasting import Draft
from errors.bounce.replies import Choice, Codes
from errors.bounce.values import Recipient, Region, Span


class Findings(NamedTuple):
    """What was found in a bounce and is to be put together."""

    draft: Draft
    view: str
    regions: list[Region]
    told: list[Span]  # narrative and transcript, without the report fields in them
    reports: dsn.Reports
    codes: Codes
    mailer: str | None
    mentions: list[Mention]


def attribute(findings: Findings) -> tuple[Recipient, ...]:
    """Return the recipients; () when nobody is named and no code is found."""
    reports = _named_reports(findings)
    if not reports:
        reports = [dsn.Report(address=a) for a in _addresses_told(findings)]
    if not reports:
        return _anonymous(findings)
    addresses = [r.address for r in reports if r.address]
    portions = addressing.find_portions(
        findings.view, findings.mentions, addresses, findings.told
    )
    if len(reports) == 1:
        own = portions.get((reports[0].address or "").lower(), [])
        return (_lone(findings, reports[0], own),)
    return tuple(
        _one_of_many(findings, report, portions.get((report.address or "").lower(), []))
        for report in reports
    )


def anonymous(findings: Findings) -> Recipient:
    """Return a recipient without a name, to whom all that is told belongs."""
    choice = findings.codes.choose(findings.told, failed=True)
    around = findings.told + _reason_in_subject(findings)
    return _made(findings, dsn.Report(), around, choice)


def _anonymous(findings: Findings) -> tuple[Recipient, ...]:
    recipient = anonymous(findings)
    return (recipient,) if recipient.reply_code or recipient.status else ()


# --- who ---------------------------------------------------------------------------------


def _named_reports(findings: Findings) -> list[dsn.Report]:
    """Return the reports, one per address; what one leaves out the other may say."""
    merged: dict[str, dsn.Report] = {}
    for number, given in enumerate(findings.reports.recipients):
        report = _consistent(given, findings.view)
        key = (report.address or f"#{number}").lower()
        merged[key] = _merged(merged[key], report) if key in merged else report
    named = [r for r in merged.values() if r.address]
    if named or not merged:
        return named
    reports = list(merged.values())
    told = _addresses_told(findings) if len(reports) == 1 else []
    return [replace(reports[0], address=told[0])] if told else reports


# A reply that accepts, as the value of Diagnostic-Code: "smtp; 250 OK".
_ACCEPTED = re.compile(r"(?:[\w-]{1,12};\s{0,3})?2[0-9]{2}\b")


def _consistent(report: dsn.Report, view: str) -> dsn.Report:
    """Return a report without the "2.0.0; 250 OK" that some give for a refused recipient."""
    if report.action != "failed" or not (report.status or "").startswith("2."):
        return report
    said = report.diagnostic
    accepted = said is None or _ACCEPTED.match(view, said.start, said.end)
    return replace(report, status=None, diagnostic=None if accepted else said)


def _merged(one: dsn.Report, other: dsn.Report) -> dsn.Report:
    return dsn.Report(
        address=one.address,
        action=one.action or other.action,
        status=one.status or other.status,
        diagnostic=one.diagnostic or other.diagnostic,
        remote_mta=one.remote_mta or other.remote_mta,
        will_retry_until=one.will_retry_until or other.will_retry_until,
    )


def _addresses_told(findings: Findings) -> list[str]:
    """Return whom the words name: a list's heads, the header, mentions, the returned mail."""
    failed = findings.draft.headers.get("x-failed-recipients", "")
    if failed and not any(m.head and m.rank == 0 for m in findings.mentions):
        return addressing.unique(
            m.address for m in addressing.find_addresses(failed[:20_000])
        )
    senders = _senders(findings)
    told = addressing.failed_addresses(findings.mentions, senders)
    if told:
        return told
    return addressing.sender_addresses(findings.mentions) or _returned_to(findings)


_FROM = ("from", "return-path", "sender", "差出人")
_TO = ("to", "x-original-to", "宛先")
_MAX_BLANKS = 8
_MAX_VALUE = 400


def _senders(findings: Findings) -> frozenset[str]:
    """Return who wrote or received the bounce or wrote the returned message."""
    headers = findings.draft.headers
    named = [headers.get(key, "")[:2_000] for key in ("to", "from", "reply-to", "cc")]
    written = [m.address for words in named for m in addressing.find_addresses(words)]
    return frozenset(a.lower() for a in written + _in_returned(findings, _FROM))


def _returned_to(findings: Findings) -> list[str]:
    """Return to whom the returned message was written."""
    return _in_returned(findings, _TO)[:1]


_MAX_RETURNED_HEADER = 16_000


def _in_returned(findings: Findings, labels: Iterable[str]) -> list[str]:
    """Return the first address behind each such label in a returned header."""
    addresses = []
    for region in findings.regions:
        if region.kind != "returned":
            continue
        end = min(region.span.end, region.span.start + _MAX_RETURNED_HEADER)
        header = "\n" + findings.view[region.span.start : end]
        for start in _find_values(charsets.lowered(header), labels):
            value = header[start : start + _MAX_VALUE]
            line = value.lstrip().partition("\n")[0]
            addresses += [m.address for m in addressing.find_addresses(line)[:1]]
    return addresses


def _find_values(lower: str, labels: Iterable[str]) -> list[int]:
    """Return where the values of these fields begin, also in lines that were run together."""
    starts: list[int] = []
    for label in labels:
        at = lower.find(label)
        while at >= 0:
            end = at + len(label)
            rest = lower[end : end + _MAX_BLANKS].lstrip(" \t")
            if rest[:1] == ":" and lower[at - 1].isspace():
                starts.append(lower.index(":", end) + 1)
            at = lower.find(label, end)
    return sorted(starts)


# --- with which codes, in which words ----------------------------------------------------


def _lone(findings: Findings, report: dsn.Report, portions: list[Span]) -> Recipient:
    """Read a lone recipient: all that is told is about it."""
    choice = _chosen(findings, report, findings.told)
    explained = report.diagnostic is not None or findings.mailer is not None
    around = _all_of(findings, portions, explained=explained)
    around += _reason_in_subject(findings)
    return _made(findings, report, around, choice, findings.told)


def _reason_in_subject(findings: Findings) -> list[Span]:
    """Return the words of a subject that names the reason, if it does."""
    for region in findings.regions:
        if region.kind == "header":
            start, end = region.span.start, region.span.end
            if "returned mail:" in findings.view[start:end].lower():
                found = layouts.SUBJECT_REASON.search(findings.view, start, end)
                if found:
                    return [Span(*found.span(1))]
    return []


def _one_of_many(
    findings: Findings, report: dsn.Report, portions: list[Span]
) -> Recipient:
    choice = _chosen(findings, report, portions)
    return _made(findings, report, portions, choice)


def _chosen(findings: Findings, report: dsn.Report, around: list[Span]) -> Choice:
    """Choose the codes: those of the report's own words, completed by the telling."""
    failed = report.action != "delayed"
    own = [report.diagnostic] if report.diagnostic else []
    choice = findings.codes.choose(own, failed=failed)
    if choice.reply and choice.status:
        return choice
    return choice.completed(findings.codes.choose(around, failed=failed))


_NOTHING = " \t\n>:)\"'."


def _all_of(findings: Findings, portions: list[Span], *, explained: bool) -> list[Span]:
    """Return what is told of a lone recipient: after its mention, then before it.

    Before it a well-known system has nothing but its opening words.
    """
    view = findings.view
    if not any(view[p.start : p.end].strip(_NOTHING) for p in portions):
        return portions + findings.told
    first = portions[0]
    later = [span for span in findings.told if span.start >= first.end]
    before = None if explained else _before(findings, first)
    return [first, *later, *([before] if before else [])]


_MAX_BEFORE = 600
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def _before(findings: Findings, portion: Span) -> Span | None:
    """Return the words before a lone recipient: some systems put the reason there.

    They are those of its own paragraph, or of one of the two before it.
    """
    view = findings.view
    span = next((s for s in findings.told if s.covers(portion)), portion)
    floor = max(span.start, portion.start - _MAX_BEFORE)
    gaps = [gap.end() for gap in _PARAGRAPH.finditer(view, floor, portion.start)]
    end = portion.start
    for start in reversed([floor, *gaps][-3:]):
        words = _trimmed(view, Span(start, end))
        if _says_more(words.of(view)):
            return words
        end = start
    return None


_MIN_WORDS = 15  # in code points; "The mail system" has as many


def _says_more(words: str) -> bool:
    """Tell whether words say anything but an address and a lead such as "failed:"."""
    rest = addressing.without_addresses(words).strip(" \t\n<>\"'():*-")
    return len(rest) > _MIN_WORDS and not words.rstrip(" <").endswith((":", "：", "-"))


def _made(
    findings: Findings,
    report: dsn.Report,
    portions: list[Span],
    choice: Choice,
    told: list[Span] | None = None,
) -> Recipient:
    """Put a recipient together; a command may also be named in what else is told."""
    view = findings.view
    diagnostics = _diagnostics(view, report, portions, choice)
    words = _joined(view, diagnostics)
    command = layouts.find_command(words)
    if told and not command:
        command = layouts.find_command(_joined(view, told))
    return Recipient(
        address=report.address,
        action=report.action,
        reply_code=choice.reply,
        status=_status(choice, report.status),
        diagnostics=diagnostics,
        remote_mta=report.remote_mta or _remote(words),
        command=command,
        will_retry_until=report.will_retry_until,
    )


def _joined(view: str, spans: Iterable[Span]) -> str:
    return "\n".join(span.of(view) for span in spans)


def _status(choice: Choice, reported: str | None) -> str | None:
    """Prefer the words' own status code to the report's, which is often generic.

    Neither a code that merely stands near the reply nor a generic one beats a specific
    report.
    """
    if choice.status and reported and not reported.endswith(".0.0"):
        beats = choice.paired or choice.reply is None
        says_more = not choice.status.endswith(".0.0")
        return choice.status if beats and says_more else reported
    return choice.status or reported


_REMOTE = re.compile(
    r"\bhost:?\s{1,20}([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)|while talking to ([A-Za-z0-9.-]+[A-Za-z0-9])"
)


def _remote(words: str) -> str | None:
    if "host" not in words and "talking" not in words:
        return None
    found = _REMOTE.search(words)
    return (found[1] or found[2]) if found else None


_MAX_DIAGNOSTIC = 2_000
_MAX_SPANS = 8
_SHORT = 120


# As qmail writes: "… no mailbox here by that name. (#5.1.1)".
_CODE_AT_END = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\)[ \t]*(?:\n|\Z)")


def _diagnostics(
    view: str, report: dsn.Report, portions: list[Span], choice: Choice
) -> tuple[Span, ...]:
    """Return the spans that say why: the report's words, the reply, then all around."""
    spans = [report.diagnostic] if report.diagnostic else []
    start = choice.start
    if start is not None:
        # Behind its own words, a code begins nothing.
        covered = spans + (portions if _CODE_AT_END.match(view, start) else [])
        if not any(span.start <= start < span.end for span in covered):
            spans.append(_reply_at(view, choice, portions))
    spans += [
        _trimmed(view, Span(p.start, min(p.end, p.start + _MAX_DIAGNOSTIC)))
        for p in portions[:_MAX_SPANS]
    ]
    kept: list[Span] = []
    for span in spans[:_MAX_SPANS]:
        known = any(other.covers(span) for other in kept)
        if not known and _has_words(span.of(view)):
            kept.append(span)
    return tuple(kept or [span for span in spans if len(span)][:1])


def _has_words(text: str) -> bool:
    """Tell whether a stretch says anything but an address and codes."""
    if len(text) < _SHORT and "@" in text:
        text = addressing.without_addresses(text)
    return len(text.strip(_NO_WORDS)) > 1


_NO_WORDS = " \t\n<>:;.()\"'-=0123456789"


_LINE_WITH_REPLY = re.compile(r"\n(?:<<< )?([245])[0-9]{2}[ -]")


def _reply_at(view: str, choice: Choice, portions: list[Span]) -> Span:
    """Return the reply's words: to the end of its paragraph, or to a reply of another class."""
    start = choice.start or 0
    limit = next((p.end for p in portions if p.start <= start < p.end), len(view))
    limit = min(limit, start + _MAX_DIAGNOSTIC)
    found = _PARAGRAPH.search(view, start, limit)
    limit = found.start() if found else limit
    for line in _LINE_WITH_REPLY.finditer(view, start, limit):
        if choice.reply and line[1] != choice.reply[0]:
            limit = line.start()
            break
    return _trimmed(view, Span(start, _closing(view, start, limit)))


_CLOSERS = {"'": "'", '"': '"', "[": "]", "(": ")"}


def _closing(view: str, start: int, end: int) -> int:
    """Return where the quotation ends that begins right before the start, if one does."""
    closer = _CLOSERS.get(view[start - 1 : start])
    at = view.find(closer, start, end) if closer else -1
    while closer and at >= 0 and view[at + 1 : at + 2].isalnum():
        at = view.find(closer, at + 1, end)
    return at if at > 0 else end


_OPENERS = {">": "<", ")": "("}
_MAX_LOOSE = 4  # each looks through the words once; a hostile paste ends in thousands


def _trimmed(view: str, span: Span) -> Span:
    """Return the span without blanks, and without marks that close nothing in it.

    A "<" at the end opens what comes next.
    """
    words = view[span.start : span.end]
    start = span.end - len(words.lstrip(" \t\n>:;)\"'*=-"))
    words = words.rstrip(" \t\n<")
    for _ in range(_MAX_LOOSE):
        if not _ends_loose(words):
            break
        words = words[:-1].rstrip(" \t\n<")
    return Span(start, max(start, span.start + len(words)))


def _ends_loose(words: str) -> bool:
    """Tell whether the words end in a mark that closes nothing in them."""
    closing = words[-1:]
    opening = _OPENERS.get(closing)
    if opening is None or words.endswith(("->", "=>")):
        return False
    depth = 0
    for sign in reversed(words):
        depth += (sign == closing) - (sign == opening)
        if depth == 0:
            return False
    return True

"""The fields of a delivery report (RFC 3464), wherever they stand in a text.

Sending services say the same in JSON with names of their own; those are read too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from errors.bounce.values import Action, Region, Span

_KEYS = {
    "final-recipient": "final",
    "original-recipient": "original",
    "x-actual-recipient": "actual",
    "recipient address": "final",
    "original address": "original",
    "action": "action",
    "status": "status",
    "reason": "reason",
    "diagnostic-code": "diagnostic",
    "diagnostic code": "diagnostic",
    "remote-mta": "remote",
    "remote system": "remote",
    "will-retry-until": "retry",
    "last-attempt-date": "attempt",
    "reporting-mta": "reporting",
    "generating server": "reporting",
    "生成サーバー": "reporting",
    "received-from-mta": "received",
    "arrival-date": "arrival",
    "feedback-type": "feedback",
    "original-rcpt-to": "complained",
    "removal-recipient": "complained",
    "disposition": "disposition",
}
# Letters have the cases of ASCII alone: "ſ" is no "s", as `_KEYS` has it.
_LABEL = re.compile(rf"(?<!\S)((?ai:{'|'.join(map(re.escape, _KEYS))}))[ \t]*:")
# Without one of these no report stands in the words of a narrative.
_SIGNS = (
    "-recipient",
    "recipient address",
    "original address",
    "diagnostic",
    "feedback-type",
    "-mta:",
    "generating server",
    "生成サーバー",
    "disposition:",
    "notificationtype",
    "emailaddress",
)
_JSON_KEYS = {
    "emailaddress": "final",
    "diagnosticcode": "diagnostic",
    "smtpresponse": "diagnostic",
    "recipients": "final",
    "action": "action",
    "status": "status",
    "reportingmta": "reporting",
    "notificationtype": "notification",
    "remotemtaip": "remote",
}
_JSON = re.compile(
    rf'"((?ai:{"|".join(_JSON_KEYS)}))\s?"\s*:\s*\[?\s*"((?:[^"\\]|\\.)*)"'
)
_JSON_SIGNS = ('"notificationType', '"emailAddress')
_OTHER_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+[ \t]*:")
_ADDRESS = re.compile(r'(?:"[^"\n]{1,64}"|[^\s<>;:()"]{1,128})@\[?[^\s<>;,()"]{1,255}')
_STATUS = re.compile(r"\b([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "failure": "failed",
    "fail": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "deliverable": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}
_MAX_VALUE = 4_000


class Field(NamedTuple):
    """One field: what it says, and where its value stands."""

    key: str
    value: str
    span: Span


@dataclass(slots=True)
class Report:
    """The fields of one recipient."""

    address: str | None = None
    action: Action | None = None
    status: str | None = None
    diagnostic: Span | None = None
    remote_mta: str | None = None
    will_retry_until: str | None = None


@dataclass(slots=True)
class Reports:
    """What the fields of a bounce say of the whole message and of each recipient."""

    recipients: list[Report] = field(default_factory=list)
    reporting_mta: str | None = None
    arrival_date: str | None = None
    feedback_type: str | None = None
    notification: str | None = None
    disposition: str | None = None  # what became of a mail that arrived (RFC 8098)
    spans: list[Span] = field(default_factory=list)  # where fields stand


def find_fields(
    text: str, start: int, end: int, *, by_line: bool = False
) -> Iterator[Field]:
    """Yield the known fields between two offsets, folded lines joined to their field.

    In a true report each begins a line; in a paste the lines may have been joined.
    """
    labels = (
        _labels_of_lines(text, start, end) if by_line else _labels(text, start, end)
    )
    limits = [begin for _, begin, _ in labels[1:]] + [end]
    for (key, _, after), limit in zip(labels, limits, strict=False):
        stop = _value_end(text, after, min(limit, after + _MAX_VALUE))
        raw = text[after:stop]
        value = raw.strip()
        begin = after + len(raw) - len(raw.lstrip())
        yield Field(key, value, Span(begin, begin + len(value)))


def _labels(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """Return the known labels: key, where the label begins, where its value may."""
    return [
        (_KEYS[found[1].lower()], found.start(), found.end())
        for found in _LABEL.finditer(text, start, end)
    ]


def _labels_of_lines(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    labels = []
    position = start
    for line in text[start:end].split("\n"):
        name, colon, _ = line[:_MAX_LABEL].partition(":")
        key = _KEYS.get(name.strip().lower()) if colon else None
        if key:
            labels.append((key, position, position + len(name) + 1))
        position += len(line) + 1
    return labels


_MAX_LABEL = 40


def _value_end(text: str, start: int, limit: int) -> int:
    """Return where a value ends: at a blank line or before another field."""
    position = text.find("\n", start, limit)
    while position >= 0:
        following = text.find("\n", position + 1, limit)
        line = text[position + 1 : following if following >= 0 else limit]
        if not line.strip() or _OTHER_FIELD.match(line) or line.startswith("--"):
            return position
        position = following
    return limit


def find_json_fields(text: str, start: int, end: int) -> Iterator[Field]:
    """Yield the fields of a notification in JSON."""
    for found in _JSON.finditer(text, start, end):
        value = found[2].replace('\\"', '"').replace("\\/", "/").strip()
        begin = found.start(2)
        yield Field(
            _JSON_KEYS[found[1].lower()], value, Span(begin, begin + len(value))
        )


def read_reports(text: str, regions: Iterable[Region]) -> Reports:
    """Read all the fields within the regions, a report per recipient."""
    reports = Reports()
    for region in regions:
        lower = text[region.span.start : region.span.end].lower()
        if not any(sign in lower for sign in _SIGNS):
            continue
        for group in _groups(text, region):
            _add(reports, group)
    return reports


def _groups(text: str, region: Region) -> Iterator[list[Field]]:
    """Yield fields that belong together: until a blank line, or a name said twice."""
    group: list[Field] = []
    seen: set[str] = set()
    for entry in _fields(text, region):
        if group and (
            entry.key in seen
            or (
                not seen.isdisjoint(_SAY_RECIPIENT)
                and _BLANK_LINE.search(text, group[-1].span.end, entry.span.start)
            )
        ):
            yield group
            group, seen = [], set()
        group.append(entry)
        seen.add(entry.key)
    if group:
        yield group


def _fields(text: str, region: Region) -> Iterator[Field]:
    span = region.span
    if any(text.find(sign, span.start, span.end) >= 0 for sign in _JSON_SIGNS):
        return find_json_fields(text, span.start, span.end)
    by_line = region.kind == "report" and "\n" in text[span.start : span.end]
    return find_fields(text, span.start, span.end, by_line=by_line)


_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_SAY_RECIPIENT = frozenset({"final", "original", "reporting"})


def _add(reports: Reports, group: list[Field]) -> None:
    by_key = {entry.key: entry for entry in reversed(group)}
    if "reporting" in by_key:
        reports.reporting_mta = reports.reporting_mta or mta_name(
            by_key["reporting"].value
        )
    if "arrival" in by_key:
        reports.arrival_date = reports.arrival_date or _unfold(by_key["arrival"].value)
    if "feedback" in by_key:
        reports.feedback_type = by_key["feedback"].value.lower()
    if "notification" in by_key:
        reports.notification = by_key["notification"].value.lower()
    if "disposition" in by_key:
        reports.disposition = by_key["disposition"].value.lower()
    if _is_report(by_key):
        reports.recipients.append(_report(by_key))
    reports.recipients += [
        Report(address=find_address(entry.value))
        for entry in group
        if entry.key == "complained"
    ]
    if _is_report(by_key) or "feedback" in by_key:
        reports.spans.append(Span(group[0].span.start, group[-1].span.end))


def _is_report(by_key: dict[str, Field]) -> bool:
    """Tell whether the fields speak of a recipient, not just happen to be labels in prose."""
    if by_key.keys() & {"final", "original"}:
        return True
    return "diagnostic" in by_key and bool(by_key.keys() & {"status", "action"})


def _report(by_key: dict[str, Field]) -> Report:
    status = by_key.get("status")
    code = _STATUS.search(status.value) if status else None
    retry = by_key.get("retry")
    return Report(
        address=_recipient(by_key),
        action=_action(by_key.get("action")),
        status=code[1] if code else None,
        diagnostic=_diagnostic(by_key),
        remote_mta=mta_name(by_key["remote"].value) if "remote" in by_key else None,
        will_retry_until=_unfold(retry.value) if retry else None,
    )


def _diagnostic(by_key: dict[str, Field]) -> Span | None:
    """Return the words that say why; a report without them may have a remark instead."""
    for key in ("diagnostic", "reason"):
        words = _words(by_key[key]) if key in by_key else None
        if words:
            return words
    status = by_key.get("status")
    remark = _REMARK.search(status.value) if status else None
    if status is None or remark is None:
        return None
    start = status.span.start
    return Span(start + remark.start(1), start + remark.end(1))


_REMARK = re.compile(r"\(([^()]{3,300})\)?")


def _recipient(by_key: dict[str, Field]) -> str | None:
    for key in ("final", "actual", "original"):
        address = find_address(by_key[key].value) if key in by_key else None
        if address:
            return address
    return None


def _action(entry: Field | None) -> Action | None:
    word = re.match(r"[a-z]+", entry.value.lower()) if entry else None
    return _ACTIONS.get(word[0]) if word else None


_TYPE = re.compile(r"[A-Za-z][\w-]{0,30};[ \t]*")


def _words(diagnostic: Field) -> Span | None:
    """Return the span of the words after the type: "smtp; 550 …" → "550 …"."""
    kind = _TYPE.match(diagnostic.value)
    start = diagnostic.span.start
    if kind and len(diagnostic.value) == len(diagnostic.span):
        start += kind.end()
    while (
        start < diagnostic.span.end
        and diagnostic.value[start - diagnostic.span.start :][:1].isspace()
    ):
        start += 1
    return Span(start, diagnostic.span.end) if start < diagnostic.span.end else None


def find_address(value: str) -> str | None:
    """Return the address in a field's value: "rfc822; <a@example.jp>" → "a@example.jp"."""
    found = _ADDRESS.search(_unfold(value))
    return found[0].strip("'.,") if found else None


def mta_name(value: str) -> str | None:
    """Return the host in "dns; mx.example.jp (192.0.2.1)"."""
    name = _unfold(value)
    name = _TYPE.sub("", name, count=1).strip()
    return name.split(" ")[0].strip("<>;,") or None


def _unfold(value: str) -> str:
    return " ".join(value.split())

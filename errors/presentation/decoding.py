"""What each code, host, address, time and size of a bounce means, in plain words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _, gettext_noop, pgettext

from errors.bounce import smtp
from errors.bounce.values import Bounce, Explanation, Highlight, Recipient
from errors.presentation.timeline import aware
from errors.presentation.values import Decoded
from errors.wording import say_date, say_duration, say_size

DECODED_MAX = 60
_ADDRESSES = {  # by what became of the mail to them
    "failed": gettext_noop("The recipient that the mail did not reach"),
    "delayed": gettext_noop("The recipient that the mail has not reached yet"),
    "delivered": gettext_noop("The recipient that the mail reached"),
    "relayed": gettext_noop(
        "The recipient; the mail was passed on to a server without receipts"
    ),
    "expanded": gettext_noop("A mailing list; the mail was passed on to its members"),
}


def decode(explanation: Explanation) -> tuple[Decoded, ...]:
    """Explain each marked thing once, in the order of the text, then the codes read."""
    rows: dict[tuple[str, str], Decoded] = {}
    for role, text in _things(explanation):
        key = key_of(role, text)
        if key in rows or len(rows) >= DECODED_MAX:
            continue
        if row := _row(f"k{len(rows) + 1}", role, text, explanation.bounce):
            rows[key] = row
    return tuple(rows.values())


def decode_codes(reply_code: str, status: str) -> tuple[Decoded, ...]:
    """Explain the codes that stand for an entry."""
    things = (("reply-code", reply_code), ("status-code", status))
    rows = (_row(role, role, text, Bounce("")) for role, text in things if text)
    return tuple(row for row in rows if row)


def key_of(role: str, text: str) -> tuple[str, str]:
    """Say which marks mean the same thing: names whatever their case, times to the minute."""
    return role, _time(text) if role == "time" else text.strip("<>").casefold()


def _things(explanation: Explanation) -> Iterator[tuple[str, str]]:
    text = explanation.bounce.text
    for mark in explanation.highlights:
        if mark.role != "cause":
            yield mark.role, mark.span.of(text)
    for verdict in explanation.verdicts:
        yield "reply-code", verdict.recipient.reply_code or ""
        yield "status-code", verdict.recipient.status or ""


def _row(anchor: str, role: str, text: str, bounce: Bounce) -> Decoded | None:
    label, source = "", ""
    meanings: tuple[str, ...] = ()
    match role:
        case "reply-code":
            label, meanings, source = _reply_code(text)
        case "status-code":
            label, meanings, source = _status_code(text)
        case "recipient":
            label, meanings = _("Address"), (_address(text.strip("<>"), bounce),)
        case "host":
            label, meanings = _("Server"), (_host(text, bounce),)
        case "time":
            label = pgettext("when, or how long", "Time")
            meanings = (_time(text),)
        case "size":
            label, meanings = _("Size"), (say_size(text),)
    shown = tuple(meaning for meaning in meanings if meaning and meaning != text)
    if not (text and shown):
        return None
    moment = aware(text) if role == "time" else None
    iso = moment.isoformat() if moment else ""
    return Decoded(anchor, role, label, text, shown, source, iso)


def _reply_code(code: str) -> tuple[str, tuple[str, ...], str]:
    label = _("Reply code")
    known = smtp.REPLY_CODES.get(code)
    head = smtp.STATUS_CLASSES.get(code[:1])
    meanings = (_(known.meaning) if known else "", _(head) if head else "")
    return label, meanings, known.rfc if known else "RFC 5321"


def _status_code(code: str) -> tuple[str, tuple[str, ...], str]:
    head, subject, known = smtp.describe_status(code)
    detail = known.meaning if known else subject
    meanings = tuple(_(meaning) for meaning in (detail, head) if meaning)
    return _("Status code"), meanings, known.rfc if known else "RFC 3463"


def _address(text: str, bounce: Bounce) -> str:
    action = next(
        (
            recipient.action or "failed"
            for recipient in bounce.recipients
            if (recipient.address or "").casefold() == text.casefold()
        ),
        None,
    )
    return _(_ADDRESSES.get(action or "", gettext_noop("An address named in the text")))


def _host(text: str, bounce: Bounce) -> str:
    name = text.casefold().rstrip(".")
    if name == (bounce.reporting_mta or "").casefold():
        return _("The server that wrote this notice")
    if any(name == (at.remote_mta or "").casefold() for at in bounce.recipients):
        return _("The recipient's mail server, which answered")
    if any(name == _domain(at) for at in bounce.recipients):
        return _("The recipient's domain, the part right of the @")
    return _("A mail server or domain named in the text")


def _domain(recipient: Recipient) -> str:
    return (recipient.address or "").rpartition("@")[2].casefold()


def _time(text: str) -> str:
    said = say_date(text)
    return said if said != text else say_duration(text)


def anchors(decoded: tuple[Decoded, ...]) -> dict[tuple[str, str], Decoded]:
    """Tell for each mark which row explains it."""
    return {key_of(row.kind, row.text): row for row in decoded}


def row_of(
    mark: Highlight, text: str, rows: dict[tuple[str, str], Decoded]
) -> Decoded | None:
    """Return the row that explains a mark."""
    return rows.get(key_of(mark.role, mark.span.of(text)))

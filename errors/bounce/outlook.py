"""Outlook's .msg files → the letter they hold."""

import io
from collections.abc import Iterator

from oxmsg import Message

from errors.bounce import charsets, mime
from errors.bounce.hypertext import html_text

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REPORT_TEXT = 0x1001  # PidTagReportText: what an NDR shows instead of a body
_SUPPLEMENTARY = 0x0C1B  # PidTagSupplementaryInfo: the far server's words


def is_outlook(data: bytes) -> bool:
    """Tell whether the bytes are an Outlook message (.msg)."""
    return data.startswith(_MAGIC)


def read_outlook(data: bytes) -> mime.Letter:
    """Read an Outlook message; one that cannot be read is a letter with a note."""
    try:
        message = Message.load(io.BytesIO(data))
        return mime.Letter(_headers(message), tuple(_pieces(message)))
    except Exception:  # a broken file breaks the library anywhere
        return mime.Letter({}, (), notes=("outlook-unreadable",))


def _headers(message: Message) -> dict[str, str]:
    headers = {
        name.lower(): mime.decode_words(" ".join(str(value).split()))
        for name, value in message.message_headers.items()
    }
    headers.setdefault("subject", message.subject)
    headers.setdefault("from", message.sender or "")
    return headers


def _pieces(message: Message) -> Iterator[mime.Piece]:
    body = message.body or message.properties.str_prop_value(_REPORT_TEXT) or ""
    if not body.strip() and message.html_body:
        body = html_text(charsets.normalise(message.html_body))
    yield mime.Piece("narrative", charsets.normalise(body))
    for recipient in message.recipients:
        words = recipient.properties.str_prop_value(_SUPPLEMENTARY)
        if words:
            line = f"<{recipient.email_address}>: {words}"
            yield mime.Piece("narrative", charsets.normalise(line))
    for attachment in message.attachments:
        kind, data = attachment.mime_type or "", attachment.file_bytes
        if kind in mime.REPORT_TYPES and data:
            yield mime.Piece("report", charsets.normalise(charsets.decode(data)))

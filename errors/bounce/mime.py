"""Mail source → pieces of text by what they are (RFC 2045–2049, 5322; Outlook's .msg)."""

import binascii
import email
import html
import io
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal

from oxmsg import Message as OutlookMessage
from selectolax.lexbor import LexborHTMLParser

from errors.bounce import charsets

PieceKind = Literal["narrative", "report", "returned"]

MAX_NESTING = 40  # nested parts; every level makes each line dearer to parse
MAX_PARTS = 200
MAX_MARKUP = 100_000  # Lexbor is quadratic in nested blocks
MAX_RETURNED = 32_768
_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RETURNED_TYPES = frozenset(
    (
        "message/rfc822",
        "message/partial",
        "message/global",
        "message/global-headers",
        "text/rfc822-headers",
        "text/rfc822-header",
        "text/rfc822",
    )
)
_REPORT_TYPES = frozenset(
    (
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
    )
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail as text."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A parsed mail: its first header fields by lower-case name, and its pieces."""

    headers: dict[str, str]
    pieces: tuple[Piece, ...]
    report_type: str = ""
    notes: tuple[str, ...] = ()
    inner: tuple["Letter", ...] = field(default=())

    @property
    def has_report(self) -> bool:
        """Tell whether it brings the fields of a delivery report (RFC 3464)."""
        return any(piece.kind == "report" for piece in self.pieces)


# --- is it a source? -------------------------------------------------------------------

_FIELD = re.compile(r"[!-9;-~]{1,76}[ \t]*:")
# Fields that a mail program does not show: with one of them it is the source.
_SOURCE_FIELDS = frozenset(
    (
        "received",
        "return-path",
        "delivered-to",
        "message-id",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "dkim-signature",
        "arc-seal",
        "authentication-results",
        "auto-submitted",
        "x-failed-recipients",
        "envelope-to",
        "x-original-to",
    )
)
_MAX_HEADER_LINES = 2_000


def is_source(text: str) -> bool:
    """Tell whether the text begins with a header block that only a mail's source has."""
    source, fields = False, 0
    for number, line in enumerate(_lines(text)):
        if number > _MAX_HEADER_LINES or not line.strip():
            break
        if line[0] in " \t" or (number == 0 and line.startswith("From ")):
            continue
        if not _FIELD.match(line):
            return source and fields > 3
        fields += 1
        source = source or line.partition(":")[0].strip().lower() in _SOURCE_FIELDS
    return source


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


_BARE_MULTIPART = re.compile(r"\s*--([^\s].{0,68}[^\s-])\s*\n(?i:content-[a-z-]+:)")


def as_source(text: str) -> bytes | None:
    """Return the bytes of a pasted source, or None when it is something else."""
    text = text.lstrip("\ufeff \t\r\n")
    bare = _BARE_MULTIPART.match(text)
    if bare:
        text = f'Content-Type: multipart/mixed; boundary="{bare[1]}"\n\n{text}'
    elif not is_source(text):
        return None
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


# --- parsing ---------------------------------------------------------------------------

_NESTED = re.compile(
    rb"\n[ \t]*content-type:\s*(?:multipart/|message/rfc822)", re.IGNORECASE
)
# The parser's look for parameters is quadratic in the length of this field.
_LONG_TYPE = re.compile(
    rb"^content-type:(?:[^\n]|\n[ \t]){8192}", re.IGNORECASE | re.MULTILINE
)


def read_letter(source: bytes) -> Letter:
    """Parse the source of a mail, up to the limits."""
    notes: list[str] = []
    for count, match in enumerate(_NESTED.finditer(source)):
        if count >= MAX_NESTING:
            source = source[: match.start()]
            notes.append("nesting-cut")
            break
    if _LONG_TYPE.search(source):
        source = _LONG_TYPE.sub(b"Content-Type: text/plain\n\n", source)
        notes.append("header-cut")
    return _Reader(notes).letter(email.message_from_bytes(source))


_ANY_BOUNDARY = re.compile(
    rb"(?:^|\n)--([^\s\"]{4,70})[ \t]*\r?\n(?i:content-[a-z-]+:)"
)


class _Reader:
    """Walks a parsed mail once, with one budget of parts for all of it."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes
        self.parts = 0
        self.returned = 0

    def letter(self, message: Message) -> Letter:
        pieces: list[Piece] = []
        inner: list[Message] = []
        self.walk(message, pieces, inner)
        return Letter(
            headers=headers_of(message),
            pieces=tuple(piece for piece in pieces if piece.text.strip()),
            report_type=str(message.get_param("report-type") or "").lower(),
            notes=tuple(dict.fromkeys(self.notes)),
            inner=tuple(self.letter(child) for child in inner[:1]),
        )

    def walk(self, part: Message, pieces: list[Piece], inner: list[Message]) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            self.notes.append("parts-cut")
            return
        kind = part.get_content_type()
        if kind in _REPORT_TYPES:
            pieces.append(Piece("report", report_text(part)))
        elif kind in _RETURNED_TYPES:
            self.returned_part(part, pieces, inner)
        elif kind == "multipart/alternative" and part.is_multipart():
            self.alternative(part, pieces, inner)
        elif part.is_multipart():
            for child in _children(part):
                if self.parts > MAX_PARTS:
                    break
                self.walk(child, pieces, inner)
        elif kind.startswith("multipart/"):
            self.broken_multipart(part, pieces, inner)
        elif kind.startswith("text/"):
            pieces.append(Piece("narrative", text_of(part)))

    def broken_multipart(
        self, part: Message, pieces: list[Piece], inner: list[Message]
    ) -> None:
        """Read parts whose boundary is not the declared one: take the one they have."""
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            return
        found = _ANY_BOUNDARY.search(payload)
        if not found or self.parts > 1:
            pieces.append(Piece("narrative", text_of(part)))
            return
        head = b'Content-Type: multipart/mixed; boundary="' + found[1] + b'"\n\n'
        self.walk(email.message_from_bytes(head + payload), pieces, inner)

    def alternative(
        self, part: Message, pieces: list[Piece], inner: list[Message]
    ) -> None:
        """Take the plain alternative if it says anything, else the last one."""
        children = _children(part)
        plain = [c for c in children if c.get_content_type() == "text/plain"]
        for child in plain:
            text = text_of(child)
            if text.strip():
                pieces.append(Piece("narrative", text))
                return
        for child in [c for c in children if c not in plain][-1:]:
            self.walk(child, pieces, inner)

    def returned_part(
        self, part: Message, pieces: list[Piece], inner: list[Message]
    ) -> None:
        if not part.is_multipart():
            self.add_returned(text_of(part), pieces)
            return
        for child in _children(part)[:1]:
            inner.append(child)
            self.add_returned(header_text(child) + "\n\n" + body_text(child), pieces)

    def add_returned(self, text: str, pieces: list[Piece]) -> None:
        room = MAX_RETURNED - self.returned
        if len(text) > room:
            self.notes.append("returned-cut")
            text = text[: max(0, room)]
        self.returned += len(text)
        pieces.append(Piece("returned", text))


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return (
        [c for c in payload if isinstance(c, Message)]
        if isinstance(payload, list)
        else []
    )


def text_of(part: Message) -> str:
    """Return a leaf part as text; HTML as what it shows."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = charsets.normalise(charsets.decode(payload, _charset(part)))
    if part.get_content_type() == "text/html":
        return html_text(text)
    return text


def _charset(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""


def body_text(message: Message) -> str:
    """Return the first readable text of a returned message."""
    for _ in range(MAX_NESTING):
        if not message.is_multipart():
            break
        children = _children(message)
        if not children:
            return ""
        message = children[0]
    return text_of(message) if message.get_content_maintype() == "text" else ""


def report_text(part: Message) -> str:
    """Return the fields of a report as written, a blank line between groups."""
    payload = part.get_payload()
    if isinstance(payload, str):
        data = part.get_payload(decode=True)
        return (
            charsets.normalise(charsets.decode(data)) if isinstance(data, bytes) else ""
        )
    groups = [group for child in _children(part) if (group := _group_text(child))]
    text = "\n\n".join(groups)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if (
        encoding in ("base64", "quoted-printable")
        and ":" not in text.partition("\n")[0]
    ):
        return unarmoured(text)
    return text


def _group_text(group: Message) -> str:
    fields = _raw_fields(group)
    rest = group.get_payload()
    if isinstance(rest, str) and rest.strip():
        fields += "\n" + charsets.normalise(_text8(rest))
    return fields.strip("\n")


def header_text(message: Message) -> str:
    """Return the header fields as written, encoded words decoded."""
    return decode_words(_raw_fields(message))


def _raw_fields(message: Message) -> str:
    lines = "\n".join(f"{name}: {value}" for name, value in message.raw_items())
    return charsets.normalise(_text8(lines))


def headers_of(message: Message) -> dict[str, str]:
    """Return the first value of each header field, decoded and unfolded."""
    values: dict[str, str] = {}
    for name, value in message.raw_items():
        key = name.lower()
        if key not in values and key != "received":
            text = charsets.normalise(_text8(str(value)))
            values[key] = decode_words(_FOLD.sub(" ", text)).strip()
    return values


_FOLD = re.compile(r"[ \t]*\n[ \t]*")


def _text8(value: str) -> str:
    """Return header text whose 8-bit bytes the parser kept as surrogates, decoded."""
    if value.isascii():
        return value if "\x1b" not in value else charsets.decode(value.encode("ascii"))
    try:
        return charsets.decode(value.encode("ascii", "surrogateescape"))
    except UnicodeEncodeError:
        return value


_WORD = re.compile(
    r"=\?([\w.+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\n]{0,1000})\?="
)
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")


def decode_words(text: str) -> str:
    """Decode encoded words (RFC 2047), joined where a character is split over two."""
    if "=?" not in text:
        return text
    out: list[str] = []
    position, data, charset = 0, b"", ""
    text = _BETWEEN_WORDS.sub(r"\1", text)
    for word in _WORD.finditer(text):
        gap = text[position : word.start()]
        if gap or word[1].lower() != charset:
            out += (charsets.decode(data, charset), gap)
            data, charset = b"", word[1].lower()
        data += _word_bytes(word[2], word[3])
        position = word.end()
    out += (charsets.decode(data, charset), text[position:])
    return charsets.normalise("".join(out))


def _word_bytes(encoding: str, body: str) -> bytes:
    raw = body.encode("utf-8")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b"=20"))
    try:
        return binascii.a2b_base64(raw + b"==")
    except binascii.Error:
        return raw


# --- HTML ------------------------------------------------------------------------------

_BLOCK_TAG = re.compile(
    r"<(?=/?(?:br|p|div|tr|li|ul|ol|h[1-6]|table|pre|blockquote|hr|dt|dd|td|th)\b)",
    re.IGNORECASE,
)
_CELL_TAG = re.compile(r"</?t[dh]\b", re.IGNORECASE)
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.IGNORECASE | re.DOTALL)
_BLANKS = re.compile(r"[ \t\n\u00a0]+")
_TAG = re.compile(r"<(?:!--.*?--|/?[a-zA-Z!][^<>]{0,4000})>", re.DOTALL)
_HIDDEN = re.compile(
    r"<(script|style|head|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)
# "<a@example.jp>" in careless markup is an address, not a tag.
_ADDRESS_TAG = re.compile(r"<([^\s<>@/]{1,64}@[^\s<>@]{1,255})>")
_NEWLINE = "\ue000"  # stands for a line break while blanks are folded
_HTML_SIGN = re.compile(
    r"<(?:!doctype html|html|head|body|div|p|br|table|span|font|pre|style|meta)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)


def is_html(text: str) -> bool:
    """Tell whether the text is HTML copied as source."""
    head = text.lstrip()[:20].lower()
    if head.startswith(("<html", "<!doctype html", "<body", "<head", "<div", "<table")):
        return True
    if head[:1] != "<":
        return False
    found = _HTML_SIGN.findall(text[:20_000])
    return len(found) >= 3


def html_text(markup: str) -> str:
    """Return what a browser would show of the markup, a line per block."""
    markup = _ADDRESS_TAG.sub(r"&lt;\1&gt;", markup)
    if len(markup) > MAX_MARKUP or markup.count("<div") > 400:
        return _tidy(
            html.unescape(_TAG.sub("\n", _HIDDEN.sub(" ", markup[: 4 * MAX_MARKUP])))
        )
    pieces = _PRE.split(markup.replace(_NEWLINE, " "))
    pieces[::2] = [_BLANKS.sub(" ", piece) for piece in pieces[::2]]
    pieces[1::2] = [piece.replace("\n", _NEWLINE) for piece in pieces[1::2]]
    tree = LexborHTMLParser(_BLOCK_TAG.sub(_NEWLINE + "<", "".join(pieces)))
    tree.strip_tags(["script", "style", "head", "title", "noscript"])
    body = tree.body
    return _tidy((body.text() if body else "").replace(_NEWLINE, "\n"))


_GAPS = re.compile(r"[ \t]*\n[ \t]*")
_GAPS_MANY = re.compile(r"\n{3,}")


def _tidy(text: str) -> str:
    text = charsets.normalise(text.replace("\u00a0", " "))
    return _GAPS_MANY.sub("\n\n", _GAPS.sub("\n", text)).strip()


# --- pasted without the headers that say how -------------------------------------------

_BASE64_LINE = re.compile(
    r"(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{60,}\s+)*[A-Za-z0-9+/\s]{16,}={0,2}\s*")
_QUOTED = re.compile(r"=(?:[89A-F][0-9A-F]|3D|20|09)")
_SOFT_BREAK = re.compile(r"=[ \t]*$", re.MULTILINE)


def unarmoured(text: str) -> str:
    """Decode a text that is base64 or quoted-printable without saying so."""
    if len(_QUOTED.findall(text)) >= 2 and (
        _SOFT_BREAK.search(text) or "=3D" in text or _high_quoted(text)
    ):
        data = quopri.decodestring(text.encode("utf-8", "replace"))
        return charsets.normalise(charsets.decode(data))
    stripped = text.strip()
    if len(stripped) >= 40 and _BASE64.fullmatch(stripped):
        decoded = _from_base64(stripped)
        return decoded or text
    return text


def _high_quoted(text: str) -> bool:
    return bool(re.search(r"(?:=[89A-F][0-9A-F]){3}", text))


def _from_base64(text: str) -> str:
    try:
        data = binascii.a2b_base64("".join(text.split()) + "==")
    except binascii.Error:
        return ""
    decoded = charsets.normalise(charsets.decode(data))
    strange = sum(ch < " " and ch not in "\n\t" or ch == "\ufffd" for ch in decoded)
    return decoded if decoded and strange * 50 < len(decoded) else ""


# --- Outlook ---------------------------------------------------------------------------


def is_outlook(data: bytes) -> bool:
    """Tell whether the bytes are an Outlook message (.msg)."""
    return data.startswith(_OUTLOOK)


_REPORT_TEXT = 0x1001  # PidTagReportText: what an NDR shows instead of a body
_SUPPLEMENTARY = (
    0x0C1B  # PidTagSupplementaryInfo: the far server's words, per recipient
)


def read_outlook(data: bytes) -> Letter:
    """Read an Outlook message; one that cannot be read is a letter with a note."""
    try:
        message = OutlookMessage.load(io.BytesIO(data))
        headers = {
            name.lower(): decode_words(_FOLD.sub(" ", str(value)))
            for name, value in reversed(message.message_headers.items())
        }
        headers.setdefault("subject", message.subject)
        headers.setdefault("from", message.sender or "")
        return Letter(headers, tuple(_outlook_pieces(message)))
    except Exception:  # noqa: BLE001 - a broken file breaks the library anywhere
        return Letter({}, (), notes=("outlook-unreadable",))


def _outlook_pieces(message: OutlookMessage) -> Iterator[Piece]:
    body = message.body or message.properties.str_prop_value(_REPORT_TEXT) or ""
    if not body.strip() and message.html_body:
        body = html_text(charsets.normalise(message.html_body))
    yield Piece("narrative", charsets.normalise(body))
    for recipient in message.recipients:
        words = recipient.properties.str_prop_value(_SUPPLEMENTARY)
        if words:
            yield Piece(
                "narrative", charsets.normalise(f"<{recipient.email_address}>: {words}")
            )
    for attachment in message.attachments:
        kind, data = attachment.mime_type or "", attachment.file_bytes
        if kind in _REPORT_TYPES and data:
            yield Piece("report", charsets.normalise(charsets.decode(data)))

"""A mail's source → pieces of text by what they are (RFC 2045–2049, 5322)."""

import binascii
import email
import quopri
import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from errors.bounce import charsets
from errors.bounce.hypertext import html_text

PieceKind = Literal["narrative", "report", "returned"]

MAX_NESTING = 40  # nested parts: every level makes each line dearer to parse
MAX_PARTS = 200
MAX_RETURNED = 32_768
RETURNED_TYPES = frozenset(
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
REPORT_TYPES = frozenset(
    (
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
    )
)
# The fields of the bounce's own header that anything is made of.
_WANTED = frozenset(
    (
        "from",
        "to",
        "cc",
        "reply-to",
        "subject",
        "date",
        "return-path",
        "auto-submitted",
        "x-failed-recipients",
        "x-autoreply",
    )
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail as text."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A parsed mail: its telling header fields by lower-case name, and its pieces."""

    headers: dict[str, str]
    pieces: tuple[Piece, ...]
    report_type: str = ""
    notes: tuple[str, ...] = ()
    enclosed: bytes = b""  # the source of the first message it encloses

    @property
    def has_report(self) -> bool:
        """Tell whether it brings the fields of a delivery report (RFC 3464)."""
        return any(piece.kind == "report" for piece in self.pieces)


# A message within a message is not parsed but kept as text: it is shown, never read.
_MESSAGE_TYPE = re.compile(
    rb"(\n[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Tt][Yy][Pp][Ee]:[ \t]*(?:\r?\n[ \t]+)?)[Mm][Ee][Ss]{2}[Aa][Gg][Ee]/"
)
_NESTED = re.compile(rb"\n[ \t]*content-type:\s*multipart/", re.IGNORECASE)
# The parser's look for parameters is quadratic in the length of this field.
_LONG_TYPE = re.compile(
    rb"^content-type:(?:[^\n]|\n[ \t]){8192}", re.IGNORECASE | re.MULTILINE
)
_KEPT = "text/x-message-"


def read_letter(source: bytes) -> Letter:
    """Parse the source of a mail, up to the limits."""
    notes: list[str] = []
    if source.count(b"ultipart/") > MAX_NESTING:
        source = _cut_nesting(source, notes)
    if len(source) > 8_192 and _LONG_TYPE.search(source):
        source = _LONG_TYPE.sub(b"Content-Type: text/plain\n\n", source)
        notes.append("header-cut")
    source = _MESSAGE_TYPE.sub(rb"\1text/x-message-", b"\n" + source)[1:]
    return _Walk(notes).letter(email.message_from_bytes(source))


def _cut_nesting(source: bytes, notes: list[str]) -> bytes:
    for count, match in enumerate(_NESTED.finditer(source)):
        if count >= MAX_NESTING:
            notes.append("nesting-cut")
            return source[: match.start()]
    return source


class _Walk:
    """Goes through a parsed mail once, with one budget of parts for all of it."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes
        self.pieces: list[Piece] = []
        self.enclosed = ""
        self.parts = 0
        self.returned = 0

    def letter(self, message: Message) -> Letter:
        fields = fields_of(message)
        self.part(message, fields)
        parameters = fields.get("content-type", "")
        found = _REPORT_TYPE.search(parameters)
        return Letter(
            headers={name: _shown(fields[name]) for name in _WANTED & fields.keys()},
            pieces=tuple(piece for piece in self.pieces if piece.text.strip()),
            report_type=found[1].lower() if found else "",
            notes=tuple(dict.fromkeys(self.notes)),
            enclosed=self.enclosed.encode("ascii", "surrogateescape"),
        )

    def part(self, part: Message, fields: dict[str, str]) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            self.notes.append("parts-cut")
            return
        kind = kind_of(fields)
        if kind in REPORT_TYPES:
            self.add("report", leaf_text(part, fields))
        elif kind in RETURNED_TYPES:
            self.add_returned(part, fields)
        elif part.is_multipart():
            self.parts_of(part, alternatives=kind == "multipart/alternative")
        elif kind.startswith("multipart/"):
            self.broken_multipart(part, fields)
        elif kind == "text/html":
            self.add("narrative", html_text(leaf_text(part, fields)))
        elif kind.startswith("text/"):
            self.add("narrative", leaf_text(part, fields))

    def parts_of(self, part: Message, *, alternatives: bool) -> None:
        children = [(child, fields_of(child)) for child in children_of(part)]
        if alternatives:
            children = _chosen(children)
        for child, fields in children:
            if self.parts > MAX_PARTS:
                break
            self.part(child, fields)

    def broken_multipart(self, part: Message, fields: dict[str, str]) -> None:
        """Read parts whose boundary is not the declared one: take the one they have."""
        payload = str(part.get_payload())
        found = _ANY_BOUNDARY.search(payload) if self.parts == 1 else None
        if not found:
            self.add("narrative", leaf_text(part, fields))
            return
        head = f'Content-Type: multipart/mixed; boundary="{found[1]}"\n\n'
        again = email.message_from_string(head + payload)
        self.part(again, fields_of(again))

    def add(self, kind: PieceKind, text: str) -> None:
        self.pieces.append(Piece(kind, text))

    def add_returned(self, part: Message, fields: dict[str, str]) -> None:
        raw = str(part.get_payload())
        if not _encoded(fields):
            self.enclosed = self.enclosed or raw
        text = returned_text(raw) if not _encoded(fields) else leaf_text(part, fields)
        room = MAX_RETURNED - self.returned
        if len(text) > room:
            self.notes.append("returned-cut")
            text = text[: max(0, room)]
        self.returned += len(text)
        self.add("returned", text)


_ANY_BOUNDARY = re.compile(r"(?:^|\n)--([^\s\"]{4,70})[ \t]*\r?\n(?i:content-[a-z-]+:)")
_REPORT_TYPE = re.compile(r"report-type[ \t]*=[ \t]*\"?([\w-]+)", re.IGNORECASE)


def _chosen(
    children: list[tuple[Message, dict[str, str]]],
) -> list[tuple[Message, dict[str, str]]]:
    """Take the plain alternative if it says anything, else the last one."""
    for child, fields in children:
        if kind_of(fields) == "text/plain" and leaf_text(child, fields).strip():
            return [(child, fields)]
    return children[-1:]


def children_of(part: Message) -> list[Message]:
    payload = part.get_payload()
    return payload if isinstance(payload, list) else []  # type: ignore[return-value]


def fields_of(part: Message) -> dict[str, str]:
    """Return the first value of each header field, as the parser kept it."""
    fields: dict[str, str] = {}
    for name, value in part.raw_items():
        fields.setdefault(name.lower(), value)
    return fields


def kind_of(fields: dict[str, str]) -> str:
    kind = fields.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if kind.startswith(_KEPT):
        return "message/" + kind[len(_KEPT) :]
    return kind if "/" in kind else "text/plain"


def _encoded(fields: dict[str, str]) -> bool:
    encoding = fields.get("content-transfer-encoding", "").strip().lower()
    return encoding.startswith(("base64", "quoted-printable", "x-uu", "uu"))


_CHARSET = re.compile(r"charset\*?[ \t]*=[ \t]*\"?'?([\w.:+-]+)", re.IGNORECASE)


def leaf_text(part: Message, fields: dict[str, str]) -> str:
    """Return a part that has no parts of its own as text."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return ""
    found = _CHARSET.search(fields.get("content-type", ""))
    charset = found[1] if found else ""
    if _encoded(fields):
        data = part.get_payload(decode=True)
        text = charsets.decode(data, charset) if isinstance(data, bytes) else ""
    else:
        text = _text8(payload, charset)
    if _KEPT in text:
        text = text.replace(_KEPT, "message/")
    return charsets.normalise(text)


def returned_text(raw: str) -> str:
    """Return a returned message as text: its header, then its first readable part."""
    head, gap, body = raw.replace("\r\n", "\n").partition("\n\n")
    if _ARMOURED.search(head):
        message = email.message_from_string(raw)
        body = first_text(message)
    else:
        found = _CHARSET.search(head)
        body = _text8(body, found[1] if found else "")
    shown = decode_words(_text8(head)).replace(_KEPT, "message/")
    return charsets.normalise(shown + gap + body)


_ARMOURED = re.compile(
    r"^content-(?:transfer-encoding:[ \t]*(?:base64|quoted)|type:\s*(?:multipart|text/html))",
    re.IGNORECASE | re.MULTILINE,
)


def first_text(message: Message) -> str:
    """Return the first readable text of a message."""
    for _ in range(MAX_NESTING):
        children = children_of(message)
        if not children:
            break
        message = children[0]
    fields = fields_of(message)
    kind = kind_of(fields)
    text = leaf_text(message, fields) if kind.startswith("text/") else ""
    return html_text(text) if kind == "text/html" else text


_FOLD = re.compile(r"[ \t]*\r?\n[ \t]*")


def _shown(value: str) -> str:
    """Return a header field's value unfolded and decoded."""
    if "\n" in value:
        value = _FOLD.sub(" ", value)
    return decode_words(charsets.normalise(_text8(value))).strip()


def _text8(value: str, charset: str = "") -> str:
    """Return text whose 8-bit bytes the parser kept as surrogates, decoded."""
    if value.isascii() and "\x1b" not in value and charset.lower() != "utf-7":
        return value
    try:
        return charsets.decode(value.encode("ascii", "surrogateescape"), charset)
    except UnicodeEncodeError:
        return value


_WORD = re.compile(
    r"=\?([\w.+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\n]{0,1000})\?="
)
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s{1,20}(?==\?)")


def decode_words(text: str) -> str:
    """Decode encoded words (RFC 2047), joined where a character is split over two."""
    if "=?" not in text:
        return text
    out: list[str] = []
    position, data, charset = 0, b"", ""
    text = _BETWEEN_WORDS.sub("", text)
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
    raw = body.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b"=20"))
    try:
        return binascii.a2b_base64(raw + b"==")
    except binascii.Error:
        return raw

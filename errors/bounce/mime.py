"""A mail's source → pieces of text by what they are (RFC 2045–2049, 5322).

Splitting is our own: the standard library's parser takes time by nesting times length,
parses the returned message too, and alone costs more than all the reading below.
"""

import binascii
import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from errors.bounce import charsets
from errors.bounce.hypertext import html_text

PieceKind = Literal["narrative", "report", "returned"]

MAX_NESTING = 20
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
# The fields that anything is made of.
PART_FIELDS = frozenset(("content-type", "content-transfer-encoding"))
LETTER_FIELDS = PART_FIELDS.union(
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
        "list-unsubscribe",
    )
)
_LABELS = {name: f"\n{name}:" for name in LETTER_FIELDS}


class Piece(NamedTuple):
    """A part of a mail as text."""

    kind: PieceKind
    text: str


class Letter(NamedTuple):
    """A parsed mail: its telling header fields by lower-case name, and its pieces."""

    headers: dict[str, str]
    pieces: tuple[Piece, ...]
    report_type: str = ""
    notes: tuple[str, ...] = ()
    enclosed: str = ""  # the source of the first message it encloses

    @property
    def has_report(self) -> bool:
        """Tell whether it brings the fields of a delivery report (RFC 3464)."""
        return any(piece.kind == "report" for piece in self.pieces)


class Part(NamedTuple):
    """A mail or a part of it: unfolded header fields and the undecoded rest.

    Bytes beyond ASCII are lone surrogates until the charset is known.
    """

    fields: dict[str, str]
    body: str
    kind: str = "text/plain"
    charset: str = ""
    encoding: str = ""

    @classmethod
    def of(cls, source: str, wanted: frozenset[str]) -> "Part":
        fields, body = split_header(source, wanted)
        kind = fields.get("content-type", "")
        charset = _CHARSET.search(kind) if kind else None
        name = kind.partition(";")[0].strip().lower()
        return cls(
            fields=fields,
            body=body,
            kind=name if "/" in name else "text/plain",
            charset=charset[1] if charset else "",
            encoding=fields.get("content-transfer-encoding", "").strip().lower(),
        )

    def parameter(self, name: str) -> str:
        """Return a parameter of the content type: boundary or report-type."""
        kind = self.fields.get("content-type", "")[:_MAX_TYPE]
        found = _PARAMETERS[name].search(kind)
        return (found[1] or found[2]).strip() if found else ""


_MAX_TYPE = 4_000
_PARAMETERS = {
    name: re.compile(
        rf'[;\s]{name}\s{{0,9}}=\s{{0,9}}(?:"([^"]{{1,200}})"|([^\s;"]{{1,200}}))',
        re.IGNORECASE,
    )
    for name in ("boundary", "report-type")
}
_CHARSET = re.compile(r"charset\*?[ \t]*=[ \t]*\"?'?([\w.:+-]+)", re.IGNORECASE)


# A line that is no field: there the header ends, even without a blank line.
_NO_FIELD = re.compile(r"\n(?![ \t>]|From |[!-9;-~]{1,200}[ \t]{0,9}:)")


def split_header(source: str, wanted: frozenset[str]) -> tuple[dict[str, str], str]:
    """Return the first value of each wanted header field, and the body."""
    if source.startswith("\n"):
        return {}, source[1:]
    head, _, body = source.partition("\n\n")
    head = "\n" + head
    broken = _NO_FIELD.search(head)
    if broken:
        head, body = head[: broken.start()], source[broken.start() :]
    lower = charsets.lowered(head)
    fields = {
        name: _value(head, at + len(name) + 2)
        for name in wanted
        if (at := lower.find(_LABELS[name])) >= 0
    }
    return fields, body


def _value(head: str, start: int) -> str:
    """Return a field's value, its folded lines joined."""
    end = head.find("\n", start)
    while end >= 0 and head[end + 1 : end + 2] in (" ", "\t"):
        end = head.find("\n", end + 1)
    value = head[start:] if end < 0 else head[start:end]
    return _FOLD.sub(" ", value).strip() if "\n" in value else value.strip()


_FOLD = re.compile(r"[ \t]*\n[ \t]+")


def read_letter(source: bytes) -> Letter:
    """Take the source of a mail apart, up to the limits."""
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n")
        if b"\n" not in source:
            source = source.replace(b"\r", b"\n")
    return read_text(source.decode("ascii", "surrogateescape"))


def read_text(source: str) -> Letter:
    """Do the same with a source whose bytes beyond ASCII are lone surrogates."""
    part = Part.of(source, LETTER_FIELDS)
    walk = _Walk()
    walk.take(part, depth=0)
    return Letter(
        headers={name: _shown(value) for name, value in part.fields.items()},
        pieces=tuple(piece for piece in walk.pieces if piece.text.strip()),
        report_type=part.parameter("report-type").lower(),
        notes=tuple(dict.fromkeys(walk.notes)),
        enclosed=walk.enclosed,
    )


@dataclass(slots=True)
class _Walk:
    """Goes through a mail once, with one budget of parts for all of it."""

    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    enclosed: str = ""
    parts: int = 0
    returned: int = 0

    def take(self, part: Part, depth: int) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS or depth > MAX_NESTING:
            self.notes.append("parts-cut" if depth <= MAX_NESTING else "nesting-cut")
        elif part.kind in REPORT_TYPES:
            self.pieces.append(Piece("report", leaf_text(part)))
        elif part.kind in RETURNED_TYPES:
            self.take_returned(part)
        elif part.kind.startswith("multipart/"):
            self.take_parts(part, depth)
        elif part.kind == "text/html":
            self.pieces.append(Piece("narrative", html_text(leaf_text(part))))
        elif part.kind.startswith("text/"):
            self.pieces.append(Piece("narrative", leaf_text(part)))

    def take_parts(self, part: Part, depth: int) -> None:
        sources = split_parts(part.body, part.parameter("boundary"))
        if not sources:
            found = _ANY_BOUNDARY.search(part.body)
            sources = split_parts(part.body, found[1]) if found else []
        if not sources:
            self.pieces.append(Piece("narrative", leaf_text(part)))
        if part.kind == "multipart/alternative":
            self.take_alternative(sources, depth)
            return
        for source in sources:
            if self.parts > MAX_PARTS:
                break
            self.take(Part.of(source, PART_FIELDS), depth + 1)

    def take_alternative(self, sources: list[str], depth: int) -> None:
        """Take the plain alternative if it says anything, else the last one."""
        children = [Part.of(source, PART_FIELDS) for source in sources[:MAX_PARTS]]
        plain = (c for c in children if c.kind == "text/plain" and c.body.strip())
        for child in [next(plain, None) or children[-1]] if children else []:
            self.take(child, depth + 1)

    def take_returned(self, part: Part) -> None:
        text = leaf_text(part) if _is_encoded(part) else returned_text(part.body)
        if not _is_encoded(part):
            self.enclosed = self.enclosed or part.body.lstrip("\n")
        room = MAX_RETURNED - self.returned
        if len(text) > room:
            self.notes.append("returned-cut")
            text = text[: max(0, room)]
        self.returned += len(text)
        self.pieces.append(Piece("returned", text))


# What a part has whose boundary is not the declared one.
_ANY_BOUNDARY = re.compile(r"(?:^|\n)--([^\s\"]{4,70})[ \t]*\n(?i:content-[a-z-]+:)")


def split_parts(body: str, boundary: str) -> list[str]:
    """Return the sources of the parts between lines of "--boundary" (RFC 2046 5.1)."""
    if not boundary:
        return []
    text, line = "\n" + body, "\n--" + boundary
    sources: list[str] = []
    begin, at = -1, text.find(line)
    while at >= 0 and len(sources) <= MAX_PARTS:
        end = text.find("\n", at + len(line))
        end = len(text) if end < 0 else end
        rest = text[at + len(line) : end].strip()
        if rest in ("", "--"):
            if begin >= 0:
                sources.append(text[begin:at])
            begin = end + 1
            if rest == "--":
                return sources
        at = text.find(line, at + len(line))
    return sources if begin < 0 else [*sources, text[begin:]]


def _is_encoded(part: Part) -> bool:
    return part.encoding.startswith(("base64", "quoted-printable"))


def leaf_text(part: Part) -> str:
    """Return the body of a part as text."""
    if not _is_encoded(part):
        return charsets.normalise(_text8(part.body, part.charset))
    raw = part.body.encode("utf-8", "surrogateescape")
    data = from_base64(raw) if part.encoding[0] == "b" else binascii.a2b_qp(raw)
    return charsets.normalise(charsets.decode(data, part.charset))


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def from_base64(raw: bytes) -> bytes:
    """Decode base64, whatever strays between it; what is broken off stays broken off."""
    clean = _NOT_BASE64.sub(b"", raw)
    whole = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def returned_text(source: str) -> str:
    """Return a returned message as text: its header, then its first readable part."""
    source = source.lstrip("\n")
    head, gap, body = source.partition("\n\n")
    if "=?" in head or not head.isascii():
        head = decode_words(_text8(head))
    if _ARMOURED.search(head):
        body = first_text(Part.of(source, PART_FIELDS))
    else:
        found = None if body.isascii() else _CHARSET.search(head)
        body = _text8(body, found[1] if found else "")
    return charsets.normalise(head + gap + body)


_ARMOURED = re.compile(
    r"\n[Cc]ontent-(?:[Tt]ransfer-[Ee]ncoding:[ \t]*(?i:base64|quoted)"
    r"|[Tt]ype:\s*(?i:multipart|text/html))"
)


def first_text(part: Part) -> str:
    """Return the first readable text of a message."""
    for _ in range(MAX_NESTING):
        if not part.kind.startswith("multipart/"):
            break
        sources = split_parts(part.body, part.parameter("boundary"))
        if not sources:
            break
        part = Part.of(sources[0], PART_FIELDS)
    text = leaf_text(part) if part.kind.startswith(("text/", "multipart/")) else ""
    return html_text(text) if part.kind == "text/html" else text


def _shown(value: str) -> str:
    """Return a header field's value decoded."""
    if value.isascii() and value.isprintable() and "=?" not in value:
        return value.strip()
    return decode_words(charsets.normalise(_text8(value))).strip()


def _text8(value: str, charset: str = "") -> str:
    """Return text whose 8-bit bytes the parser kept as surrogates, decoded."""
    plain = value.isascii() and "\x1b" not in value
    if plain and not charsets.is_seven_bit(charset):
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
        return binascii.a2b_qp(raw.replace(b"_", b"=20"))
    return from_base64(raw)

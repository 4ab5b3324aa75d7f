"""What a person hands in → a draft: the text to show, its rough regions, its headers."""

import binascii
import codecs
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from errors.bounce import charsets, labels, layouts, mime, outlook, repairing, smtp
from errors.bounce.hypertext import html_text, is_html
from errors.bounce.values import Region, RegionKind, Span

_SHOWN = (("from", "From"), ("to", "To"), ("subject", "Subject"), ("date", "Date"))


class Draft(NamedTuple):
    """The text to be shown, and what the header says."""

    text: str
    regions: tuple[Region, ...]
    headers: dict[str, str]
    report_type: str = ""
    is_source: bool = False
    notes: tuple[str, ...] = ()


def draft(paste: str | bytes) -> Draft:
    """Find out what was handed in and lay out its text."""
    if isinstance(paste, bytes):
        if outlook.is_outlook(paste):
            return compose(outlook.read_outlook(paste))
        if paste.startswith(charsets.UTF16_MARKS):
            return draft(charsets.decode(paste))
        paste = paste.removeprefix(codecs.BOM_UTF8).lstrip()
        if is_source(charsets.normalise(paste[:65_536].decode("latin-1"))):
            return compose(mime.read_letter(paste))
        paste = charsets.decode(paste)
    text = charsets.normalise(paste)
    source = as_source(text)
    if source is not None:
        return compose(mime.read_letter(source))
    text = repairing.repair(unarmoured(text))
    return from_text(html_text(text) if is_html(text) else text)


# --- is it a mail's source? --------------------------------------------------------------

_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:")
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
    fields, certain = 0, False
    for number, line in enumerate(_lines(text)):
        if number > _MAX_HEADER_LINES or not line.strip():
            return certain
        if line[0] in " \t" or (number == 0 and line.startswith("From ")):
            continue
        name = _FIELD.match(line)
        if not name:
            return certain and fields > 3
        fields += 1
        certain = certain or name[1].lower() in _SOURCE_FIELDS
        if certain and fields > 3:
            return True
    return certain


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


_BARE_MULTIPART = re.compile(r"--([^\s\"].{0,68}[^\s\"-])[ \t]*\n(?i:content-[a-z-]+:)")


def as_source(text: str) -> bytes | None:
    """Return the bytes of a pasted source, or None when it is something else."""
    text = text.lstrip("\ufeff \t\n")
    bare = _BARE_MULTIPART.match(text)
    if bare:
        text = f'Content-Type: multipart/mixed; boundary="{bare[1]}"\n\n{text}'
    elif not is_source(text):
        return None
    try:
        # What was decoded byte by byte goes back to its bytes.
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


# --- a mail's source ---------------------------------------------------------------------


def compose(letter: mime.Letter) -> Draft:
    """Lay the pieces of a mail one after another, as a person would read them."""
    letter = _bounce_within(letter)
    headers = letter.headers
    summary = "\n".join(
        f"{label}: {headers[key]}" for key, label in _SHOWN if headers.get(key)
    )
    chunks: list[tuple[RegionKind, str]] = [("header", summary)] if summary else []
    chunks += [(piece.kind, _repaired(piece)) for piece in letter.pieces]
    regions, position = [], 0
    for kind, chunk in chunks:
        regions.append(Region(kind, Span(position, position + len(chunk))))
        position += len(chunk) + 2
    return Draft(
        text="\n\n".join(chunk for _, chunk in chunks),
        regions=tuple(regions),
        headers=headers,
        report_type=letter.report_type,
        is_source=True,
        notes=letter.notes,
    )


def _repaired(piece: mime.Piece) -> str:
    """Undo what damaged the words before they were sent; the returned mail tells nothing."""
    text = piece.text.strip("\n")
    return text if piece.kind == "returned" else repairing.repair(text)


def _bounce_within(letter: mime.Letter) -> mime.Letter:
    """Return the bounce that was forwarded as an attachment, by a person or a gateway."""
    for _ in range(3):
        if letter.has_report or not letter.enclosed:
            break
        sender = layouts.SYSTEM_SENDER.search(letter.headers.get("from", ""))
        if sender and _says_who_or_why(letter):
            break
        inner = mime.read_text(letter.enclosed)
        wrote = layouts.SYSTEM_SENDER.search(inner.headers.get("from", ""))
        if not inner.has_report and (sender or not wrote):
            break
        letter = inner._replace(notes=letter.notes + inner.notes)
    return letter


def _says_who_or_why(letter: mime.Letter) -> bool:
    told = "\n".join(p.text for p in letter.pieces if p.kind == "narrative")
    return "@" in told or bool(smtp.find_codes(told[:20_000]))


# --- pasted without the headers that say how ---------------------------------------------

# In lines or pieces longer than words of a language, all but the last.
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{16,}+\s++)*+[A-Za-z0-9+/]*+={0,2}")
_QUOTED = re.compile(r"=(?:[89A-F][0-9A-F]|3D|20|09)")
_HIGH_QUOTED = re.compile(r"(?:=[89A-F][0-9A-F]){3}")
_SOFT_BREAK = re.compile(r"=[ \t]*\n")


def unarmoured(text: str) -> str:
    """Decode a text that is base64 or quoted-printable without saying so."""
    if "=" in text and len(_QUOTED.findall(text)) >= 2 and _is_quoted(text):
        data = binascii.a2b_qp(text.encode("utf-8", "replace"))
        return charsets.normalise(charsets.decode(data))
    stripped = text.strip()
    if len(stripped) >= 40 and _BASE64.fullmatch(stripped):
        return _from_base64(stripped) or text
    return text


def _is_quoted(text: str) -> bool:
    return bool("=3D" in text or _SOFT_BREAK.search(text) or _HIGH_QUOTED.search(text))


def _from_base64(text: str) -> str:
    data = mime.from_base64(text.encode("ascii"))
    decoded = charsets.normalise(charsets.decode(data))
    strange = sum((ch < " " and ch not in "\n\t") or ch == "\ufffd" for ch in decoded)
    return decoded if strange * 50 < len(decoded) else ""


# --- what a mail program shows -----------------------------------------------------------

# Some add the English name: "宛先(To): ".
_SHOWN_FIELD = re.compile(
    rf"[ \t*]{{0,8}}(?:{labels.grouped()})(?:[ \t]?\([A-Za-z-]{{2,8}}\))?[ \t*]{{0,8}}[:：][ \t]*",
    re.IGNORECASE,
)
# In a line that holds everything a word of every day names nothing.
_INLINE_FIELD = re.compile(
    rf"(?<!\S)(?:{labels.grouped(everyday=False)})[ \t]?[:：](?=\s)", re.IGNORECASE
)
_DATE_WORDS = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?\d{1,2}[ -](?:[A-Za-z]{3}|\d{1,2})[ -]\d{2,4}"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?(?:\s*[+-]\d{4})?"
    r"(?:\s*\([A-Za-z ]{1,20}\)|\s+(?:GMT|UTC|[A-Z]{3,4})\b)?"
    r"|\s*\d{4}[/年-]\d{1,2}[/月-]\d{1,2}日?(?:[\s(（][^\s]{0,3}[)）]?)?"
    r"(?:\s*\d{1,2}[:時]\d{2}(?:[:分]\d{2})?)?"
)
_MAX_HEADER = 4_000
_MAX_GAP = 250  # a longer value is not a value: the body has begun


def from_text(text: str) -> Draft:
    """Take a visible text: its header lines, where there are any, and the rest."""
    view = unquoted(text)
    start = len(view) - len(view.lstrip())
    headers, end = shown_header(view, start)
    shown = [Span(start, end)]
    if not _is_system_header(headers):
        inner = _forwarded_header(view, end)
        if inner:
            headers, start, end = inner
            shown.append(Span(start, end))
    if not headers:
        return Draft(text, (Region("narrative", Span(0, len(text))),), {})
    regions, position = [], 0
    for span in shown:
        regions.append(Region("narrative", Span(position, span.start)))
        regions.append(Region("header", span))
        position = span.end
    regions.append(Region("narrative", Span(position, len(text))))
    return Draft(text, tuple(r for r in regions if r.span.of(view).strip()), headers)


_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|転送|re)\s*[:：]", re.IGNORECASE)


def _is_system_header(headers: dict[str, str]) -> bool:
    """Tell whether a header is a bounce's own, not that of a mail that forwards one."""
    sender, subject = headers.get("from", ""), headers.get("subject", "")
    if sender.strip() == "<>" or layouts.SYSTEM_SENDER.search(sender):
        return True
    return bool(
        layouts.FAILURE_SUBJECT.search(subject) and not _FORWARD_SUBJECT.match(subject)
    )


_FORWARDED = re.compile(
    rf"(?<=\n)[ \t*]{{0,8}}(?:{labels.alternatives('from')})[ \t*]{{0,8}}[:：]",
    re.IGNORECASE,
)
_MAX_FORWARDED = 20


def _forwarded_header(view: str, start: int) -> tuple[dict[str, str], int, int] | None:
    """Return the header of a bounce that a person forwarded below words of their own."""
    for found in islice(_FORWARDED.finditer(view, start), _MAX_FORWARDED):
        headers, end = shown_header(view, found.start())
        if layouts.SYSTEM_SENDER.search(headers.get("from", "")):
            return headers, found.start(), end
    return None


def shown_header(view: str, start: int) -> tuple[dict[str, str], int]:
    """Read the lines From, To, Subject, Date as a mail program shows them."""
    if not _SHOWN_FIELD.match(view, start):
        return {}, start
    limit = min(len(view), start + _MAX_HEADER)
    line_end = view.find("\n", start, limit)
    line_end = limit if line_end < 0 else line_end
    if len(_INLINE_FIELD.findall(view, start, line_end)) >= 3:
        return _inline_header(view, start, line_end)
    headers: dict[str, str] = {}
    key, position, names = "", start, []
    for line in _lines(view[start:limit]):
        if not line.strip():
            break
        position += len(line) + 1
        label = _SHOWN_FIELD.match(line)
        if label:
            key = _key(label)
            names.append(label[label.lastgroup or 0].casefold())
            headers.setdefault(key, line[label.end() :].strip())
        elif key:
            headers[key] = f"{headers[key]} {line.strip()}"
    end = min(position, len(view))
    if _is_header(headers, names) or _is_lone_subject(headers, view, start, end):
        return headers, end
    return {}, start


def _is_header(headers: dict[str, str], names: list[str]) -> bool:
    """Ask for two fields; beside words of every day one has to name a subject or a date."""
    sure = [name for name in names if name not in labels.EVERYDAY]
    telling = labels.NAMES["subject"] + labels.NAMES["date"]
    return len(headers) > 1 and (
        len(sure) == len(names) or not set(sure).isdisjoint(telling)
    )


def _is_lone_subject(headers: dict[str, str], view: str, start: int, end: int) -> bool:
    """Tell whether there is but one line, a subject, and below a gap what it is about."""
    is_alone = list(headers) == ["subject"] and "\n" not in view[start : end - 1]
    return is_alone and bool(view[end:].strip())


def _key(label: re.Match[str]) -> str:
    """Return which header field a label names."""
    return (label.lastgroup or "").replace("_", "-")


def _inline_header(view: str, start: int, limit: int) -> tuple[dict[str, str], int]:
    """Read the same after all lines were run together: the date ends it."""
    labels = list(_INLINE_FIELD.finditer(view, start, limit))
    stops = [label.start() for label in labels[1:]]
    headers: dict[str, str] = {}
    end = start
    for label, stop in zip(labels, [*stops, limit], strict=True):
        key = _key(label)
        if key == "date":
            words = _DATE_WORDS.match(view, label.end(), limit)
            stop = words.end() if words else label.end()
        if key in headers or stop - label.end() > _MAX_GAP:
            break
        headers[key] = view[label.end() : stop].strip()
        end = stop
        if key == "date":
            break
    return headers, end


# --- the text as the grammar sees it -----------------------------------------------------

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0x200B: 0x20,
    0x2019: 0x27,
}
_HAS_WIDE = re.compile("[\uff01-\uff5e\u3000\u00a0\u200b\u2019]")
_MARKS = re.compile(r"(?:[ \t]{0,3}[>|]){1,20}[ \t]?(?![>|])")
_QUOTE = re.compile(rf"\n({_MARKS.pattern})")
_QUOTED_LINE = re.compile(r"\n ?[>|]")


def unquoted(text: str) -> str:
    """Return the text of the same length with quoting blanked and full width narrowed.

    The line break moves behind the quote mark, so that lines begin where their words
    do: "\\n> 550" → "  \\n550". Offsets stay what they are.
    """
    if not text.isascii() and _HAS_WIDE.search(text):
        text = text.translate(_WIDE)
    if text[:1] not in (">", "|") and not _QUOTED_LINE.search(text):
        return text
    start = _MARKS.match(text)
    if start:
        text = _blank(start[0]) + text[start.end() :]
    return _QUOTE.sub(_blank_quote, text)


def _blank_quote(quote: re.Match[str]) -> str:
    blank = _blank(quote[1])
    return quote[0] if blank == quote[1] else blank + "\n"


def _blank(marks: str) -> str:
    """Return as many blanks, unless the marks are those of Sendmail's transcript."""
    said = marks.strip()  # ">>> RCPT TO"
    if said.startswith(">>>") and said.strip(">") == "":
        return marks
    return " " * len(marks)

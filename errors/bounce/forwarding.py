"""A mail that somebody forwarded a bounce with → the bounce (RFC 2045–2046)."""

import binascii
from collections.abc import Iterator

from errors.bounce import mime
from errors.bounce.mime import Part
from errors.bounce.outlook import is_outlook

MAX_DEPTH = 6
MAX_PARTS = 60
_HEAD = 20_000


def find_forwarded(mail: bytes) -> str | bytes:
    """Return the mail that is attached, as a message or as a file; else what was written.

    What people forward inline stands in their own text, quoted; reading unquotes it.
    """
    source = mail.replace(b"\r\n", b"\n").decode("ascii", "surrogateescape")
    part = Part.of(source, mime.PART_FIELDS)
    for attached in _attached(part, [MAX_PARTS], depth=0):
        return attached
    pieces = mime.read_letter(mail).pieces
    return "\n\n".join(piece.text for piece in pieces if piece.kind != "returned")


def _attached(part: Part, left: list[int], depth: int) -> Iterator[bytes]:
    """Yield the mails that are enclosed, from the outside inwards."""
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        return
    if part.kind in ("message/rfc822", "message/global"):
        yield _bytes_of(part).lstrip(b"\n")
    elif part.kind.startswith("multipart/"):
        for source in mime.split_parts(part.body, part.parameter("boundary")):
            yield from _attached(Part.of(source, mime.PART_FIELDS), left, depth + 1)
    elif part.kind.startswith("application/") and _is_mail(data := _bytes_of(part)):
        yield data


def _bytes_of(part: Part) -> bytes:
    raw = part.body.encode("ascii", "surrogateescape")
    if part.encoding == "base64":
        return mime.from_base64(raw)
    return binascii.a2b_qp(raw) if part.encoding == "quoted-printable" else raw


def _is_mail(data: bytes) -> bool:
    """Tell a saved mail by its content; its name may be in any charset or missing."""
    head = data[:_HEAD].replace(b"\r\n", b"\n").lstrip().lower()
    fields = (b"from:", b"subject:", b"date:", b"received:")
    return is_outlook(data) or sum(b"\n" + name in b"\n" + head for name in fields) >= 3

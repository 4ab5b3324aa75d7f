"""Codes as people write them: what they mean, and the entries that they may stand for.

Reply codes are those of RFC 5321, enhanced status codes those of RFC 3463.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from errors.bounce.explaining import explain
from errors.publishing import Published, PublishedEntry


@dataclass(frozen=True, slots=True)
class Codes:
    """A reply code, an enhanced status code, or both; written "550-5.1.1"."""

    reply: str = ""
    status: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.reply, self.status)))


_STATUS = r"[245]\.[0-9]{1,3}\.[0-9]{1,3}"
_CODES = re.compile(
    rf"#?(?:([245][0-9]{{2}})(?:[ \-_/+#]{{1,3}}({_STATUS}))?|({_STATUS}))"
)
_LONGEST = 40


def read_codes(text: str) -> Codes | None:
    """Read codes from an address or a box; None when it is anything else.

    >>> read_codes("550-5.1.1"), read_codes(" #5.1.1 "), read_codes("5501")
    (Codes(reply='550', status='5.1.1'), Codes(reply='', status='5.1.1'), None)
    """
    found = _CODES.fullmatch(
        unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip()
    )
    if found is None or len(text) > _LONGEST:
        return None
    reply, detail, status = found.groups(default="")
    return Codes(reply, detail or status)


def entries_for(codes: Codes, published: Published) -> list[PublishedEntry]:
    """Return the entries that codes may stand for, the likeliest first.

    The first is what explaining the bare codes says; then come those whose own codes are
    these, or, when no entry has both, those with one of them.
    """
    verdict = explain(str(codes).replace("-", " "), published.catalog).verdicts[0]
    likeliest = published.entries.get(verdict.entry or "")
    found = {likeliest.slug: likeliest} if likeliest else {}
    found |= {entry.slug: entry for entry in _with_codes(codes, published)}
    return list(found.values())


def _with_codes(codes: Codes, published: Published) -> Iterator[PublishedEntry]:
    entries = published.entries.values()
    both = [e for e in entries if _own(e) == codes]
    yield from both
    if both and codes.reply and codes.status:
        return
    yield from (e for e in entries if codes.status and e.status_code == codes.status)
    if codes.reply and not codes.status:
        yield from (e for e in entries if e.reply_code == codes.reply)


def _own(entry: PublishedEntry) -> Codes:
    return Codes(entry.reply_code, entry.status_code)

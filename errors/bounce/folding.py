"""Fold text so that case, width, blanks, quoting and quote marks do not matter, with the way back.

Every fold is local and linear; `Folded.span` maps folded offsets to those of the text given.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

from errors.bounce.values import Span

# One spelling for what mail programs, keyboards and SJIS/CP932 tables exchange freely.
_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "〜": "~",
        "‖": "∥",
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"),
    }
)
_WIDE = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f"
# A piece that does not fold letter by letter: a run of blanks, with the quote marks behind a
# line break and the repeated code of a multi-line reply (RFC 5321 section 4.2.1); a blank
# inside Japanese; a run outside ASCII.
# It begins with a set of characters, which `re` looks for fast, and leaves a plain blank
# between words alone at once.
_REPLY = r"(?P<reply>(?:<<<\s)?(?P<code>[245]\d\d)(?P<more>-|\s{1,12}(?:[>|＞]\s{1,12})?)(?:[245]\.\d{1,3}\.\d{1,3}\s{1,80}(?:(?<=\n)[>|＞][>|＞\s]{0,80})?)?)?"
_PIECE = re.compile(
    rf"[^\x21-\x7e](?:(?<! )|(?=[\s245<{_WIDE}]))(?:"
    r"(?<=\s)(?:(?<=[^ \n\t])|(?=\s)|(?<=\n)(?=[>|＞])|(?=(?:<<<\s)?[245]\d\d[-\s])"
    rf"|(?<=[{_WIDE}]\s)(?=[{_WIDE}]))"
    rf"\s*(?:(?<=\n)[>|＞][>|＞\s]*)?{_REPLY}"
    r"|(?<=[^\x00-\x7f\s])(?P<beyond>[^\x00-\x7f\s]*))"
)
_OPENING = re.compile(rf"(?:[>|＞][>|＞\s]*)?{_REPLY}")
# A character with the marks that NFKC may compose with it.
_GROUP = re.compile(r"[^\x00-\x7f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]{0,8}")
_IS_WIDE = re.compile(f"[{_WIDE}]")


class Folded(NamedTuple):
    """Folded text and, sorted, where each stretch of it came from.

    A stretch is (folded start, original start, original length or -1 when letter by letter).
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]
    length: int  # of the text given

    def span(self, start: int, end: int, base: int = 0) -> Span:
        """Map the folded range [start, end) to the text given, which begins at `base`.

        >>> fold("Ｕｓｅｒ\\n> unknown").span(0, 12)
        Span(start=0, end=14)
        """
        index = bisect_right(self.starts, start) - 1
        begin = 0
        if index >= 0:
            origin, length = self.origins[index]
            begin = origin + start - self.starts[index] if length < 0 else origin
        index = bisect_left(self.starts, end) - 1
        stop = 0
        if index >= 0:
            origin, length = self.origins[index]
            stop = origin + (end - self.starts[index] if length < 0 else length)
        return Span(base + begin, base + stop)


class _Folding:
    """Collects folded stretches in order; lives for one call of `fold`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.flat = text.replace("\n", " ").replace("\t", " ").replace("`", "'")
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.origins: list[tuple[int, int]] = []
        self.size = 0
        self.open_code = ""  # of the multi-line reply that we are in

    def add(self, piece: str, origin: int, length: int = -1) -> None:
        if piece:
            self.pieces.append(piece)
            self.starts.append(self.size)
            self.origins.append((origin, length))
            self.size += len(piece)

    def plain(self, start: int, end: int) -> None:
        self.add(self.flat[start:end].lower(), start)

    def blank(self, found: re.Match[str]) -> None:
        start, end, code = found.start(), found.end(), found["code"]
        rest = ""
        if code:
            if code != self.open_code:
                rest = found["reply"]
            self.open_code = code if found["more"] == "-" else ""
        stop = end - len(rest)
        if not self._between_wide(start, stop) and start > 0 and stop < len(self.text):
            self.add(" ", start, stop - start)
        kept = stop + len(rest.rstrip(" \t\n>|＞"))
        self.plain(stop, kept)
        self.add(" " if kept < end else "", kept, end - kept)

    def _between_wide(self, start: int, stop: int) -> bool:
        """Japanese knows no blanks: those that a line break brought in mean nothing."""
        before, after = self.text[start - 1 : start], self.text[stop : stop + 1]
        return bool(_IS_WIDE.match(before) and _IS_WIDE.match(after))

    def beyond(self, found: re.Match[str]) -> None:
        plain = _fold_letters(found[0])
        if plain:
            self.add(plain, found.start())
            return
        for group in _GROUP.finditer(found[0]):
            folded = fold_group(group[0])
            same_length = len(folded) == len(group[0])
            at, length = found.start() + group.start(), len(group[0])
            if same_length and self._continues(at):
                self.pieces.append(folded)
                self.size += len(folded)
            else:
                self.add(folded, at, -1 if same_length else length)

    def _continues(self, origin: int) -> bool:
        """Tell whether a letter-by-letter stretch reaches up to this place."""
        if not self.origins or self.origins[-1][1] >= 0:
            return False
        return self.origins[-1][0] + self.size - self.starts[-1] == origin


@lru_cache(maxsize=16384)
def fold_group(group: str) -> str:
    """Fold one character (with its combining marks): NFKC, one spelling, no case."""
    same = unicodedata.normalize("NFKC", group.translate(_SAME)).casefold()
    return same.translate(_SAME)


def _fold_letters(run: str) -> str:
    """Fold a run at once if that goes letter by letter, as most Japanese does, else ""."""
    same = run.translate(_SAME)
    if not unicodedata.is_normalized("NFKC", same):
        return ""
    folded = same.casefold()
    return folded if len(folded) == len(run) else ""


def fold(text: str) -> Folded:
    """Fold a text for matching.

    >>> fold("550-5.1.1 No\\n550 5.1.1 such  Ｕｓｅｒ").text
    '550-5.1.1 no such user'
    """
    folding, at = _Folding(text), 0
    opened = _OPENING.match(text)
    if opened and opened[0]:
        folding.blank(opened)
        at = opened.end()
    for found in _PIECE.finditer(text, at):
        folding.plain(at, found.start())
        if found["beyond"] is not None:
            folding.beyond(found)
        else:
            folding.blank(found)
        at = found.end()
    folding.plain(at, len(text))
    return Folded(
        "".join(folding.pieces),
        tuple(folding.starts),
        tuple(folding.origins),
        len(text),
    )

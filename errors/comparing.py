"""Two texts side by side, word by word; Japanese is cut where the script changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from diff_match_patch import diff_match_patch

Kind = Literal["same", "removed", "added"]

# A word of Latin letters or digits, a run of kanji, of katakana, of hiragana; blanks; or
# one sign by itself. So 配送 → 配達 is one changed word, not a changed half of one.
_WORD = re.compile(
    r"[A-Za-z0-9_]+|[\u4e00-\u9fff々〆]+|[\u30a1-\u30ffー]+|[\u3041-\u309f]+|[ \t]+|.",
    re.DOTALL,
)
_KINDS: dict[int, Kind] = {-1: "removed", 0: "same", 1: "added"}
TIMEOUT = 1.0  # seconds; then the rest counts as changed as a whole


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: the same in both, only before, or only after."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Both texts in pieces: `before` holds same and removed, `after` same and added ones."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        return any(piece.kind != "same" for piece in (*self.before, *self.after))


def compare(before: str, after: str) -> Pair:
    """Cut two texts into what they share and what they do not.

    >>> compare("mailbox is full", "mailbox was full").after[1]
    Piece(kind='added', text='was')
    """
    pieces = list(_find_pieces(before, after))
    return Pair(
        tuple(piece for piece in pieces if piece.kind != "added"),
        tuple(piece for piece in pieces if piece.kind != "removed"),
    )


def _find_pieces(before: str, after: str) -> Iterator[Piece]:
    """Compare with every word as one letter, which the library then need not cut."""
    letters: dict[str, str] = {}

    def encode(text: str) -> str:
        words = _WORD.findall(text)
        return "".join(letters.setdefault(w, _letter(len(letters))) for w in words)

    first, second = encode(before), encode(after)
    words = {letter: word for word, letter in letters.items()}
    library = diff_match_patch()
    library.Diff_Timeout = TIMEOUT
    steps = library.diff_main(first, second, checklines=False)
    library.diff_cleanupSemantic(steps)
    for kind, encoded in steps:
        yield Piece(_KINDS[kind], "".join(words[letter] for letter in encoded))


def _letter(number: int) -> str:
    """Return a letter of its own for each number, none of them half of a pair."""
    return chr(number + 1 if number < 0xD7FF else number + 0x801)

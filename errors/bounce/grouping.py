"""What two bounces of the same kind have in common: their words without all that differs."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from errors.bounce.folding import fold
from errors.bounce.values import Bounce, Explanation, Verdict

WORDS_MAX = 40
LETTERS_MAX = 300
# Fewer letters than this say little ("reference number"); another piece may say more.
LETTERS_ENOUGH = 12
# For folded text. Japanese stands beside Latin without a blank, so a piece is ASCII only.
_VARIABLE = re.compile(
    r"https?://[!-~]*"
    r"|[!-~]*@[!-~]*"
    r"|<[^<>\s]{0,250}>"
    r"|[!-~]*[0-9][!-~]*"  # codes, numbers, IP addresses, queue ids, dates
    r"|/[!-~]+"  # paths
    r"|[a-z_-]+(?:\.[a-z_-]+)+\.?"  # hosts
)
_WORD = re.compile(r"[^\W\d_]+")
_SPOKEN = ("narrative", "transcript", "report")


@dataclass(frozen=True, slots=True)
class Signature:
    """The key of a kind of bounce, and the words it stands for."""

    key: str
    wording: str


def is_unsure(verdict: Verdict) -> bool:
    """Tell whether no wording that says more than "it failed" explains the recipient."""
    winner = verdict.winner
    # An entry that takes less than nothing was made for generic words.
    return (
        winner is None
        or winner.certainty != "wording"
        or winner.match.rule.priority < 0
    )


def find_unsure(explanation: Explanation) -> Verdict | None:
    """Return a verdict that is unsure, the headline's first, if there is one."""
    headline = explanation.verdicts[explanation.headline]
    verdicts = (headline, *explanation.verdicts)
    return next(filter(is_unsure, verdicts), None)


def signature_of(bounce: Bounce, verdict: Verdict) -> Signature | None:
    """Name the kind of a bounce; None when it has neither words nor codes."""
    recipient = verdict.recipient
    pieces = [span.of(bounce.text) for span in recipient.diagnostics]
    codes = " ".join(filter(None, (recipient.reply_code, recipient.status)))
    wording = _best(pieces or _spoken(bounce)) or codes
    if not wording:
        return None
    return Signature(hashlib.sha256(wording.encode()).hexdigest(), wording)


def stable_words(text: str) -> str:
    """Return the words of a text without addresses, hosts, numbers and ids.

    >>> stable_words("550 5.7.1 <taro@example.jp>: Blocked by mx1.example.net (id 4Xy2)")
    'blocked by id'
    """
    words = _WORD.findall(_VARIABLE.sub(" ", fold(text).text))
    return " ".join(words[:WORDS_MAX])[:LETTERS_MAX].rstrip()


def _best(pieces: list[str]) -> str:
    """Return the words of the first piece that says enough, else those of the longest."""
    worded = [stable_words(piece) for piece in pieces]
    enough = (words for words in worded if len(words) >= LETTERS_ENOUGH)
    return next(enough, max(worded, key=len, default=""))


def _spoken(bounce: Bounce) -> list[str]:
    return [*_regions(bounce)] or [bounce.text]


def _regions(bounce: Bounce) -> Iterator[str]:
    for region in bounce.regions:
        if region.kind in _SPOKEN:
            yield region.span.of(bounce.text)

"""Text → terms: the one way in which entries and questions are taken apart.

Case, character width and blanks are folded as for matching. English words are stemmed
(Snowball); Japanese is parted and normalised by Sudachi, so that サーバ is サーバー,
とどかない is 届く and 受取 is 受け取り. Codes such as 5.7.1 stay whole.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import snowballstemmer
from sudachipy import Dictionary, Morpheme, SplitMode, Tokenizer

from errors.bounce.folding import Folded, fold
from errors.bounce.values import Span

_WIDE = "\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(
    r"(?P<code>(?<![\w.])[245x]\.[0-9x]{1,3}(?:\.[0-9x]{1,3})?(?![^\W_]|\.[0-9]))"
    r"|(?P<plain>[^\W_" + _WIDE + r"]+(?:'[^\W_" + _WIDE + r"]+)?)"
    r"(?P<hyphened>(?:(?<=[^\W\d_])-[^\W\d_" + _WIDE + r"]+)?)"
    r"|(?P<wide>[" + _WIDE + r"]+)"
)
# Folding closes these: a line break inside a sentence means nothing, but who searches
# parts words so.
_GAP = re.compile(f"(?<=[{_WIDE}\uff66-\uff9f])\\s+(?=[{_WIDE}\uff66-\uff9f])")
_JAPANESE = re.compile(f"[{_WIDE}]+")
_STEMMED = re.compile(r"[a-z]{4,}")
# Parts of speech that say something, and words of them that say nothing.
_TELLING = frozenset(("名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞"))
_EMPTY = frozenset(
    ("為る", "居る", "有る", "成る", "出来る", "下さる", "頂く", "無い", "事", "物")
)
_RUN_MAX = 8_000  # code points that Sudachi takes at once: 49,149 bytes


@dataclass(frozen=True, slots=True)
class Word:
    """A term with its place in the text, and as it was written there, folded."""

    term: str
    span: Span
    surface: str


class Spelling(NamedTuple):
    """A term, one way of writing it and, of a Japanese noun, how that is read."""

    term: str
    surface: str
    reading: str


def find_words(text: str, *, keep_all: bool = False) -> list[Word]:
    """Return the words of a text in order; particles and such, without a term, on demand.

    >>> [word.term for word in find_words("サーバに届きません 5.7.1 Mailboxes")]
    ['サーバー', '届く', '5.7.1', 'mailbox']
    """
    return [
        Word(term, folded.span(start, end, base), folded.text[start:end])
        for base, folded in _parts_of(text)
        for run in _RUN.finditer(folded.text)
        for term, start, end, _ in _terms_of(run)
        if term or keep_all
    ]


@lru_cache(maxsize=2**12)
def find_shown(text: str) -> tuple[Word, ...]:
    """Return the words of a text of the catalog that a page of results shows.

    Remembered like `find_spellings`, and as strictly for texts of the catalog alone.
    """
    return tuple(find_words(text))


@lru_cache(maxsize=2**18)
def find_spellings(text: str) -> tuple[Spelling, ...]:
    """Return each word of a text of the catalog once.

    Remembered, as an edit changes one text of many: nothing that a customer wrote may be
    given here.
    """
    spellings = tuple(
        dict.fromkeys(
            _once(Spelling(term, folded.text[start:end], reading))
            for _, folded in _parts_of(text)
            for run in _RUN.finditer(folded.text)
            for term, start, end, reading in _terms_of(run)
            if term
        )
    )
    _stems.update((one.surface, one.term) for one in spellings if one.surface.isascii())
    return spellings


def find_terms(text: str) -> tuple[str, ...]:
    """Return the terms of a text in order."""
    return tuple(word.term for word in find_words(text))


_known: dict[Spelling, Spelling] = {}
_stems: dict[str, str] = {}  # of the catalog's words; stemming takes its time


def _once(spelling: Spelling) -> Spelling:
    """Return the one object for equal spellings: texts share their words."""
    return _known.setdefault(spelling, spelling)


def _parts_of(text: str) -> Iterator[tuple[int, Folded]]:
    """Yield the text folded in parts, with where each begins."""
    at = 0
    for gap in _GAP.finditer(text):
        yield at, fold(text[at : gap.start()])
        at = gap.end()
    yield at, fold(text[at:])


_Found = tuple[str, int, int, str]  # term, start, end, reading


def _terms_of(run: re.Match[str]) -> Iterator[_Found]:
    if run["code"]:
        yield run["code"], run.start(), run.end(), ""
    elif run["wide"]:
        for start in range(run.start(), run.end(), _RUN_MAX):
            piece = run.string[start : min(start + _RUN_MAX, run.end())]
            yield from _japanese(piece, start)
    else:
        yield from _plain(run)


def _plain(run: re.Match[str]) -> Iterator[_Found]:
    """Yield a word; of a hyphened pair also its halves, as in e-mail, auto-reply."""
    if not run["hyphened"]:
        yield _stem(run["plain"]), run.start(), run.end(), ""
        return
    yield _stem(run[0].replace("-", "")), run.start(), run.end(), ""
    for half, start in (
        (run["plain"], run.start()),
        (run["hyphened"][1:], run.start("hyphened") + 1),
    ):
        if len(half) > 1:
            yield _stem(half), start, start + len(half), ""


def _stem(word: str) -> str:
    if stem := _stems.get(word):
        return stem
    word = word.replace("'", "")
    if word.startswith("0x") and len(word) > 4:  # 0x800CCC0E is typed without, too
        return word[2:]
    if not _STEMMED.fullmatch(word):
        return word
    stemmed: str = snowballstemmer.stemmer("english").stemWord(word)
    return stemmed


def _japanese(piece: str, base: int) -> Iterator[_Found]:
    for morpheme in _tokenizer().tokenize(piece, SplitMode.A):
        reading = morpheme.reading_form() if _is_noun(morpheme) else ""
        start, end = base + morpheme.begin(), base + morpheme.end()
        yield _term_of(morpheme), start, end, reading


def _term_of(morpheme: Morpheme) -> str:
    if morpheme.part_of_speech()[0] not in _TELLING:
        return ""
    term: str = morpheme.normalized_form().casefold()
    if term in _EMPTY:
        return ""
    return term.removesuffix("ー") if morpheme.is_oov() else term


def _is_noun(morpheme: Morpheme) -> bool:
    return bool(morpheme.part_of_speech()[0] == "名詞")


# A tokenizer must not be shared between threads; the dictionary may and should be.
_own = threading.local()


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="small")


def _tokenizer() -> Tokenizer:
    if not hasattr(_own, "tokenizer"):
        _own.tokenizer = _dictionary().tokenizer()
    tokenizer: Tokenizer = _own.tokenizer
    return tokenizer


@lru_cache(maxsize=2**14)
def read_aloud(text: str) -> str:
    """Return a text as it is read, Japanese in katakana: what it is sorted by.

    >>> read_aloud("宛先がありません")
    'アテサキガアリマセン'
    """
    return _JAPANESE.sub(_reading_of, fold(text).text)


def _reading_of(run: re.Match[str]) -> str:
    morphemes = _tokenizer().tokenize(run[0], SplitMode.C)
    return "".join(morpheme.reading_form() for morpheme in morphemes)

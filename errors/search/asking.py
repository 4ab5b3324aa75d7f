"""A search text → what is asked for: codes, words, their variants and their synonyms."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from errors.bounce.values import Span
from errors.search.indexing import READING_MIN, Index, Phrase
from errors.search.values import Alternative, Concept, Correction, Origin, Question
from errors.search.words import find_words

TEXT_MAX = 400  # code points of a question that are read
TOKENS_MAX = 40
VARIANTS_MAX = 12
READING_MAX = 12  # kana of the longest word that is looked for
BEGINNING_MIN = 2  # letters that a beginning needs
# How surely another word than the typed one is meant.
JOINED, BEGINNING, SYNONYM = 0.95, 0.85, 0.8
SPELLING = {1: 0.85, 2: 0.7}  # by the number of mistyped letters
LONG = 8  # letters of a word in which two may be mistyped

_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30ff]{3,}")
_HIRAGANA = re.compile(r"[\u3041-\u3096]")
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_HALF_CODE = re.compile(r"[245]\.[0-9]{1,3}")
_SPELLED = re.compile(r"[^\W\d]{4,}|[\u30a1-\u30ff]{3,}")
_LETTERS = re.compile(r"[^\W\d]+")


@dataclass(frozen=True, slots=True)
class _Token:
    """A typed word with the terms it may stand for, the likeliest first."""

    surface: str
    terms: tuple[str, ...]
    weight: float = 1.0
    origin: Origin = "typed"


def ask(text: str, language: str, index: Index, *, is_typing: bool = False) -> Question:
    """Understand a search text; `is_typing` takes its last word for a beginning."""
    tokens = _find_tokens(text[:TEXT_MAX], index)[:TOKENS_MAX]
    last = len(tokens) - 1
    known = [
        _recognise(token, index, is_typing=is_typing and n == last)
        for n, token in enumerate(tokens)
    ]
    corrections = [
        Correction(before.surface, after.surface)
        for before, after in zip(tokens, known, strict=True)
        if after.origin == "spelling"
    ]
    return Question(
        text, language, tuple(_find_concepts(known, index)), tuple(corrections)
    )


# --- Words -----------------------------------------------------------------------------


def _find_tokens(text: str, index: Index) -> list[_Token]:
    """Part a text into words; where kana spell a word of the catalog, into that one.

    Long kana without kanji are parted wrongly by Sudachi: ようりょう is よう, りょう.
    """
    words = find_words(text, keep_all=True)
    spelled = dict(_find_spelled(text, {word.span.start for word in words}, index))
    tokens = [
        (span.start, _Token(span.of(text), terms)) for span, terms in spelled.items()
    ]
    tokens += [
        (word.span.start, _Token(word.surface, (word.term,)))
        for word in words
        if word.term and not any(map(word.span.overlaps, spelled))
    ]
    return [token for _, token in sorted(tokens, key=lambda pair: pair[0])]


def _find_spelled(
    text: str, starts: set[int], index: Index
) -> Iterator[tuple[Span, Phrase]]:
    """Yield where hiragana spell nouns of the catalog, from the start of some word on."""
    for run in _KANA.finditer(text):
        kana = run[0].translate(_TO_KATAKANA)
        at = 0
        while at < len(kana):
            is_start = run.start() + at in starts
            length = _longest_reading(kana, at, index) if is_start else 0
            span = Span(run.start() + at, run.start() + at + length)
            if _HIRAGANA.search(span.of(text)):
                terms = index.readings[kana[at : at + length]]
                yield span, tuple(sorted(terms, key=index.rarity))
            at += length or 1


def _longest_reading(kana: str, at: int, index: Index) -> int:
    for length in range(min(len(kana) - at, READING_MAX), READING_MIN - 1, -1):
        if kana[at : at + length] in index.readings:
            return length
    return 0


def _recognise(token: _Token, index: Index, *, is_typing: bool) -> _Token:
    """Take a word that nobody wrote for the beginning, or a misspelling, of one."""
    if _HALF_CODE.fullmatch(token.surface):
        return _beginning(token, f"{token.surface}.", index) or token
    if is_typing:
        return _beginning(token, token.surface, index) or token
    if any(map(index.knows, token.terms)):
        return token
    return (
        _beginning(token, token.surface, index) or _misspelling(token, index) or token
    )


def _beginning(token: _Token, start: str, index: Index) -> _Token | None:
    """Return all words that begin so; a whole word that is known stands first."""
    if len(start) < BEGINNING_MIN:
        return None
    words = index.beginning_with(start, VARIANTS_MAX)
    known = [term for term in token.terms if index.knows(term)]
    terms = dict.fromkeys([*known, *(index.surfaces[word] for word in words)])
    return (
        replace(token, terms=tuple(terms), weight=BEGINNING, origin="beginning")
        if terms
        else None
    )


def _misspelling(token: _Token, index: Index) -> _Token | None:
    """Return the words that differ by a slip of the finger, in long words by two."""
    typed = token.surface
    if not _SPELLED.fullmatch(typed):
        return None
    found = process.extract(
        typed,
        index.ordered,
        scorer=OSA.distance,
        score_cutoff=2 if len(typed) >= LONG else 1,
        limit=VARIANTS_MAX,
    )
    near = [(int(slips), word) for word, slips, _ in found if word[0] == typed[0]]
    if not near:
        return None
    least = min(near)[0]
    words = [word for slips, word in near if slips == least]
    words.sort(key=lambda word: index.rarity(index.surfaces[word]))
    terms = dict.fromkeys(index.surfaces[word] for word in words)
    return _Token(words[0], tuple(terms), SPELLING[least], "spelling")


# --- Things asked for ------------------------------------------------------------------


def _find_concepts(tokens: Sequence[_Token], index: Index) -> Iterator[Concept]:
    at = 0
    while at < len(tokens):
        length = _phrase_length(tokens[at:], index)
        yield _concept(tokens[at : at + length], index)
        at += length


def _phrase_length(tokens: Sequence[_Token], index: Index) -> int:
    """Return how many of the words are one thing: a synonym, or a word in two parts."""
    for length in range(min(index.longest_synonym, len(tokens)), 1, -1):
        if _phrase(tokens[:length]) in index.synonyms:
            return length
    return 2 if _joined(tokens[:2], index) else 1


def _phrase(tokens: Sequence[_Token]) -> Phrase:
    return tuple(token.terms[0] for token in tokens)


def _joined(tokens: Sequence[_Token], index: Index) -> str:
    """Return the term of two words that the catalog writes as one: mail box."""
    if len(tokens) < 2 or not all(_LETTERS.fullmatch(one.surface) for one in tokens):
        return ""
    return index.surfaces.get("".join(token.surface for token in tokens), "")


def _concept(tokens: Sequence[_Token], index: Index) -> Concept:
    if len(tokens) == 1:
        token = tokens[0]
        found = [Alternative((t,), token.weight, token.origin) for t in token.terms]
    else:
        found = [Alternative(_phrase(tokens))]
        if joined := _joined(tokens, index):
            found.append(Alternative((joined,), JOINED, "joined"))
    for one in tuple(found):
        for other in sorted(index.synonyms.get(one.terms, ())):
            found.append(Alternative(other, SYNONYM * one.weight, "synonym"))
    return Concept(" ".join(token.surface for token in tokens), tuple(found))

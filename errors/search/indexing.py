"""All that is looked through, compiled: which term stands in which field of which entry.

Immutable, like the compiled catalog, and built with it.
"""

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from errors.search.values import Document, FieldKey
from errors.search.words import Spelling, find_spellings, find_terms

Phrase = tuple[str, ...]  # the terms of a synonym
READING_MIN = 3  # shorter kana stand for too many words

_HIRAGANA = re.compile(r"[\u3041-\u3096]+")


@dataclass(frozen=True, slots=True)
class Postings:
    """The entries that hold a term, and as bits in which fields."""

    documents: "array[int]"
    fields: "array[int]"


@dataclass(frozen=True, slots=True)
class Index:
    """Make it with `Index.build`."""

    documents: tuple[Document, ...]
    numbers: Mapping[str, int]  # of the documents, by slug
    fields: tuple[FieldKey, ...]  # by their bit
    postings: Mapping[str, Postings]
    titles: Sequence[tuple[frozenset[str], ...]]  # terms of each entry's titles
    surfaces: Mapping[str, str]  # a word as written, folded → its term
    ordered: tuple[str, ...]  # the written words in order, to look up beginnings
    readings: Mapping[str, frozenset[str]]  # katakana → nouns that are read so
    synonyms: Mapping[Phrase, frozenset[Phrase]]
    longest_synonym: int = 0  # in words
    groups: tuple[tuple[str, ...], ...] = ()  # the synonyms as they were given

    @classmethod
    def build(
        cls, documents: Iterable[Document], synonyms: Iterable[Iterable[str]] = ()
    ) -> "Index":
        """Compile entries, and groups of words or phrases that mean the same."""
        documents = tuple(documents)
        compiling = _Compiling()
        for number, document in enumerate(documents):
            compiling.add(number, document)
        given = tuple(map(tuple, synonyms))
        for group in given:
            compiling.relate(group)
        groups = {k: frozenset(v) for k, v in compiling.synonyms.items() if v}
        return cls(
            documents=documents,
            numbers={document.slug: n for n, document in enumerate(documents)},
            fields=tuple(compiling.bits),
            postings=compiling.postings(),
            titles=tuple(compiling.titles),
            surfaces=compiling.surfaces,
            ordered=tuple(sorted(compiling.surfaces)),
            readings={kana: frozenset(t) for kana, t in compiling.readings.items()},
            synonyms=groups,
            longest_synonym=max(map(len, groups), default=0),
            groups=given,
        )

    def knows(self, term: str) -> bool:
        """Tell whether an entry holds the term, or staff gave it a meaning."""
        return term in self.postings or (term,) in self.synonyms

    def rarity(self, term: str) -> float:
        """Return how much it says that an entry holds this term: rare ones say most."""
        return log(1 + (len(self.documents) + 1) / (1 + self.frequency(term)))

    def frequency(self, term: str) -> int:
        """Return the number of entries that hold a term."""
        postings = self.postings.get(term)
        return len(postings.documents) if postings else 0

    def fields_of(self, term: str, number: int) -> int:
        """Return as bits in which fields an entry holds a term."""
        postings = self.postings.get(term)
        if postings is None:
            return 0
        documents = postings.documents
        at = bisect_left(documents, number)
        is_there = at < len(documents) and documents[at] == number
        return postings.fields[at] if is_there else 0

    def beginning_with(self, start: str, limit: int) -> Iterator[str]:
        """Yield written words that begin so, in order."""
        first = bisect_left(self.ordered, start)
        for word in self.ordered[first : first + limit]:
            if not word.startswith(start):
                return
            yield word


class _Compiling:
    """Collects terms entry by entry; lives for one build."""

    def __init__(self) -> None:
        self.bits: dict[FieldKey, int] = {}
        self.masks: dict[str, dict[int, int]] = defaultdict(dict)
        self.surfaces: dict[str, str] = {}
        self.readings: dict[str, set[str]] = defaultdict(set)
        self.titles: list[tuple[frozenset[str], ...]] = []
        self.synonyms: dict[Phrase, set[Phrase]] = defaultdict(set)

    def add(self, number: int, document: Document) -> None:
        titles = []
        for key, text in document.texts.items():
            bit = 1 << self.bits.setdefault(key, len(self.bits))
            terms = self.learn(text)
            for term in terms:
                masks = self.masks[term]
                masks[number] = masks.get(number, 0) | bit
            if key[0] == "title":
                titles.append(frozenset(terms))
        self.titles.append(tuple(titles))

    def relate(self, group: Sequence[str]) -> None:
        phrases = {terms for terms in map(find_terms, group) if terms}
        for phrase in phrases:
            self.synonyms[phrase] |= phrases - {phrase}
        for words in group:
            self.learn(words)

    def learn(self, text: str) -> set[str]:
        """Return the terms of a text, and learn how its words are written and read."""
        spellings = find_spellings(text)
        for spelling in spellings:
            self.surfaces.setdefault(spelling.surface, spelling.term)
            if _is_spelled_otherwise(spelling):
                self.readings[spelling.reading].add(spelling.term)
        return {spelling.term for spelling in spellings}

    def postings(self) -> dict[str, Postings]:
        return {
            term: Postings(array("I", masks), array("Q", masks.values()))
            for term, masks in self.masks.items()
        }


def _is_spelled_otherwise(word: Spelling) -> bool:
    """Tell whether a noun can be typed in hiragana but is not written so."""
    return len(word.reading) >= READING_MIN and not _HIRAGANA.fullmatch(word.surface)

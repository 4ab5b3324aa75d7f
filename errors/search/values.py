"""The values of a search: what is looked through, what was asked, what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["typed", "kana", "joined", "beginning", "spelling", "synonym"]
FieldKey = tuple[str, str]  # name and language; "" where it speaks none

# How much a word counts by where it stands in an entry: the one table to tune.
WEIGHTS = {
    "code": 7.0,
    "title": 6.0,
    "provider": 5.0,
    "wording": 4.0,
    "summary": 3.5,
    "section": 2.0,
    "body": 1.5,
    "advice": 1.0,
}
OTHER_LANGUAGE = 0.6  # of the weight, for a text that the reader did not ask for


@dataclass(frozen=True, slots=True)
class Document:
    """A published entry as the search sees it; texts by field and language."""

    slug: str
    section: str
    actor: str
    providers: tuple[str, ...] = ()
    texts: Mapping[FieldKey, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms that stand for what was typed, and how surely."""

    terms: tuple[str, ...]
    weight: float = 1.0
    origin: Origin = "typed"


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked for: the typed word or words, and all that means the same."""

    words: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A typed word that nobody wrote, and the word taken instead."""

    typed: str
    taken: str


@dataclass(frozen=True, slots=True)
class Question:
    """A search text as understood."""

    text: str
    language: str
    concepts: tuple[Concept, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """Return every term that was asked for, or stands for one that was."""
        return frozenset(
            term
            for concept in self.concepts
            for alternative in concept.alternatives
            for term in alternative.terms
        )

    @property
    def phrases(self) -> frozenset[tuple[str, ...]]:
        """Return what is worth marking: typed words each, of synonyms whole phrases."""
        return frozenset(
            phrase
            for concept in self.concepts
            for one in concept.alternatives
            for phrase in (zip(one.terms) if one.origin == "typed" else (one.terms,))
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found, with what makes it stand where it does (`ranking.say_why`)."""

    document: Document
    score: float
    found: tuple[tuple[Concept, Alternative], ...] = ()
    pattern: str = ""  # of the catalog, met by the question


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text; marked where it is what was asked for."""

    text: str
    is_marked: bool = False

"""Which entries answer a question best, and the line that says why.

An entry's score: the mean weight of the fields (`values.WEIGHTS`) in which the things asked
for stand, rare ones counting more; less where it covers a part of the question only; more
where much of its title was asked for, and where it stands early in the catalog, with the
general entries; less for an entry of a provider that was not asked for. To that comes what
the catalog's own patterns say, when the question is a line of a bounce. Equal scores stand
in the order of the catalog.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import sqrt

from errors.bounce.folding import fold
from errors.bounce.values import Candidate, Explanation
from errors.search.indexing import Index
from errors.search.values import (
    OTHER_LANGUAGE,
    WEIGHTS,
    Alternative,
    Concept,
    FieldKey,
    Hit,
    Question,
)

MORE_FIELDS = 0.2  # what further fields add to the best one
TITLE_SHARE = 0.5  # what a title adds that was asked for as a whole
GENERAL = 0.15  # what the first entry of the catalog gains over the last
UNASKED = 0.9  # what is left for an entry of a provider that was not asked for
MET_WORDING, MET_CODE = (
    8.0,
    4.0,
)  # what a pattern adds that the question meets as a whole
NEXT_BEST = 0.8  # the same for each further candidate
CUT = 0.3  # entries below this share of the best score are left out
HITS_MAX = 200
WEIGHED_MAX = 500  # entries whose titles are looked at


@dataclass(slots=True)
class _Standing:
    """What speaks for one entry."""

    weight: float = 0.0
    covered: float = 0.0
    bonus: float = 0.0
    pattern: str = ""
    found: list[tuple[Concept, Alternative]] = field(default_factory=list)


def rank(
    question: Question, index: Index, explanation: Explanation | None = None
) -> tuple[Hit, ...]:
    """Return the entries that answer a question, best first."""
    ranking = _Ranking(question, index)
    for concept in question.concepts:
        ranking.weigh(concept)
    if explanation:
        for slug, bonus, pattern in _find_met(question.text, explanation):
            ranking.favour(slug, bonus, pattern)
    return ranking.hits()


class _Ranking:
    """Weighs entries for one question."""

    def __init__(self, question: Question, index: Index) -> None:
        self.question = question
        self.index = index
        self.weights = _Weights(index.fields, question.language)
        self.terms = question.terms
        self.provider_bits = sum(
            1 << bit for bit, (name, _) in enumerate(index.fields) if name == "provider"
        )
        self.mass = sum(map(self._mass, question.concepts)) or 1.0
        self.standings: dict[int, _Standing] = defaultdict(_Standing)

    def _mass(self, concept: Concept) -> float:
        """Return how much a thing asked for says: as much as its known words do."""
        known = [
            [term for term in alternative.terms if self.index.frequency(term)]
            for alternative in concept.alternatives
        ]
        first = next(filter(None, known), None) or concept.alternatives[0].terms
        return sum(map(self.index.rarity, first))

    def weigh(self, concept: Concept) -> None:
        """Add to each entry the best that any alternative of the concept gives it."""
        mass = self._mass(concept)
        best: dict[int, float] = {}
        by: dict[int, Alternative] = {}
        partly: dict[int, float] = {}
        for alternative in concept.alternatives:
            for number, weight, share in self._find(alternative):
                if weight > best.get(number, 0.0):
                    best[number], by[number], partly[number] = (
                        weight,
                        alternative,
                        share,
                    )
        for number, weight in best.items():
            standing = self.standings[number]
            standing.weight += mass * weight
            standing.covered += mass * partly[number]
            standing.found.append((concept, by[number]))

    def favour(self, slug: str, bonus: float, pattern: str) -> None:
        """Add what a met pattern of the catalog says for an entry."""
        number = self.index.numbers.get(slug)
        if number is not None:
            standing = self.standings[number]
            standing.bonus, standing.pattern = bonus, pattern

    def _find(self, alternative: Alternative) -> Iterator[tuple[int, float, float]]:
        """Yield the entries that hold the terms, with weight and share of what they say."""
        if len(alternative.terms) > 1:
            yield from self._find_all(alternative)
        elif postings := self.index.postings.get(alternative.terms[0]):
            weights, factor = self.weights, alternative.weight
            for number, mask in zip(postings.documents, postings.fields, strict=True):
                yield number, factor * weights[mask], 1.0

    def _find_all(self, alternative: Alternative) -> Iterator[tuple[int, float, float]]:
        """Do so for several terms: of a synonym an entry must hold all."""
        terms = sorted(alternative.terms, key=self.index.frequency)
        total = sum(map(self.index.rarity, terms))
        shares = [self.index.rarity(term) / total for term in terms]
        is_typed = alternative.origin == "typed"
        for number in self._holders(terms if is_typed else terms[:1]):
            masks = [self.index.fields_of(term, number) for term in terms]
            if is_typed or all(masks):
                held = [(s, m) for s, m in zip(shares, masks, strict=True) if m]
                weight = sum(share * self.weights[mask] for share, mask in held)
                yield number, alternative.weight * weight, sum(s for s, _ in held)

    def _holders(self, terms: Iterable[str]) -> set[int]:
        """Return the entries that hold at least one of the terms."""
        found = (self.index.postings.get(term) for term in terms)
        return {
            number for postings in found if postings for number in postings.documents
        }

    def hits(self) -> tuple[Hit, ...]:
        rough = {
            number: self._rough_score(one) for number, one in self.standings.items()
        }
        hopeful = CUT * max(rough.values(), default=0.0) / (1 + TITLE_SHARE + GENERAL)
        best = [number for number, score in rough.items() if score >= hopeful]
        best = sorted(best, key=lambda n: (-rough[n], n))[:WEIGHED_MAX]
        scores = {number: self._score(number, rough[number]) for number in best}
        least = CUT * max(scores.values(), default=0.0)
        best.sort(key=lambda n: (-round(scores[n], 6), n))
        return tuple(
            Hit(
                self.index.documents[n],
                scores[n],
                tuple(self.standings[n].found),
                self.standings[n].pattern,
            )
            for n in best[:HITS_MAX]
            if scores[n] >= least
        )

    def _rough_score(self, one: _Standing) -> float:
        coverage = one.covered / self.mass
        return one.weight / self.mass * coverage * sqrt(coverage) + one.bonus

    def _score(self, number: int, rough: float) -> float:
        bonus = self.standings[number].bonus
        titles = self.index.titles[number]
        shares = [len(t & self.terms) / max(len(t), 3) for t in titles]
        early = 1 - number / len(self.index.documents)
        factor = 1 + TITLE_SHARE * max(shares, default=0.0) + GENERAL * early
        if self.index.documents[number].providers and not self._names_provider(number):
            factor *= UNASKED
        return (rough - bonus) * factor + bonus

    def _names_provider(self, number: int) -> bool:
        return any(
            self.index.fields_of(term, number) & self.provider_bits
            for _, alternative in self.standings[number].found
            for term in alternative.terms
        )


class _Weights(dict[int, float]):
    """What it weighs to stand in some fields, given as bits: the best, and a little more."""

    def __init__(self, fields: Iterable[FieldKey], language: str) -> None:
        super().__init__()
        self.singles = [_weight(key, language) for key in fields]

    def __missing__(self, mask: int) -> float:
        weights = [w for bit, w in enumerate(self.singles) if mask >> bit & 1]
        best = max(weights)
        more = MORE_FIELDS * (sum(weights) - best) / len(weights)
        self[mask] = best + more
        return best + more


def _weight(key: FieldKey, language: str) -> float:
    name, code = key
    return WEIGHTS[name] * (1.0 if code in ("", language) else OTHER_LANGUAGE)


def say_why(hit: Hit, index: Index, language: str) -> str:
    """Return in one line where an entry holds what was asked for."""
    lines: dict[str, list[str]] = defaultdict(list)
    for concept, alternative in hit.found:
        words = concept.words
        if alternative.origin != "typed":
            words += f" ({alternative.origin}: {' '.join(alternative.terms)})"
        lines[_best_field(hit, alternative, index, language)].append(words)
    said = [f"{name}: {', '.join(words)}" for name, words in lines.items()]
    return " · ".join([*said, hit.pattern] if hit.pattern else said)


def _best_field(hit: Hit, alternative: Alternative, index: Index, language: str) -> str:
    number = index.numbers[hit.document.slug]
    term = max(alternative.terms, key=index.rarity)
    mask = index.fields_of(term, number)
    held = [key for bit, key in enumerate(index.fields) if mask >> bit & 1]
    return max(held, key=lambda key: _weight(key, language))[0] if held else "–"


# --- What the catalog's patterns say -------------------------------------------------------


def _find_met(text: str, explanation: Explanation) -> Iterator[tuple[str, float, str]]:
    """Yield the entries whose patterns the question meets, read as a line of a bounce."""
    length = len(fold(text).text) or 1
    factor = 1.0
    for candidate in _candidates(explanation):
        if candidate.certainty == "wording":
            share = min(1.0, candidate.match.literal / length)
            said = f"pattern met: {candidate.match.literal} letters of {length}"
            yield candidate.entry, factor * MET_WORDING * share, said
        elif candidate.certainty in ("status-code", "reply-code"):
            yield candidate.entry, factor * MET_CODE, f"its {candidate.certainty} alone"
        factor *= NEXT_BEST


def _candidates(explanation: Explanation) -> Iterator[Candidate]:
    seen = set()
    for verdict in explanation.verdicts:
        for candidate in (verdict.winner, *verdict.others):
            if candidate and candidate.entry not in seen:
                seen.add(candidate.entry)
                yield candidate

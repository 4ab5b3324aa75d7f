"""Which entries answer a question best, and the line that says why.

An entry's score: the mean weight of the fields (`values.WEIGHTS`) in which the things asked
for stand, rare ones counting more; less where it covers a part of the question only; more
where much of its title was asked for. To that comes what the catalog's own patterns say,
when the question is a line of a bounce. Equal scores stand in the order of the catalog.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

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

COVERAGE_POWER = 1.5
MORE_FIELDS = 0.2  # what further fields add to the best one
TITLE_SHARE = 0.5  # what a title adds that was asked for as a whole
GENERAL = 0.15  # what the first entry of the catalog gains over the last: the general ones
# stand in its first sections
MET_WORDING, MET_CODE = 8.0, 4.0  # what a pattern adds that the question meets as a whole
NEXT_BEST = 0.8  # the same for each further candidate
CUT = 0.3  # entries below this share of the best score are left out
HITS_MAX = 200


@dataclass(slots=True)
class _Standing:
    """What speaks for one entry."""

    weight: float = 0.0
    covered: float = 0.0
    bonus: float = 0.0
    pattern: str = ""
    found: list[tuple[Concept, Alternative, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Presence:
    """How an entry holds the terms of an alternative."""

    weight: float
    share: float  # of the terms, by what they say
    mask: int  # the fields of the term that says most


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
        self.weights = [_weight(key, question.language) for key in index.fields]
        self.by_mask: dict[int, float] = {}
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
        best: dict[int, tuple[_Presence, Alternative]] = {}
        for alternative in concept.alternatives:
            for number, presence in self._find(alternative):
                if number not in best or presence.weight > best[number][0].weight:
                    best[number] = (presence, alternative)
        for number, (presence, alternative) in best.items():
            standing = self.standings[number]
            standing.weight += mass * presence.weight
            standing.covered += mass * presence.share
            standing.found.append((concept, alternative, presence.mask))

    def favour(self, slug: str, bonus: float, pattern: str) -> None:
        """Add what a met pattern of the catalog says for an entry."""
        number = self.index.numbers.get(slug)
        if number is not None:
            standing = self.standings[number]
            standing.bonus, standing.pattern = bonus, pattern

    def _find(self, alternative: Alternative) -> Iterator[tuple[int, _Presence]]:
        """Yield the entries that hold the terms; of a synonym, all of its terms."""
        total = sum(map(self.index.rarity, alternative.terms))
        weights: dict[int, float] = defaultdict(float)
        shares: dict[int, float] = defaultdict(float)
        masks: dict[int, int] = {}
        for term in sorted(alternative.terms, key=self.index.rarity):
            postings = self.index.postings.get(term)
            if postings is None:
                continue
            share = self.index.rarity(term) / total
            for number, mask in zip(postings.documents, postings.fields, strict=True):
                weights[number] += share * self._of_mask(mask)
                shares[number] += share
                masks[number] = mask
        for number, share in shares.items():
            if alternative.origin == "typed" or share > 0.999:
                weight = alternative.weight * weights[number]
                yield number, _Presence(weight, share, masks[number])

    def _of_mask(self, mask: int) -> float:
        """Return the weight of standing in these fields: the best, and a little more."""
        weight = self.by_mask.get(mask)
        if weight is None:
            weights = [w for bit, w in enumerate(self.weights) if mask >> bit & 1]
            best = max(weights)
            weight = best + MORE_FIELDS * (sum(weights) - best) / len(weights)
            self.by_mask[mask] = weight
        return weight

    def hits(self) -> tuple[Hit, ...]:
        terms = self.question.terms
        scores = {n: self._score(n, one, terms) for n, one in self.standings.items()}
        least = CUT * max(scores.values(), default=0.0)
        kept = [n for n, score in scores.items() if score >= least]
        kept.sort(key=lambda n: (-round(scores[n], 6), n))
        return tuple(
            Hit(self.index.documents[n], scores[n], self._why(self.standings[n]))
            for n in kept[:HITS_MAX]
        )

    def _score(self, number: int, one: _Standing, terms: frozenset[str]) -> float:
        coverage = one.covered / self.mass
        shares = (len(t & terms) / max(len(t), 3) for t in self.index.titles[number])
        title = max(shares, default=0.0)
        text = one.weight / self.mass * coverage**COVERAGE_POWER
        early = 1 - number / len(self.index.documents)
        text *= 1 + TITLE_SHARE * title + GENERAL * early
        return text + one.bonus

    def _why(self, one: _Standing) -> str:
        """Return in one line where an entry holds what was asked for."""
        lines: dict[str, list[str]] = defaultdict(list)
        for concept, alternative, mask in one.found:
            words = concept.words
            if alternative.origin != "typed":
                words += f" ({alternative.origin}: {' '.join(alternative.terms)})"
            lines[self._best_field(mask)].append(words)
        said = [f"{name}: {', '.join(words)}" for name, words in lines.items()]
        return " · ".join([*said, one.pattern] if one.pattern else said)

    def _best_field(self, mask: int) -> str:
        bits = [bit for bit in range(len(self.weights)) if mask >> bit & 1]
        return self.index.fields[max(bits, key=self.weights.__getitem__)][0]


def _weight(key: FieldKey, language: str) -> float:
    name, code = key
    return WEIGHTS[name] * (1.0 if code in ("", language) else OTHER_LANGUAGE)


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

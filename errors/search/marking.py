"""What was asked for, marked in a text; and the passage of a long text that says most."""

import re
from collections.abc import Iterable, Iterator, Sequence

from errors.bounce.values import Span
from errors.search.indexing import Index
from errors.search.values import Question, Segment
from errors.search.words import Word, find_shown, find_spellings

PASSAGE_MAX = 140  # code points of a passage
EVERYWHERE = 0.4  # words of more entries than this share are not worth a mark

_SENTENCE = re.compile(r"[^。！？!?\n]+(?:[。！？!?]+|\n|$)")
_BLANK = re.compile(r"[\s\u3000]{0,2}")


class Marker:
    """Marks texts of the catalog for one question."""

    def __init__(self, question: Question, index: Index) -> None:
        limit = max(EVERYWHERE * len(index.documents), 1)
        phrases = question.phrases
        telling = {p for p in phrases if all(index.frequency(t) <= limit for t in p)}
        self.phrases = telling or phrases
        self.longest = max(map(len, self.phrases), default=0)
        self.terms = {term for phrase in self.phrases for term in phrase}

    def mark(self, text: str) -> tuple[Segment, ...]:
        """Part a text into marked and plain pieces."""
        spans = (span for span, _ in self._find(find_shown(text)))
        return tuple(_segments(text, _merge(text, spans)))

    def find_phrases(self, text: str) -> frozenset[tuple[str, ...]]:
        """Return what of the question a text holds."""
        held = self.terms.intersection(one.term for one in find_spellings(text))
        phrases = frozenset(
            phrase for phrase in self.phrases if held.issuperset(phrase)
        )
        if all(len(phrase) == 1 for phrase in phrases):
            return phrases  # as most are; only of longer ones the order matters
        return frozenset(phrase for _, phrase in self._find(find_shown(text)))

    def passage(self, text: str) -> tuple[Segment, ...]:
        """Return the sentence that holds most of what was asked for, marked; or nothing."""
        best, most = "", 0
        for sentence in _SENTENCE.finditer(text):
            found = len(self.find_phrases(sentence[0]))
            if found > most:
                best, most = sentence[0].strip(), found
        return self.mark(self._cut(best)) if best else ()

    def _find(self, words: Sequence[Word]) -> Iterator[tuple[Span, tuple[str, ...]]]:
        """Yield each phrase in a text with its place, the longest that begins there."""
        terms = tuple(word.term for word in words)
        for at, word in enumerate(words):
            for length in range(self.longest, 0, -1):
                phrase = terms[at : at + length]
                if phrase in self.phrases:
                    end = words[at + len(phrase) - 1].span.end
                    yield Span(word.span.start, end), phrase
                    break

    def _cut(self, sentence: str) -> str:
        """Cut a long sentence down to the surroundings of its first mark."""
        if len(sentence) <= PASSAGE_MAX:
            return sentence
        first = next((s for s, _ in self._find(find_shown(sentence))), Span(0, 0)).start
        start = max(0, min(first - PASSAGE_MAX // 3, len(sentence) - PASSAGE_MAX))
        end = start + PASSAGE_MAX
        lead = "…" if start else ""
        return lead + sentence[start:end] + ("…" if end < len(sentence) else "")


def _merge(text: str, spans: Iterable[Span]) -> list[Span]:
    """Join marks with nothing but a blank between them."""
    merged: list[Span] = []
    for span in sorted(spans):
        last = merged[-1] if merged else None
        if last and _BLANK.fullmatch(text, last.end, max(last.end, span.start)):
            merged[-1] = Span(last.start, max(last.end, span.end))
        else:
            merged.append(span)
    return merged


def _segments(text: str, spans: Iterable[Span]) -> Iterator[Segment]:
    at = 0
    for span in spans:
        if at < span.start:
            yield Segment(text[at : span.start])
        yield Segment(span.of(text), is_marked=True)
        at = span.end
    if at < len(text):
        yield Segment(text[at:])

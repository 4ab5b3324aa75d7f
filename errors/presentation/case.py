"""One explanation with the catalog's texts, for one reader: what every part of the page needs."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import overload

from django.utils.safestring import SafeString

from errors.bounce.values import Bounce, Candidate, Explanation, Value, Verdict
from errors.publishing import Published, PublishedEntry
from errors.wording import fill


@dataclass(frozen=True, slots=True)
class Case:
    """An explanation, the catalog it was made by, the reader's language and the time."""

    explanation: Explanation
    published: Published
    language: str
    now: datetime.datetime

    @property
    def bounce(self) -> Bounce:
        return self.explanation.bounce

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict: the one the headline speaks of."""
        return self.explanation.verdicts[self.explanation.headline]

    @property
    def entry(self) -> PublishedEntry | None:
        return self.entry_of(self.verdict.winner)

    def entry_of(self, candidate: Candidate | None) -> PublishedEntry | None:
        """Return the candidate's entry; it may have gone since the catalog was compiled."""
        return self.published.entries.get(candidate.entry) if candidate else None

    @overload
    def fill(self, text: SafeString, values: Iterable[Value]) -> SafeString: ...
    @overload
    def fill(self, text: str, values: Iterable[Value]) -> str: ...
    def fill(self, text: str, values: Iterable[Value]) -> str:
        """Put captured values into a text; safe HTML stays safe."""
        return fill(text, values, self.language)

    def say(self, field: str, candidate: Candidate | None) -> str:
        """Return a plain text of the candidate's entry, filled; "" without an entry."""
        entry = self.entry_of(candidate)
        if entry is None:
            return ""
        return self.fill(entry.text(field, self.language), self.values_of(candidate))

    def values_of(self, candidate: Candidate | None) -> tuple[Value, ...]:
        """Return what fills the texts: nobody's address where they speak of several people."""
        if candidate is None:
            return ()
        alike = [v for v in self.explanation.verdicts if v.entry == candidate.entry]
        if len(alike) < 2:
            return candidate.values
        return tuple(value for value in candidate.values if value.type != "address")

    def verdicts_by_entry(self) -> dict[str, list[Verdict]]:
        """Return the verdicts that have an entry, the headline's first."""
        grouped: dict[str, list[Verdict]] = {}
        mine = self.verdict
        for verdict in (mine, *(v for v in self.explanation.verdicts if v is not mine)):
            if entry := self.entry_of(verdict.winner):
                grouped.setdefault(entry.slug, []).append(verdict)
        return grouped

"""Hits by section, provider and who must act: counted, and narrowed down to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from errors.search.values import Document, Hit

FACETS = ("section", "provider", "actor")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a search is narrowed to; "" is everything."""

    section: str = ""
    provider: str = ""
    actor: str = ""


def narrow(hits: Iterable[Hit], by: Narrowing, *, besides: str = "") -> list[Hit]:
    """Return the hits that fit, whatever they are in the facet named by `besides`."""
    return [
        hit
        for hit in hits
        if all(
            not getattr(by, facet)
            or facet == besides
            or getattr(by, facet) in values_of(hit.document, facet)
            for facet in FACETS
        )
    ]


def count(hits: Sequence[Hit], by: Narrowing) -> dict[str, Counter[str]]:
    """Count the hits by each facet, as narrowed by the other ones."""
    return {
        facet: Counter(
            value
            for hit in narrow(hits, by, besides=facet)
            for value in values_of(hit.document, facet)
        )
        for facet in FACETS
    }


def values_of(document: Document, facet: str) -> tuple[str, ...]:
    """Return where a document belongs."""
    if facet == "provider":
        return document.providers
    return (document.section if facet == "section" else document.actor,)

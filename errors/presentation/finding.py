"""The search page in one go: what was found, how to narrow it, and what to do without."""

import html
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from errors.bounce.values import Explanation
from errors.box import is_notice
from errors.markup import render
from errors.models import Actor, Entry, Outcome
from errors.publishing import Published, PublishedEntry
from errors.search import search
from errors.search.marking import Marker
from errors.search.narrowing import FACETS, Narrowing, count, narrow
from errors.search.nearing import find_nearest
from errors.search.values import Correction, Hit, Segment
from errors.wording import fill

PER_PAGE = 20
FACET_MAX = 8  # values shown of one facet
SUGGESTIONS_MAX = 7


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry found, with what was asked for marked in it."""

    entry: Entry
    title: tuple[Segment, ...]
    summary: tuple[Segment, ...]
    passage: tuple[Segment, ...]  # where neither title nor summary say it
    outcome: str
    actor: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value that the search can be narrowed to."""

    label: str
    number: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one kind."""

    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the results; without an address the gap between two."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything the search template shows."""

    text: str
    total: int = 0
    found: tuple[FoundEntry, ...] = ()
    facets: tuple[Facet, ...] = ()
    pages: tuple[PageLink, ...] = ()
    before: str = ""
    after: str = ""
    corrections: tuple[Correction, ...] = ()
    nearest: tuple[Entry, ...] = ()
    notice: str = ""  # what it means, when it is a line of a bounce
    is_narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for, and which part of the answer."""

    text: str
    language: str
    narrowing: Narrowing = field(default_factory=Narrowing)
    page: str = "1"


def search_page(
    wanted: Wanted, published: Published, explanation: Explanation
) -> SearchPage:
    """Return everything that answers a search; in the language that is active."""
    index = published.index
    question, hits = search(wanted.text, wanted.language, index, explanation)
    kept = narrow(hits, wanted.narrowing)
    paginator = Paginator(kept, PER_PAGE)
    page = paginator.get_page(wanted.page)
    marker = Marker(question, index)
    links = _Links(wanted)
    near = [] if hits else find_nearest(wanted.text, wanted.language, index)
    return SearchPage(
        text=wanted.text,
        total=len(kept),
        found=tuple(_show(hit, published, marker, wanted.language) for hit in page),
        facets=tuple(_facets(hits, published, wanted.narrowing, links)),
        pages=tuple(_page_links(paginator, page.number, links)),
        before=links.page(page.number - 1) if page.has_previous() else "",
        after=links.page(page.number + 1) if page.has_next() else "",
        corrections=question.corrections,
        nearest=tuple(published.rows[document.slug] for document in near),
        notice=_notice(explanation, published, wanted.language),
        is_narrowed=wanted.narrowing != Narrowing(),
    )


def search_url(text: str, **narrowing: str) -> str:
    """Return the address of a search; only for words that may travel (`errors.box`)."""
    values = {"q": text, **{name: value for name, value in narrowing.items() if value}}
    return f"{reverse('search')}?{urlencode(values)}"


def examples() -> list[tuple[str, str]]:
    """Return words to try, with the addresses of their answers."""
    words = (
        "550",
        "5.7.1",
        _("mailbox full"),
        _("gmail does not arrive"),
        "user unknown",
    )
    return [(text, search_url(text)) for text in words]


class _Links:
    """Makes addresses of the same search, narrowed or turned otherwise."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted

    def narrowed(self, narrowing: Narrowing) -> str:
        return self._url(narrowing)

    def page(self, number: int) -> str:
        return self._url(self.wanted.narrowing, page=str(number))

    def _url(self, narrowing: Narrowing, page: str = "") -> str:
        values = {name: getattr(narrowing, name) for name in FACETS}
        return search_url(self.wanted.text, **values, page=page)


# --- What was found ----------------------------------------------------------------------


def _show(hit: Hit, published: Published, marker: Marker, language: str) -> FoundEntry:
    row = published.rows[hit.document.slug]
    entry = published.entries[hit.document.slug]
    title, summary = entry.text("title", language), entry.text("summary", language)
    summary = fill(summary, (), language)
    return FoundEntry(
        entry=row,
        title=marker.mark(title),
        summary=marker.mark(summary),
        passage=_passage(row, entry, marker, language, f"{title}\n{summary}"),
        outcome=str(Outcome(row.outcome).label),
        actor=str(Actor(row.actor).label),
    )


def _passage(
    row: Entry, entry: PublishedEntry, marker: Marker, language: str, said: str
) -> tuple[Segment, ...]:
    """Return a passage that holds something asked for which the list does not say yet."""
    seen = marker.find_phrases(said)
    for text in (row.sample, row.wordings):
        if marker.find_phrases(text) - seen:
            return marker.passage(text)
    for name in ("body", "advice"):
        text = entry.text(name, language)
        if marker.find_phrases(text) - seen:
            shown = fill(render(text), (), language)
            return marker.passage(html.unescape(strip_tags(shown)))
    return ()


def _notice(explanation: Explanation, published: Published, language: str) -> str:
    """Say what the text means as a line of a bounce, when the catalog knows it so."""
    verdict = explanation.verdicts[explanation.headline]
    entry = published.entries.get(verdict.entry or "")
    if entry is None or not is_notice(explanation):
        return ""
    values = verdict.winner.values if verdict.winner else ()
    return fill(entry.text("summary", language), values, language)


# --- Narrowing, pages, suggestions -------------------------------------------------------


def _facets(
    hits: tuple[Hit, ...], published: Published, by: Narrowing, links: _Links
) -> Iterator[Facet]:
    counts = count(hits, by)
    kinds: tuple[tuple[str, str, Callable[[Published], dict[str, str]]], ...] = (
        ("section", _("Section"), _section_labels),
        ("provider", _("Provider"), _provider_labels),
        ("actor", _("Who must act"), _actor_labels),
    )
    for name, label, labels_of in kinds:
        labels = labels_of(published)
        chosen = getattr(by, name)
        shown = [v for v, _n in counts[name].most_common(FACET_MAX)]
        values = tuple(
            FacetValue(
                label=labels.get(value, value),
                number=counts[name][value],
                url=links.narrowed(
                    replace(by, **{name: "" if value == chosen else value})
                ),
                is_chosen=value == chosen,
            )
            for value in _with_chosen(shown, chosen)
        )
        if values and (len(values) > 1 or chosen):
            yield Facet(label, values)


def _with_chosen(values: list[str], chosen: str) -> list[str]:
    """Keep the chosen value in sight, so that it can be taken back."""
    return values if not chosen or chosen in values else [chosen, *values]


def _section_labels(published: Published) -> dict[str, str]:
    return {section.slug: section.title for section in published.sections}


def _provider_labels(published: Published) -> dict[str, str]:
    return {slug: provider.name for slug, provider in published.providers.items()}


def _actor_labels(published: Published) -> dict[str, str]:
    return {who.value: str(who.label) for who in Actor}


def _page_links(
    paginator: "Paginator[Hit]", current: int, links: _Links
) -> Iterator[PageLink]:
    if paginator.num_pages == 1:
        return
    for number in paginator.get_elided_page_range(current, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            yield PageLink(str(number), links.page(number), number == current)
        else:
            yield PageLink(str(number), "")


def suggestions(
    hits: Iterable[Hit], published: Published, language: str
) -> list[dict[str, str]]:
    """Return titles and addresses of the best entries, as JSON for the box."""
    return [
        {
            "title": published.entries[hit.document.slug].text("title", language),
            "url": published.rows[hit.document.slug].get_absolute_url(),
        }
        for hit in list(hits)[:SUGGESTIONS_MAX]
    ]

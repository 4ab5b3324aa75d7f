"""Versions of a row as a whole, in content form: listed, compared and restored.

A version of an entry is the entry with its patterns, examples and relations as they all
were at the moment of one act (`history`). The rows of history are read in a constant number
of queries, however many versions there are.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Model

from errors.models import Entry, Example, Pattern, Provider, Relation, Section
from errors.shipping.contents import (
    entry_content,
    patterns_content,
    plain_content,
    texts_of,
)
from errors.shipping.files import Content
from errors.shipping.writing import STEP, Shelf, Writer


@dataclass(frozen=True, slots=True)
class Version:
    """What a row said after one act; no content where the act deleted it."""

    moment: datetime.datetime
    who: str  # "" where nobody was logged in: a command, a load
    reason: str
    content: Content | None


def versions_of(model: type[Model], pk: int) -> list[Version]:
    """Return all versions of a row, the newest first; [] for one that never was."""
    own = _history(model, id=pk)
    if model is not Entry:
        return _versions([own], lambda at: _plain_at(own, at, model))
    parts = _Parts(pk, own)
    return _versions(
        [own, parts.patterns, parts.examples, parts.relations], parts.content_at
    )


def _history(model: Any, **of: Any) -> list[Any]:
    """Return the rows of a model's history from the oldest on."""
    rows = model.history.filter(**of).select_related("history_user")
    return list(rows.order_by("history_date", "history_id"))


def _versions(
    tables: Iterable[list[Any]],
    content_at: Callable[[datetime.datetime], Content | None],
) -> list[Version]:
    acts = {row.history_date: row for rows in tables for row in rows}
    return [
        Version(
            moment,
            str(acts[moment].history_user or ""),
            acts[moment].history_change_reason or "",
            content_at(moment),
        )
        for moment in sorted(acts, reverse=True)
    ]


def _last(rows: Iterable[Any], moment: datetime.datetime) -> list[Any]:
    """Return of each row what it last was by then, without those deleted."""
    last = {row.id: row for row in rows if row.history_date <= moment}
    return [last[key] for key in sorted(last) if last[key].history_type != "-"]


def _plain_at(
    rows: list[Any], moment: datetime.datetime, model: type[Model]
) -> Content | None:
    last = _last(rows, moment)
    return plain_content(last[0], model) if last else None


class _Parts:
    """The history of one entry and of all that belongs to it."""

    def __init__(self, pk: int, entries: list[Any]) -> None:
        self.entries = entries
        self.patterns = _history(Pattern, entry_id=pk)
        self.examples = _history(Example, entry_id=pk)
        self.relations = _history(Relation, entry_id=pk)
        self.sections = _slugs(Section, (row.section_id for row in entries))
        self.others = _slugs(Entry, (row.other_id for row in self.relations))
        links = _links(entries)
        needed = {pk for pks in links.values() for pk in pks}
        needed |= {row.provider_id for row in self.patterns if row.provider_id}
        self.providers = _slugs(Provider, needed)
        self.links = links

    def content_at(self, moment: datetime.datetime) -> Content | None:
        last = _last(self.entries, moment)
        if not last:
            return None
        entry = last[0]
        related = (
            [self.others.get(row.other_id, "?"), texts_of(row, "difference")]
            for row in _last(self.relations, moment)
        )
        return entry_content(
            entry,
            section=self.sections.get(entry.section_id, "?"),
            providers=(
                self.providers.get(pk, "?") for pk in self.links[entry.history_id]
            ),
            patterns=patterns_content(
                _last(self.patterns, moment),
                lambda row: self.providers.get(row.provider_id, ""),
            ),
            examples=(row.text for row in _last(self.examples, moment)),
            related=sorted(related, key=lambda pair: str(pair[0])),
        )


def _links(entries: Sequence[Any]) -> dict[int, list[int]]:
    """Return the providers of each row of the entry's history, in one query."""
    links: dict[int, list[int]] = {row.history_id: [] for row in entries}
    if entries:
        rows = type(entries[0]).providers.filter(history__in=list(links))
        for history_id, provider_id in rows.values_list("history_id", "provider_id"):
            links[history_id].append(provider_id)
    return links


def _slugs(model: Any, pks: Iterable[int]) -> dict[int, str]:
    """Return the slugs that rows have, or had when they were deleted."""
    wanted = set(pks)
    if not wanted:
        return {}
    newest = (
        model.history.filter(id__in=wanted).values("id").annotate(Max("history_id"))
    )
    gone = model.history.filter(history_id__in=newest.values("history_id__max"))
    present = model.objects.filter(pk__in=wanted)
    return {
        **dict(gone.values_list("id", "slug")),
        **dict(present.values_list("pk", "slug")),
    }


def restore(row: Any, content: Content) -> None:
    """Make a row, present or deleted, say what one of its versions said.

    Call it within a transaction and an act. Raises ValidationError for what is no more:
    a section, a provider, a related entry.
    """
    writer = Writer(Shelf.of([content]), last_place)
    writer.write(row, content)
    if isinstance(row, Entry):
        writer.relate(row, content)
    writer.finish()


def last_place(section: str, _wanted: int) -> int:
    """Return the position behind all entries of a section."""
    taken = Entry.objects.filter(section__slug=section)
    return int(taken.aggregate(last=Max("position"))["last"] or 0) + STEP

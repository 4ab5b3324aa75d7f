"""The published rows: read from the database, and kept in a file for when it is away.

The file (CATALOG_SNAPSHOT) is JSON, a row a line, in Django's own format. It holds what is
published, as explaining needs it, so that a process which starts during an outage of the
database explains as the others do: no draft, no note, no account, nothing of customers.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, QuerySet
from modeltranslation.translator import NotRegistered, translator

from errors.models import (
    Entry,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    State,
    Synonym,
    Term,
)

# In the order of their dependence; `internal_note` is for staff alone.
MODELS: tuple[type[Model], ...] = (
    Section,
    Provider,
    Entry,
    Relation,
    Pattern,
    Gloss,
    Synonym,
    Term,
)
WITHHELD = {"internal_note"}


@dataclass(frozen=True, slots=True)
class Rows:
    """The published catalog as rows that know each other: reading them asks no database."""

    sections: list[Section] = field(default_factory=list)
    providers: list[Provider] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    glosses: list[Gloss] = field(default_factory=list)
    synonyms: list[Synonym] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)

    def by_model(self) -> Iterator[tuple[type[Model], Sequence[Model]]]:
        """Yield each model with its rows."""
        lists = (
            self.sections,
            self.providers,
            self.entries,
            self.relations,
            self.patterns,
            self.glosses,
            self.synonyms,
            self.terms,
        )
        yield from zip(MODELS, lists, strict=True)


def read_rows() -> Rows:
    """Read the published rows, in a constant number of queries."""
    entries = Entry.objects.published().defer(*WITHHELD)
    public = {"entry__state": State.PUBLISHED}
    return _joined(
        Rows(
            sections=list(Section.objects.all()),
            providers=list(Provider.objects.all()),
            entries=list(entries.prefetch_related("providers")),
            relations=list(
                Relation.objects.filter(**public, other__state=State.PUBLISHED)
            ),
            patterns=list(Pattern.objects.filter(**public)),
            glosses=list(Gloss.objects.all()),
            synonyms=list(Synonym.objects.all()),
            terms=list(Term.objects.all()),
        )
    )


def save_rows(rows: Rows, path: Path, revision: int) -> None:
    """Write the rows to a file, which is replaced whole; raise OSError where it cannot be."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False
    ) as file:
        try:
            file.write(json.dumps({"revision": revision}) + "\n")
            for model, some in rows.by_model():
                fields = columns_of(model)
                for row in serializers.serialize("python", some, fields=fields):
                    # Not json.dump, which is three times as slow.
                    file.write(json.dumps(row, cls=DjangoJSONEncoder) + "\n")
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def load_rows(path: Path) -> tuple[Rows, int]:
    """Return the rows of such a file and their revision.

    Raises OSError or ValueError (also a DeserializationError is one) for a file that is
    not there or not whole. Columns that this release does not know are passed over.
    """
    with path.open(encoding="utf-8") as file:
        rows = Rows()
        lists = dict(rows.by_model())
        providers: dict[int, list[int]] = {}
        try:
            revision = int(json.loads(file.readline())["revision"])
            for read in serializers.deserialize("jsonl", file, ignorenonexistent=True):
                lists[type(read.object)].append(read.object)  # type: ignore[attr-defined]  # a list
                if isinstance(read.object, Entry):
                    providers[read.object.pk] = (read.m2m_data or {})["providers"]  # type: ignore[assignment]  # keys
        except (
            serializers.base.DeserializationError,
            KeyError,
            TypeError,
        ) as problem:
            raise ValueError(f"{path} is not a catalog of ours") from problem
    by_key = {provider.pk: provider for provider in rows.providers}
    for entry in rows.entries:
        of_entry = [by_key[key] for key in providers[entry.pk] if key in by_key]
        _set_related(entry, "providers", of_entry)
    return _joined(rows), revision


def columns_of(model: type[Model]) -> set[str]:
    """Name what the file keeps of a model.

    A translated field stands in it by its languages: the bare name would mean the one of
    whoever reads it. Of other rows only the catalog's own are named, never an account.
    """
    try:
        translated = set(translator.get_options_for_model(model).all_fields)
    except NotRegistered:
        translated = set()
    return {
        one.name
        for one in (*model._meta.fields, *model._meta.many_to_many)
        if one.name not in WITHHELD | translated and _is_ours(one)
    }


def _is_ours(one: "Field[Any, Any]") -> bool:
    return one.related_model is None or one.related_model in MODELS


def _joined(rows: Rows) -> Rows:
    """Let every row know its neighbours, as if they had been prefetched.

    The lists may stem from different moments: what points to nothing is left out.
    """
    sections = {row.pk: row for row in rows.sections}
    providers = {row.pk: row for row in rows.providers}
    entries = {row.pk: row for row in rows.entries if row.section_id in sections}
    for entry in entries.values():
        entry.section = sections[entry.section_id]
    relations = [
        row for row in rows.relations if {row.entry_id, row.other_id} <= entries.keys()
    ]
    for relation in relations:
        relation.entry = entries[relation.entry_id]
        relation.other = entries[relation.other_id]
    patterns = [row for row in rows.patterns if row.entry_id in entries]
    for pattern in patterns:
        pattern.entry = entries[pattern.entry_id]
        if pattern.provider_id:
            pattern.provider = providers.get(pattern.provider_id)
    ordered = sorted(entries.values(), key=lambda row: row.position)
    _share(rows.sections, "entries", ordered, lambda row: row.section_id)
    _share(ordered, "relations", relations, lambda row: row.entry_id)
    _share(ordered, "patterns", patterns, lambda row: row.entry_id)
    return replace(rows, entries=ordered, relations=relations, patterns=patterns)


def _share(
    owners: Iterable[Model],
    name: str,
    rows: Iterable[Any],
    owner_of: Callable[[Any], int],
) -> None:
    shares: dict[int, list[Model]] = {}
    for row in rows:
        shares.setdefault(owner_of(row), []).append(row)
    for owner in owners:
        _set_related(owner, name, shares.get(owner.pk, []))


def _set_related(owner: Model, name: str, rows: Iterable[Model]) -> None:
    """Answer `owner.name.all()` with these rows, as prefetch_related does."""
    related: QuerySet[Model] = getattr(owner, name).all()
    related._result_cache = list(rows)
    related._prefetch_done = True  # type: ignore[attr-defined]  # Django's own mark
    cache: dict[str, Any] = owner.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = related

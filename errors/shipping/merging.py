"""Contents → rows: what is new comes in, what nobody touched is updated, staff's work is kept.

A row's content is hashed. `shipped_hash` holds the hash of what was shipped; as long as the
row still has that content nobody touched it, and a newer shipped content may replace it.
Touched rows are kept and listed. Loading twice changes nothing.

Languages in which the files say nothing are the operator's own: a load neither compares nor
changes their texts.

What staff bring in themselves replaces whatever is there, and withdraws nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from errors import history
from errors.catalog import bumping_once, hold
from errors.models import Entry, Gloss, Provider, Section, Synonym, Term
from errors.shipping.contents import (
    complete,
    content_of,
    fingerprint,
    languages_of,
    narrow,
)
from errors.shipping.files import Content, Parcel, ShippingError, read
from errors.shipping.writing import Shelf, Writer


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was created or updated: what it said before, and what it says now."""

    kind: str  # "entry", "section" …
    key: str
    before: Content | None
    after: Content


@dataclass(slots=True)
class Report:
    """What a load did, or would do, by `kind slug`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # staff changed them
    withdrawn: list[str] = field(default_factory=list)  # shipped no more
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)


class _DryRun(Exception):  # noqa: N818 - not an error: rolls the transaction back
    pass


def load(folder: Path, *, dry_run: bool = False, force: Iterable[str] = ()) -> Report:
    """Merge the YAML files of a folder into the database, all or nothing.

    `force` names entries that are overwritten although staff changed them.
    Raises ShippingError for a file that cannot be used; then nothing was changed.
    """
    parcel = read(folder)
    try:
        with transaction.atomic(), bumping_once(), history.one_act("loadcatalog"):
            hold()  # what is read here stays as it is until we are done
            report = _Merge(parcel, set(force)).run()
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


def bring_in(parcel: Parcel) -> Report:
    """Write what staff bring in over what is there; call it within a transaction.

    Raises ShippingError for a content that cannot be used.
    """
    return _Merge(parcel, None).run()


class _Merge:
    """One load: the rows that were there, looked up once, and what became of them.

    `force` names what may be overwritten; None overwrites all, as staff's own import does.
    """

    def __init__(self, parcel: Parcel, force: set[str] | None) -> None:
        self.parcel = parcel
        self.force = force
        self.languages = set().union(*map(languages_of, parcel.contents()))
        self.report = Report()
        self.entries = {row.slug: row for row in _whole_entries()}
        self.shelf = Shelf(
            sections={row.slug: row for row in Section.objects.all()},
            providers={row.slug: row for row in Provider.objects.all()},
            entries=self.entries,
        )
        self.glosses = {row.text: row for row in Gloss.objects.all()}
        self.synonyms = {row.slug: row for row in Synonym.objects.all()}
        self.terms = {row.slug: row for row in Term.objects.all()}
        self.writer = Writer(self.shelf, self.free_position, confirmed=self.languages)
        self.places: dict[str, set[int]] = {}  # taken, by section
        for entry in self.entries.values():
            self.places.setdefault(entry.section.slug, set()).add(entry.position)

    def run(self) -> Report:
        parcel = self.parcel
        for content in parcel.sections:
            self.merge(Section, self.shelf.sections, content["slug"], content)
        for content in parcel.providers:
            self.merge(Provider, self.shelf.providers, content["slug"], content)
        for content in parcel.glosses:
            self.merge(Gloss, self.glosses, content["text"], content)
        for content in parcel.synonyms:
            self.merge(Synonym, self.synonyms, content["slug"], content)
        for content in parcel.terms:
            self.merge(Term, self.terms, content["slug"], content)
        merged = [
            self.merge(Entry, self.entries, content["slug"], content)
            for content in parcel.entries
        ]
        for content in filter(None, merged):  # when all of them exist
            entry = self.entries[content["slug"]]
            self.attempt(partial(self.writer.relate, entry, content), content)
        self.writer.finish()
        if self.force is not None:
            self.withdraw_entries({content["slug"] for content in parcel.entries})
            self.withdraw(self.glosses, {c["text"] for c in parcel.glosses})
            self.withdraw(self.synonyms, {c["slug"] for c in parcel.synonyms})
            self.withdraw(self.terms, {c["slug"] for c in parcel.terms})
        return self.report

    def merge(
        self, model: type[Any], rows: dict[str, Any], key: str, content: Content
    ) -> Content | None:
        """Create, update or keep one row; return what it says now if that was shipped."""
        name = f"{model._meta.model_name} {key}"
        shipped = fingerprint(content)
        row = rows.get(key)
        before = content_of(row) if row else None
        present = fingerprint(narrow(before, self.languages)) if before else ""
        content = complete(content, before, self.languages) if before else content
        if row is None:
            row = rows[key] = model()
            self.report.created.append(name)
        elif present == shipped:
            self.leave(row, shipped)
            return content
        elif not self.may_overwrite(row, key, present):
            self.report.kept.append(name)
            return None
        else:
            self.report.updated.append(name)
        if self.force is not None:
            row.shipped_hash = shipped
        self.attempt(partial(self.writer.write, row, content), content, name)
        change = Change(str(model._meta.model_name), key, before, content)
        self.report.changes.append(change)
        return content

    def may_overwrite(self, row: Any, key: str, present: str) -> bool:
        return self.force is None or key in self.force or present == row.shipped_hash

    def leave(self, row: Any, shipped: str) -> None:
        """Count a row that says the same; from now on it counts as untouched again."""
        self.report.unchanged += 1
        if self.force is not None and row.shipped_hash != shipped:
            type(row).objects.filter(pk=row.pk).update(shipped_hash=shipped)

    def attempt(
        self, write: Callable[[], None], content: Content, name: str = ""
    ) -> None:
        """Say of a content that cannot be written where it stood."""
        try:
            write()
        except (ValidationError, IntegrityError) as error:
            raise ShippingError(f"{content.get('_where', name)}: {error}") from error

    def free_position(self, section: str, wanted: int) -> int:
        """Return the wanted place, or the next free one where staff put something there."""
        taken = self.places.setdefault(section, set())
        free = next(n for n in range(wanted, wanted + len(taken) + 1) if n not in taken)
        taken.add(free)
        return free

    def withdraw_entries(self, slugs: set[str]) -> None:
        """Turn entries that are shipped no more into drafts, unless staff changed them."""
        for slug, entry in self.entries.items():
            if (
                slug not in slugs
                and entry.state == "published"
                and self.is_untouched(entry)
            ):
                entry.state = "draft"
                entry.shipped_hash = self.hash_of(entry)  # it may be shipped again
                entry.save()
                self.report.withdrawn.append(f"entry {slug}")

    def is_untouched(self, row: Any) -> bool:
        return bool(row.shipped_hash) and self.hash_of(row) == row.shipped_hash

    def hash_of(self, row: Any) -> str:
        return fingerprint(narrow(content_of(row), self.languages))

    def withdraw(self, rows: Mapping[str, Any], shipped: set[str]) -> None:
        """Delete glosses, terms or synonyms that are shipped no more, unless staff changed them."""
        for key, row in rows.items():
            if key not in shipped and self.is_untouched(row):
                row.delete()
                self.report.withdrawn.append(f"{row._meta.model_name} {key}")


def _whole_entries() -> QuerySet[Entry]:
    """Return all entries with everything that belongs to their content."""
    return Entry.objects.select_related("section").prefetch_related(
        "providers", "patterns__provider", "examples", "relations__other"
    )

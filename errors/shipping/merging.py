"""Contents → rows: what is new comes in, what nobody touched is updated, staff's work is kept.

A row's content is hashed. `shipped_hash` holds the hash of what was shipped; as long as the
row still has that content nobody touched it, and a newer shipped content may replace it.
Touched rows are kept and listed. Loading twice changes nothing.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from modeltranslation.utils import build_localized_fieldname

from errors.catalog import bumping_once
from errors.models import (
    Entry,
    Example,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    Term,
)
from errors.shipping.contents import FIELDS, content_of, fingerprint, relations_of
from errors.shipping.files import (
    DATES,
    PLAIN,
    TRANSLATED,
    Content,
    Parcel,
    ShippingError,
    read,
)

STEP = 10  # between two positions, so that staff can put entries in between


@dataclass(slots=True)
class Report:
    """What a load did, or would do, by `kind slug`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # staff changed them
    withdrawn: list[str] = field(default_factory=list)  # shipped no more
    unchanged: int = 0


class _DryRun(Exception):  # noqa: N818 - not an error: rolls the transaction back
    pass


def load(folder: Path, *, dry_run: bool = False, force: Iterable[str] = ()) -> Report:
    """Merge the YAML files of a folder into the database, all or nothing.

    `force` names entries that are overwritten although staff changed them.
    Raises ShippingError for a file that cannot be used; then nothing was changed.
    """
    parcel = read(folder)
    try:
        with transaction.atomic(), bumping_once():
            report = _Merge(set(force)).run(parcel)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


class _Merge:
    """One load: the rows that were there, looked up once, and what became of them."""

    def __init__(self, force: set[str]) -> None:
        self.force = force
        self.report = Report()
        self.sections = {row.slug: row for row in Section.objects.all()}
        self.providers = {row.slug: row for row in Provider.objects.all()}
        self.glosses = {row.text: row for row in Gloss.objects.all()}
        self.terms = {row.slug: row for row in Term.objects.all()}
        self.entries = {row.slug: row for row in _whole_entries()}
        self.places: dict[str, set[int]] = {}  # taken, by section
        for entry in self.entries.values():
            self.places.setdefault(entry.section.slug, set()).add(entry.position)

    def run(self, parcel: Parcel) -> Report:
        for content in parcel.sections:
            self.merge(Section, self.sections, content["slug"], content)
        for content in parcel.providers:
            self.merge(Provider, self.providers, content["slug"], content)
        for content in parcel.glosses:
            self.merge(Gloss, self.glosses, content["text"], content)
        for content in parcel.terms:
            self.merge(Term, self.terms, content["slug"], content)
        merged = [
            (self.merge(Entry, self.entries, content["slug"], content), content)
            for content in parcel.entries
        ]
        for entry, content in merged:  # when all of them exist
            if entry:
                self.relate(entry, content)
        self.withdraw_entries({content["slug"] for content in parcel.entries})
        self.withdraw(self.glosses, {content["text"] for content in parcel.glosses})
        self.withdraw(self.terms, {content["slug"] for content in parcel.terms})
        return self.report

    def merge(
        self, model: type[Any], rows: dict[str, Any], key: str, content: Content
    ) -> Any:
        """Create, update or keep one row; return it when it now says what was shipped."""
        name = f"{model._meta.model_name} {key}"
        shipped = fingerprint(content)
        row = rows.get(key)
        if row is None:
            row = rows[key] = model()
            self.report.created.append(name)
        else:
            present = fingerprint(content_of(row))
            if present == shipped == row.shipped_hash:
                self.report.unchanged += 1
                return row
            if present not in (row.shipped_hash, shipped) and key not in self.force:
                self.report.kept.append(name)
                return None
            self.report.updated.append(name)
        row.shipped_hash = shipped
        try:
            self.apply(row, content)
        except (ValidationError, IntegrityError) as error:
            raise ShippingError(f"{content.get('_where', name)}: {error}") from error
        return row

    def apply(self, row: Any, content: Content) -> None:
        if isinstance(row, Entry):
            self.apply_entry(row, content)
            return
        plain, translated = FIELDS[type(row)]
        for name in plain:
            setattr(row, name, content[name])
        for name in translated:
            _set_texts(row, name, content[name])
        _save(row)

    def apply_entry(self, entry: Entry, content: Content) -> None:
        for name in ("slug", "state", *PLAIN):
            setattr(entry, name, content[name])
        for name in DATES:
            value = content[name]
            setattr(entry, name, datetime.date.fromisoformat(value) if value else None)
        for name in TRANSLATED:
            _set_texts(entry, name, content[name])
        section = self.sections[content["section"]]
        if entry._state.adding or entry.section_id != section.pk:
            entry.section = section
            entry.position = self.free_position(section.slug, content["_number"] * STEP)
        _save(entry)
        entry.providers.set(self.find_providers(content["providers"]))
        self.apply_patterns(entry, content["patterns"])
        entry.examples.all().delete()
        Example.objects.bulk_create(
            Example(entry=entry, text=text) for text in content["examples"]
        )

    def apply_patterns(self, entry: Entry, contents: list[Content]) -> None:
        patterns = []
        for content in contents:
            slug = content["provider"]
            provider = self.find_providers([slug])[0] if slug else None
            pattern = Pattern(**{**content, "entry": entry, "provider": provider})
            _check(pattern)
            patterns.append(pattern)
        entry.patterns.all().delete()
        Pattern.objects.bulk_create(patterns)

    def free_position(self, section: str, wanted: int) -> int:
        """Return the wanted place, or the next free one where staff put something there."""
        taken = self.places.setdefault(section, set())
        free = next(n for n in range(wanted, wanted + len(taken) + 1) if n not in taken)
        taken.add(free)
        return free

    def find_providers(self, slugs: list[str]) -> list[Provider]:
        missing = set(slugs) - self.providers.keys()
        if missing:
            raise ValidationError(f"unknown providers: {', '.join(sorted(missing))}")
        return [self.providers[slug] for slug in slugs]

    def relate(self, entry: Entry, content: Content) -> None:
        if relations_of(entry) == content["related"]:
            return
        entry.relations.all().delete()
        for slug, texts in content["related"]:
            other = self.entries.get(slug)
            if other is None:
                raise ShippingError(
                    f"{content['_where']}: unknown related entry {slug}"
                )
            relation = Relation(entry=entry, other=other)
            _set_texts(relation, "difference", texts)
            relation.save()

    def withdraw_entries(self, slugs: set[str]) -> None:
        """Turn entries that are shipped no more into drafts, unless staff changed them."""
        for slug, entry in self.entries.items():
            if (
                slug not in slugs
                and entry.state == "published"
                and _is_untouched(entry)
            ):
                entry.state = "draft"
                entry.save()
                self.report.withdrawn.append(f"entry {slug}")

    def withdraw(self, rows: Mapping[str, Any], shipped: set[str]) -> None:
        """Delete glosses or terms that are shipped no more, unless staff changed them."""
        for key, row in rows.items():
            if key not in shipped and _is_untouched(row):
                row.delete()
                self.report.withdrawn.append(f"{row._meta.model_name} {key}")


def _whole_entries() -> QuerySet[Entry]:
    """Return all entries with everything that belongs to their content."""
    return Entry.objects.select_related("section").prefetch_related(
        "providers", "patterns__provider", "examples", "relations__other"
    )


def _is_untouched(row: Any) -> bool:
    return bool(row.shipped_hash) and fingerprint(content_of(row)) == row.shipped_hash


def _set_texts(row: Model, name: str, texts: dict[str, str]) -> None:
    for code, _ in settings.LANGUAGES:
        setattr(row, build_localized_fieldname(name, code), texts.get(code, ""))


def _check(row: Model) -> None:
    """Check the fields; what concerns other rows the database itself refuses."""
    row.full_clean(
        exclude=["entry", "section", "provider"],
        validate_unique=False,
        validate_constraints=False,
    )


def _save(row: Model) -> None:
    _check(row)
    row.save()

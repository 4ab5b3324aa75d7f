"""Contents → rows: one row at a time, checked, with its history."""

import datetime
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname

from errors import history
from errors.models import Entry, Example, Pattern, Provider, Relation, Section
from errors.shipping.contents import FIELDS, patterns_content, relations_of, unix
from errors.shipping.files import DATES, OPTIONAL, PLAIN, TRANSLATED, Content

STEP = 10  # between two positions, so that staff can put entries in between


@dataclass(slots=True)
class Shelf:
    """The rows that contents refer to by slug."""

    sections: dict[str, Section]
    providers: dict[str, Provider]
    entries: dict[str, Entry]

    @classmethod
    def of(cls, contents: Iterable[Content]) -> Self:
        """Return what these contents may refer to, in three queries."""
        slugs = {
            slug for content in contents for slug, _text in content.get("related", ())
        }
        return cls(
            sections={row.slug: row for row in Section.objects.all()},
            providers={row.slug: row for row in Provider.objects.all()},
            entries={row.slug: row for row in Entry.objects.filter(slug__in=slugs)},
        )

    def find_providers(self, slugs: Iterable[str]) -> list[Provider]:
        slugs = list(slugs)
        missing = set(slugs) - self.providers.keys()
        if missing:
            said = _("There is no provider %(slugs)s.")
            raise ValidationError(said % {"slugs": ", ".join(sorted(missing))})
        return [self.providers[slug] for slug in slugs]


@dataclass(slots=True)
class Writer:
    """Writes contents into rows; their history is written together by `finish`.

    Raises ValidationError for a content that the row cannot hold.
    """

    shelf: Shelf
    find_place: Callable[[str, int], int]  # in a section, near a wanted position
    confirmed: Set[str] = frozenset()  # languages from one hand: none of them is stale
    _changed: dict[tuple[type[Model], bool], list[Any]] = field(default_factory=dict)

    def write(self, row: Any, content: Content) -> None:
        """Make a row, saved or not, say what the content says."""
        if isinstance(row, Entry):
            self._write_entry(row, content)
            return
        plain, translated = FIELDS[type(row)]
        for name in plain:
            setattr(row, name, content[name])
        for name in translated:
            _set_texts(row, name, content[name])
        self._save(row)

    def relate(self, entry: Entry, content: Content) -> None:
        """Write the relations, when all entries exist that they may lead to."""
        if relations_of(entry) == content["related"]:
            return
        entry.relations.all().delete()
        for slug, texts in content["related"]:
            other = self.shelf.entries.get(slug)
            if other is None:
                said = _("There is no entry %(slug)s to relate to.")
                raise ValidationError(said % {"slug": slug})
            relation = Relation(entry=entry, other=other)
            _set_texts(relation, "difference", texts)
            relation.save()

    def finish(self) -> None:
        """Write the history of everything that was written."""
        for (_model, created), rows in self._changed.items():
            history.record(rows, created=created)
        self._changed.clear()

    def _write_entry(self, entry: Entry, content: Content) -> None:
        for name in ("slug", "state", *PLAIN):
            setattr(entry, name, content[name])
        for name in DATES:
            value = content[name]
            setattr(entry, name, datetime.date.fromisoformat(value) if value else None)
        for name in (*TRANSLATED, *OPTIONAL):
            _set_texts(entry, name, content.get(name, {}))
        section = self.shelf.sections.get(content["section"])
        if section is None:
            said = _("There is no section %(slug)s.")
            raise ValidationError(said % {"slug": content["section"]})
        if entry._state.adding or entry.section_id != section.pk:
            entry.section = section
            wanted = content.get("_number", 1) * STEP
            entry.position = self.find_place(section.slug, wanted)
        is_new = entry._state.adding
        self._save(entry, self.shelf.find_providers(content["providers"]))
        patterns = [] if is_new else list(entry.patterns.select_related("provider"))
        self._write_patterns(entry, content["patterns"], patterns)
        examples = [] if is_new else list(entry.examples.all())
        self._write_examples(entry, content["examples"], examples)

    def _write_patterns(
        self, entry: Entry, contents: list[Content], present: list[Pattern]
    ) -> None:
        kept = _count_alike(
            patterns_content(present, lambda p: p.provider.slug if p.provider else ""),
            contents,
        )
        rows = []
        for content in contents[kept:]:
            slug = content["provider"]
            provider = self.shelf.find_providers([slug])[0] if slug else None
            row = Pattern(**{**content, "entry": entry, "provider": provider})
            _check(row)
            rows.append(row)
        self._replace(entry.patterns, present[kept:], rows)

    def _write_examples(
        self, entry: Entry, texts: list[str], present: list[Example]
    ) -> None:
        kept = _count_alike([unix(row.text).strip() for row in present], texts)
        rows = [Example(entry=entry, text=text) for text in texts[kept:]]
        self._replace(entry.examples, present[kept:], rows)

    def _replace(self, related: Any, old: Sequence[Any], new: Sequence[Any]) -> None:
        """Put new rows in the place of old ones: from the first that differs, in order."""
        if old:
            related.filter(pk__in=[row.pk for row in old]).delete()
        if new:
            model = type(new[0])
            self._note(model._default_manager.bulk_create(new), created=True)

    def _save(self, row: Any, providers: list[Provider] | None = None) -> None:
        created = row._state.adding
        _check(row)
        if self.confirmed:
            row.confirm(_text_columns(type(row), self.confirmed))
        row.skip_history_when_saving = True
        try:
            row.save()
            if providers is not None:
                row.providers.set(providers)
        finally:
            del row.skip_history_when_saving
        self._note([row], created=created)

    def _note(self, rows: Sequence[Any], *, created: bool) -> None:
        self._changed.setdefault((type(rows[0]), created), []).extend(rows)


def _count_alike(present: Sequence[Any], wanted: Sequence[Any]) -> int:
    """Return how many items from the first on are the same in both."""
    for number, (one, other) in enumerate(zip(present, wanted, strict=False)):
        if one != other:
            return number
    return min(len(present), len(wanted))


def _text_columns(model: type[Model], languages: Set[str]) -> list[str]:
    names = translator.get_options_for_model(model).all_fields
    return [build_localized_fieldname(n, code) for n in names for code in languages]


def _set_texts(row: Model, name: str, texts: dict[str, str]) -> None:
    for code, _name in settings.LANGUAGES:
        setattr(row, build_localized_fieldname(name, code), texts.get(code, ""))


def _check(row: Model) -> None:
    """Check the fields; what concerns other rows the database itself refuses."""
    row.full_clean(
        exclude=["entry", "section", "provider"],
        validate_unique=False,
        validate_constraints=False,
    )

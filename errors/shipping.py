"""The shipped catalog: YAML files merged into rows without treading on what staff wrote.

A row's content is hashed. `shipped_hash` holds the hash of what was shipped; as long as the
row still has that content nobody touched it, and a newer shipped content may replace it.
Touched rows are kept and listed. Loading twice changes nothing.
"""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from errors.models import Entry, Example, Gloss, Pattern, Provider, Relation, Section

Content = dict[str, Any]  # what a row says, in a form that can be hashed
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
STEP = 10  # between two positions, so that staff can put entries in between

_TRANSLATED = ("title", "summary", "body", "advice", "handover")
_PLAIN = (
    "reply_code",
    "status_code",
    "reason",
    "outcome",
    "stage",
    "actor",
    "internal_note",
    "sample",
    "wordings",
    "priority",
)
_DATES = ("valid_from", "valid_until")
_PATTERN_KEYS = (
    "text",
    "kind",
    "scope",
    "reply_code",
    "status_code",
    "provider",
    "command",
    "note",
)
_ENTRY_KEYS = {
    "slug",
    "providers",
    "patterns",
    "examples",
    "related",
    *_TRANSLATED,
    *_PLAIN,
    *_DATES,
}
_REQUIRED = ("slug", "title", "summary", "patterns")


class ShippingError(Exception):
    """A file that cannot be loaded; says which file, entry and field."""


@dataclass(slots=True)
class Report:
    """What a load did, or would do, by `kind slug`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # staff changed them
    withdrawn: list[str] = field(default_factory=list)  # shipped no more
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Parcel:
    """All files of a folder, read and checked for their form."""

    sections: list[Content]
    providers: list[Content]
    glosses: list[Content]
    entries: list[Content]


class _DryRun(Exception):  # noqa: N818 - not an error: rolls the transaction back
    pass


def load(folder: Path, *, dry_run: bool = False, force: Iterable[str] = ()) -> Report:
    """Merge the YAML files of a folder into the database, all or nothing.

    `force` names entries that are overwritten although staff changed them.
    Raises ShippingError for a file that cannot be used; then nothing was changed.
    """
    parcel = _read(folder)
    report = Report()
    try:
        with transaction.atomic():
            _merge_all(parcel, report, set(force))
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


def _merge_all(parcel: _Parcel, report: Report, force: set[str]) -> None:
    for content in parcel.sections:
        _merge(Section, content, report, _apply_texts("slug", "position"))
    for content in parcel.providers:
        _merge(Provider, content, report, _apply_texts("slug", "domains", "signatures"))
    for content in parcel.glosses:
        _merge(Gloss, content, report, _apply_texts("text", "role"))
    related: list[tuple[Entry, Content]] = []
    for content in parcel.entries:
        entry = _merge(Entry, content, report, _apply_entry, force)
        if entry:
            related.append((entry, content))
    for entry, content in related:
        _apply_relations(entry, content)
    _withdraw_entries({content["slug"] for content in parcel.entries}, report)
    _withdraw_glosses({content["text"] for content in parcel.glosses}, report)


# --- Reading files -------------------------------------------------------------------------


def _read(folder: Path) -> _Parcel:
    parcel = _Parcel([], [], [], [])
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise ShippingError(f"{folder}: no *.yaml files here")
    for path in paths:
        _read_file(path, parcel)
    _check_once(parcel)
    return parcel


def _read_file(path: Path, parcel: _Parcel) -> None:
    try:
        document = yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ShippingError(f"{path.name}: {error}") from error
    if not isinstance(document, dict):
        raise ShippingError(f"{path.name}: a mapping is expected")
    unknown = set(document) - {"section", "entries", "providers", "glosses"}
    if unknown:
        raise ShippingError(f"{path.name}: unknown keys {sorted(unknown)}")
    section = document.get("section")
    if section:
        parcel.sections.append(_section(section))
    parcel.providers.extend(map(_provider, document.get("providers") or ()))
    parcel.glosses.extend(map(_gloss, document.get("glosses") or ()))
    for number, entry in enumerate(document.get("entries") or (), start=1):
        where = (
            f"{path.name}: {entry.get('slug') if isinstance(entry, dict) else number}"
        )
        if not section:
            raise ShippingError(f"{where}: its file names no section")
        parcel.entries.append(_entry(entry, section["slug"], number, where))


def _check_once(parcel: _Parcel) -> None:
    slugs = [content["slug"] for content in parcel.entries]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ShippingError(f"entries shipped twice: {', '.join(twice)}")


def _texts(raw: Any) -> dict[str, str]:
    if isinstance(raw, str):
        raise ShippingError(f"texts by language are expected, not {raw[:40]!r}")
    codes = [code for code, _ in settings.LANGUAGES]
    return {code: str(raw[code]).strip() for code in codes if (raw or {}).get(code)}


def _section(raw: Content) -> Content:
    return {
        "slug": raw["slug"],
        "position": raw["position"],
        "title": _texts(raw["title"]),
        "introduction": _texts(raw.get("introduction")),
    }


def _provider(raw: Content) -> Content:
    return {
        "slug": raw["slug"],
        "name": _texts(raw["name"]),
        "domains": "\n".join(raw.get("domains") or ()),
        "signatures": "\n".join(raw.get("signatures") or ()),
    }


def _gloss(raw: Content) -> Content:
    return {
        "text": str(raw["text"]).strip(),
        "role": raw["role"],
        "translation": _texts(raw["translation"]),
    }


def _entry(raw: Any, section: str, number: int, where: str) -> Content:
    if not isinstance(raw, dict):
        raise ShippingError(f"{where}: a mapping is expected")
    unknown, missing = set(raw) - _ENTRY_KEYS, [k for k in _REQUIRED if not raw.get(k)]
    if unknown or missing:
        raise ShippingError(f"{where}: unknown {sorted(unknown)}, missing {missing}")
    try:
        return {
            **_entry_values(raw),
            "section": section,
            "_number": number,
            "_where": where,
        }
    except (KeyError, TypeError, AttributeError, ShippingError) as error:
        raise ShippingError(f"{where}: {error}") from error


def _entry_values(raw: Content) -> Content:
    defaults: Content = {"priority": 0, **_default_choices()}
    return {
        "slug": raw["slug"],
        "state": "published",
        **{name: _texts(raw.get(name)) for name in _TRANSLATED},
        **{name: _plain(raw.get(name, defaults.get(name, ""))) for name in _PLAIN},
        **{name: _date(raw.get(name)) for name in _DATES},
        "providers": sorted(raw.get("providers") or ()),
        "patterns": [_pattern(pattern) for pattern in raw["patterns"]],
        "examples": [str(text).strip() for text in raw.get("examples") or ()],
        "related": sorted(
            (
                [one["entry"], _texts(one.get("difference"))]
                for one in raw.get("related") or ()
            ),
            key=lambda pair: str(pair[0]),
        ),
    }


def _default_choices() -> Content:
    blank = Entry()
    return {
        name: getattr(blank, name) for name in ("reason", "outcome", "stage", "actor")
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value or "").strip()


def _date(value: datetime.date | None) -> str:
    return value.isoformat() if value else ""


def _pattern(raw: Any) -> Content:
    if isinstance(raw, str):
        raw = {"phrase": raw}
    unknown = set(raw) - {"phrase", "regex", *_PATTERN_KEYS}
    if unknown:
        raise ShippingError(f"unknown keys of a pattern: {sorted(unknown)}")
    kind = "regex" if "regex" in raw else "phrase"
    return {
        "scope": "anywhere",
        **{k: "" for k in _PATTERN_KEYS if k not in ("kind", "scope")},
        **{k: str(raw[k]) for k in raw if k in _PATTERN_KEYS},
        "text": str(raw.get(kind) or "").strip(),
        "kind": kind,
    }


# --- Merging -------------------------------------------------------------------------------


def _merge(
    model: type[Any],
    content: Content,
    report: Report,
    apply: Callable[[Any, Content], None],
    force: Iterable[str] = (),
) -> Any:
    """Create, update or keep one row; return it when it now says what was shipped."""
    key = "text" if model is Gloss else "slug"
    name = f"{model._meta.model_name} {content[key]}"
    row = model.objects.filter(**{key: content[key]}).first()
    shipped = _hash(content)
    if row is None:
        row = model(**{key: content[key]})
        report.created.append(name)
    else:
        present = _hash(_content_of(row))
        if present == shipped and row.shipped_hash == shipped:
            report.unchanged += 1
            return row
        if present not in (row.shipped_hash, shipped) and content[key] not in force:
            report.kept.append(name)
            return None
        report.updated.append(name)
    row.shipped_hash = shipped
    try:
        apply(row, content)
    except ValidationError as error:
        raise ShippingError(f"{content.get('_where', name)}: {error}") from error
    return row


def _hash(content: Content) -> str:
    said = {key: value for key, value in content.items() if not key.startswith("_")}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _withdraw_entries(slugs: set[str], report: Report) -> None:
    """Turn entries that are shipped no more into drafts, unless staff changed them."""
    gone = Entry.objects.published().exclude(shipped_hash="").exclude(slug__in=slugs)
    for entry in gone:
        if _hash(_content_of(entry)) == entry.shipped_hash:
            entry.state = "draft"
            entry.save()
            report.withdrawn.append(f"entry {entry.slug}")


def _withdraw_glosses(texts: set[str], report: Report) -> None:
    """Delete glosses that are shipped no more, unless staff changed them."""
    for gloss in Gloss.objects.exclude(shipped_hash="").exclude(text__in=texts):
        if _hash(_content_of(gloss)) == gloss.shipped_hash:
            gloss.delete()
            report.withdrawn.append(f"gloss {gloss.text}")


def _apply_texts(*plain: str) -> Callable[[Any, Content], None]:
    def apply(row: Model, content: Content) -> None:
        for name in plain:
            setattr(row, name, content[name])
        for name in set(content) - set(plain):
            _set_texts(row, name, content[name])
        row.full_clean()
        row.save()

    return apply


def _set_texts(row: Model, name: str, texts: dict[str, str]) -> None:
    for code, _ in settings.LANGUAGES:
        setattr(row, build_localized_fieldname(name, code), texts.get(code, ""))


def _apply_entry(entry: Entry, content: Content) -> None:
    for name in _PLAIN:
        setattr(entry, name, content[name])
    for name in _DATES:
        value = content[name]
        setattr(entry, name, datetime.date.fromisoformat(value) if value else None)
    for name in _TRANSLATED:
        _set_texts(entry, name, content[name])
    entry.state = content["state"]
    section = Section.objects.get(slug=content["section"])
    if entry._state.adding or entry.section_id != section.pk:
        entry.section = section
        entry.position = _free_position(section, content["_number"] * STEP)
    entry.full_clean(exclude=["position"])
    entry.save()
    entry.providers.set(_providers(content["providers"]))
    _apply_patterns(entry, content["patterns"])
    entry.examples.all().delete()
    Example.objects.bulk_create(
        Example(entry=entry, text=t) for t in content["examples"]
    )


def _free_position(section: Section, wanted: int) -> int:
    """Return the wanted position, or the next free one where staff put something there."""
    taken = set(section.entries.values_list("position", flat=True))
    return next(n for n in range(wanted, wanted + len(taken) + 1) if n not in taken)


def _providers(slugs: list[str]) -> list[Provider]:
    found = list(Provider.objects.filter(slug__in=slugs))
    missing = set(slugs) - {provider.slug for provider in found}
    if missing:
        raise ValidationError(f"unknown providers: {', '.join(sorted(missing))}")
    return found


def _apply_patterns(entry: Entry, contents: list[Content]) -> None:
    entry.patterns.all().delete()
    for content in contents:
        slug = content["provider"]
        provider = _providers([slug])[0] if slug else None
        pattern = Pattern(**{**content, "entry": entry, "provider": provider})
        pattern.full_clean()
        pattern.save()


def _apply_relations(entry: Entry, content: Content) -> None:
    present = _relations_of(entry)
    if present == content["related"]:
        return
    entry.relations.all().delete()
    for slug, texts in content["related"]:
        other = Entry.objects.filter(slug=slug).first()
        if other is None:
            raise ShippingError(f"{content['_where']}: unknown related entry {slug}")
        relation = Relation(entry=entry, other=other)
        _set_texts(relation, "difference", texts)
        relation.save()


# --- What a row says -----------------------------------------------------------------------


def _content_of(row: Any) -> Content:
    """Return a row's content in the form of the files."""
    if isinstance(row, Entry):
        return _content_of_entry(row)
    plain: tuple[str, ...]
    translated: tuple[str, ...]
    if isinstance(row, Section):
        plain, translated = ("slug", "position"), ("title", "introduction")
    elif isinstance(row, Provider):
        plain, translated = ("slug", "domains", "signatures"), ("name",)
    else:
        plain, translated = ("text", "role"), ("translation",)
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: _texts_of(row, name) for name in translated},
    }


def _texts_of(row: Model, name: str) -> dict[str, str]:
    pairs = (
        (code, getattr(row, build_localized_fieldname(name, code)))
        for code, _ in settings.LANGUAGES
    )
    return {code: _unix(text).strip() for code, text in pairs if text}


def _unix(text: str) -> str:
    """Undo the CRLF that a browser's form puts into an unchanged text."""
    return text.replace("\r\n", "\n")


def _content_of_entry(entry: Entry) -> Content:
    return {
        "slug": entry.slug,
        "section": entry.section.slug,
        "state": str(entry.state),
        **{name: _texts_of(entry, name) for name in _TRANSLATED},
        **{name: _plain_of(entry, name) for name in _PLAIN},
        **{name: _date(getattr(entry, name)) for name in _DATES},
        "providers": sorted(provider.slug for provider in entry.providers.all()),
        "patterns": list(_patterns_of(entry)),
        "examples": [_unix(e.text).strip() for e in entry.examples.all()],
        "related": _relations_of(entry),
    }


def _plain_of(entry: Entry, name: str) -> Any:
    value = getattr(entry, name)
    return value if isinstance(value, int) else _unix(str(value)).strip()


def _patterns_of(entry: Entry) -> Iterator[Content]:
    for pattern in entry.patterns.select_related("provider"):
        yield {
            **{name: getattr(pattern, name) for name in _PATTERN_KEYS},
            "text": _unix(pattern.text).strip(),
            "provider": pattern.provider.slug if pattern.provider else "",
        }


def _relations_of(entry: Entry) -> list[Any]:
    relations = entry.relations.select_related("other")
    return sorted(
        ([r.other.slug, _texts_of(r, "difference")] for r in relations),
        key=lambda pair: str(pair[0]),
    )

"""The catalog and the registries of codes, out of memory: no query, whatever is down.

All raise OperationalError where there never was a catalog: nothing is not an empty list.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from errors.api.schemas import (
    CodeItem,
    CodeRegistries,
    EntryFull,
    EntryLine,
    EntryPage,
    Listing,
    Paging,
    SectionItem,
)
from errors.bounce import smtp
from errors.catalog import require
from errors.publishing import PublishedEntry
from errors.wording import fill


def list_entries(request: HttpRequest, wanted: Listing) -> EntryPage:
    """Return one page of the entries that are wanted, in the catalog's order."""
    limits = wanted.model_dump(include={"section", "reply_code", "status_code"})
    found = [
        entry
        for entry in require().entries.values()
        if all(getattr(entry, name) == value for name, value in limits.items() if value)
    ]
    return page_of(found, request, wanted)


def page_of(
    entries: Sequence[PublishedEntry], request: HttpRequest, wanted: Paging
) -> EntryPage:
    """Return the wanted page of some entries, with the way to the pages beside it."""
    first = (wanted.page - 1) * wanted.page_size
    last = first + wanted.page_size
    return EntryPage(
        count=len(entries),
        next=_at_page(request, wanted.page + 1) if last < len(entries) else None,
        previous=_at_page(request, wanted.page - 1) if wanted.page > 1 else None,
        items=[_line(entry) for entry in entries[first:last]],
    )


def _at_page(request: HttpRequest, number: int) -> str:
    """Return the same address with another page; without a host, which may be forged."""
    parameters = request.GET.copy()
    parameters["page"] = str(number)
    return f"{request.path}?{parameters.urlencode()}"


def get_entry(slug: str) -> EntryFull:
    """Return all of an entry; raises Http404."""
    entry = require().entries.get(slug)
    if entry is None:
        raise Http404
    return EntryFull(
        **_line(entry),
        body=_text(entry, "body"),
        advice=_text(entry, "advice"),
        handover=_text(entry, "handover"),
        sample=entry.sample,
        wordings=list(entry.wordings),
        valid_from=entry.valid_from,
        valid_until=entry.valid_until,
    )


def _line(entry: PublishedEntry) -> EntryLine:
    return EntryLine(
        slug=entry.slug,
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        section=entry.section,
        reply_code=entry.reply_code,
        status_code=entry.status_code,
        reason=entry.reason,
        outcome=entry.outcome,
        stage=entry.stage,
        actor=entry.actor,
        providers=list(entry.providers),
        updated=entry.updated,
        url=reverse("entry", args=[entry.slug]),
    )


def _text(entry: PublishedEntry, name: str) -> str:
    """Return a text with its places filled by their fallback wordings."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return fill(entry.text(name, language), (), language)


def list_sections() -> list[SectionItem]:
    """Return all sections, each with the slugs of its entries."""
    published, language = require(), translation.get_language() or ""
    return [
        SectionItem(
            slug=section.slug,
            title=section.text("title", language),
            introduction=section.text("introduction", language),
            entries=[
                entry.slug
                for entry in published.entries.values()
                if entry.section == section.slug
            ],
            url=reverse("section", args=[section.slug]),
        )
        for section in published.section_texts.values()
    ]


def list_codes() -> CodeRegistries:
    """Return both registries, each code with its meaning in every language."""
    entries = require().entries.values()
    replies = _group((entry.reply_code, entry.slug) for entry in entries)
    statuses = _group((entry.status_code[2:], entry.slug) for entry in entries)
    return CodeRegistries(
        reply_codes=[
            _code(code, code.code, replies) for code in smtp.REPLY_CODES.values()
        ],
        status_codes=[
            _code(code, f"X.{code.code}", statuses)
            for code in smtp.STATUS_CODES.values()
        ],
    )


def _group(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, slug in pairs:
        groups.setdefault(key, []).append(slug)
    return groups


def _code(code: smtp.Code, shown: str, slugs: Mapping[str, list[str]]) -> CodeItem:
    meaning = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            meaning[language] = _(code.meaning)
    return CodeItem(
        code=shown, rfc=code.rfc, meaning=meaning, entries=slugs.get(code.code, [])
    )

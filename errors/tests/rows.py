"""Rows for tests, as plain functions with sensible defaults."""

from typing import Any

from errors.models import Entry, Example, Pattern, Section, State


def entries_as_saved() -> list[Any]:
    """Return all there is of entries, in whatever language the last request was."""
    texts = ("title_ja", "title_en", "summary_en", "body_en", "state", "updated")
    entries = Entry.objects.order_by("pk").values_list("slug", *texts)
    return [Entry.history.count(), *entries]


def make_section(slug: str = "by-number", **values: Any) -> Section:
    values = {"position": 20, "title_ja": "番号別", "title_en": "By number", **values}
    return Section.objects.get_or_create(slug=slug, defaults=values)[0]


def make_entry(slug: str = "user-unknown", *phrases: str, **values: Any) -> Entry:
    """Make a published entry in both languages, with its phrases."""
    section = values.pop("section", None) or make_section()
    examples = values.pop("examples", ())
    values = {
        "position": section.entries.count() + 1,
        "title_ja": f"{slug}の題",
        "title_en": f"Title of {slug}",
        "summary_ja": "要約です。",
        "summary_en": "A summary.",
        "body_ja": "本文です。",
        "body_en": "The body.",
        "advice_ja": "1. 確かめます。",
        "advice_en": "1. Check it.",
        "state": State.PUBLISHED,
        "reason": "userunknown",
        **values,
    }
    entry = Entry.objects.create(slug=slug, section=section, **values)
    for phrase in phrases:
        Pattern.objects.create(entry=entry, text=phrase)
    for text in examples:
        Example.objects.create(entry=entry, text=text)
    return entry

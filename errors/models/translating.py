"""Rows whose texts exist once per language, and which of the translations are stale."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import models
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname

ORIGINAL = settings.MODELTRANSLATION_DEFAULT_LANGUAGE
TRANSLATIONS = tuple(code for code, _ in settings.LANGUAGES if code != ORIGINAL)
# Slugs have Latin letters: English has them, where the site has English.
SLUG_LANGUAGE = "en" if "en" in dict(settings.LANGUAGES) else ORIGINAL


def in_all_languages(*names: str) -> tuple[str, ...]:
    """Return the columns of translated fields: `("title_ja", "title_en")` for "title"."""
    return tuple(
        build_localized_fieldname(name, code)
        for name in names
        for code, _ in settings.LANGUAGES
    )


class Translated(models.Model):
    """Remembers from which original each translation was made.

    `translated_from` maps a translation (`title_en`) to marks of its own text and of the
    original's at that time. A translation is stale when the original says something else
    now; every way of saving keeps the marks, so that nobody has to remember to.
    """

    translated_from = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._mark(name for name in self._translations() if self._is_new(name))
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "translated_from"}
        super().save(*args, **kwargs)

    def find_stale(self) -> list[str]:
        """Return the translations whose original changed after them: `["title_en"]`."""
        return [
            name
            for name, original in self._translations().items()
            if getattr(self, name)
            and (mark := self.translated_from.get(name))
            and mark[1] != _mark_of(getattr(self, original))
        ]

    def confirm(self, names: Iterable[str] | None = None) -> None:
        """Take translations, all or those named, for right as they stand; saves nothing."""
        self._mark(self._translations() if names is None else names)

    def _mark(self, names: Iterable[str]) -> None:
        originals = self._translations()
        for name in names:
            if original := originals.get(name):
                self.translated_from[name] = [
                    _mark_of(getattr(self, name)),
                    _mark_of(getattr(self, original)),
                ]

    def _is_new(self, name: str) -> bool:
        mark = self.translated_from.get(name)
        return mark is None or mark[0] != _mark_of(getattr(self, name))

    def _translations(self) -> dict[str, str]:
        """Return the name of each translation with that of its original."""
        return dict(_pairs(type(self)))


def _pairs(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    translated = translator.get_options_for_model(model).all_fields
    for field in model._meta.fields:  # in their order: the library keeps a set
        for code in TRANSLATIONS if field.name in translated else ():
            yield (
                build_localized_fieldname(field.name, code),
                build_localized_fieldname(field.name, ORIGINAL),
            )


def _mark_of(text: str | None) -> str:
    """Return a short mark of what a text says; how its lines end does not count."""
    words = (text or "").replace("\r\n", "\n").strip()
    return hashlib.blake2s(words.encode(), digest_size=6).hexdigest()

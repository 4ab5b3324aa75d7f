"""The operator's own name, logo and links: all from settings, none in templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import Error
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext

from errors.colours import find_bad_colours, find_low_contrast

FOLDER = "brand"  # under which BRAND_DIR is served
_LINK = re.compile(r"(.*\S)\s+((?:https?://|mailto:|/)\S+)")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the footer."""

    label: str
    url: str


def site_name() -> str:
    """Return the operator's name for the site, or the default one, translated."""
    return _text("SITE_NAME") or gettext("Mail error guide")


def support_url() -> str:
    """Return where the operator's support is reached, "" when it is not set."""
    return _text("SUPPORT_URL")


def legal_links() -> tuple[Link, ...]:
    """Return the operator's links for the footer; what is no link is left out."""
    found = map(_LINK.fullmatch, _pieces(_text("LEGAL_LINKS")))
    return tuple(Link(link[1], link[2]) for link in found if link)


def file_url(name: Literal["LOGO", "LOGO_DARK", "ICON"]) -> str:
    """Return where a file of BRAND_DIR is served, "" when the setting is empty."""
    file = getattr(settings, name)
    return static(f"{FOLDER}/{file}") if file else ""


def _text(name: str) -> str:
    """Return a setting in the active language, or the one for all."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return str(settings.BRAND_TEXTS.get((name, language)) or getattr(settings, name))


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def check(**_: Any) -> list[Error]:
    """Refuse colours that cannot be read, links that are none and files that are not there."""
    return [
        *find_bad_colours(),
        *find_low_contrast(),
        *_find_bad_links(),
        *_find_missing_files(),
    ]


def _find_bad_links() -> Iterator[Error]:
    texts = {("LEGAL_LINKS", ""): settings.LEGAL_LINKS, **settings.BRAND_TEXTS}
    for (name, language), text in texts.items():
        for piece in _pieces(text) if name == "LEGAL_LINKS" else ():
            if not _LINK.fullmatch(piece):
                setting = f"{name}_{language.upper()}" if language else name
                yield Error(
                    f"{setting}: {piece!r} is no text with an address behind it.",
                    hint="Privacy https://example.jp/privacy; Terms https://example.jp/terms",
                    id="errors.E003",
                )


def _find_missing_files() -> Iterator[Error]:
    for name in ("LOGO", "LOGO_DARK", "ICON"):
        file = getattr(settings, name)
        if file and not finders.find(f"{FOLDER}/{file}"):
            yield Error(f"{name}: there is no {file} in BRAND_DIR.", id="errors.E004")

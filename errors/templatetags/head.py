"""The part of a page's head that speaks to search engines and chat programs."""

import json
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from errors.presentation.head import Head, linked_data

register = template.Library()

# What could end the block, or begin a comment in it, is written as JSON's own escapes.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in a language, or where the browser's language decides."""

    code: str
    url: str


@register.inclusion_tag("errors/_head.html", takes_context=True)
def head_of(context: Context) -> dict[str, Any]:
    """Render canonical and alternate addresses and a preview; nothing without a head."""
    head: Head | None = context.get("head")
    request: HttpRequest | None = context.get("request")
    if head is None or request is None:
        return {"head": None}
    absolute = request.build_absolute_uri
    return {
        "head": head,
        "canonical": absolute(head.path),
        "image": absolute(head.image) if head.image else "",
        "alternates": [
            Alternate(code, absolute(translate_url(head.path, code)))
            for code, _name in settings.LANGUAGES
        ],
        "undecided": absolute(without_language(head.path)),
        "data": [*linked_data(head, reverse("home"), absolute)],
        "feed": reverse("feed"),
        "locale": translation.to_locale(translation.get_language() or ""),
    }


def without_language(path: str) -> str:
    """Return the address from which a browser is led to its own language."""
    language = translation.get_language_from_path(path)
    return path.removeprefix(f"/{language}") if language else path


@register.simple_tag
def data_block(data: dict[str, Any]) -> SafeString:
    """Write JSON-LD as a data block: no script, so no business of the CSP's script-src."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Nothing that HTML could read as markup is left in it.
    safe = mark_safe(text.translate(_ESCAPES))  # noqa: S308
    return format_html('<script type="application/ld+json">{}</script>', safe)

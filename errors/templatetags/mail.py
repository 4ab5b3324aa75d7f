"""Tags and filters of the customer's pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.template import Context, Node, NodeList, engines
from django.template.base import FilterExpression, Parser, Token
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from modeltranslation.utils import build_localized_fieldname

from errors import branding, catalog, colours
from errors.markup import render
from errors.wording import fill

KEPT_MAX = 2000  # pieces of pages per catalog

register = template.Library()


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in one of the site's languages."""

    code: str
    name: str
    url: str
    is_current: bool


register.simple_tag(branding.site_name)
register.simple_tag(branding.support_url)
register.simple_tag(branding.legal_links)
register.simple_tag(branding.file_url, name="brand_file")
register.simple_tag(colours.stylesheet_version, name="brand_colours")


@register.simple_tag
def keep_days(name: str) -> int:
    """Return for how many days something is kept, 0 for ever."""
    return int(settings.KEEP_DAYS[name])


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> tuple[LanguageLink, ...]:
    """Return links to this very page in each language; without a page, to the home."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return _page_links("/", translation.get_language())
    match = request.resolver_match
    if request.META.get("QUERY_STRING") or match is None or match.kwargs:
        # Somebody's own words, perhaps, as in /code/taro@example.jp/: nothing to keep.
        return tuple(_links(request.get_full_path(), translation.get_language()))
    return _page_links(request.path, translation.get_language())


@lru_cache(maxsize=4096)
def _page_links(path: str, current: str) -> tuple[LanguageLink, ...]:
    return tuple(_links(path, current))


def _links(path: str, current: str) -> Iterator[LanguageLink]:
    for code, _name in settings.LANGUAGES:
        url = translate_url(path, code)
        if url == path and code != current:
            with translation.override(code):
                url = reverse("home")
        name = get_language_info(code)["name_local"]
        yield LanguageLink(code, name, url, is_current=code == current)


@register.simple_tag
def lang_of(row: Model | str | None, name: str) -> str:
    """Say in which language a text is, where it was not translated into the page's own."""
    active = translation.get_language()
    codes = (active, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES)
    for code in filter(None, codes):
        if getattr(row, build_localized_fieldname(name, code), ""):
            return "" if code == active else format_html(' lang="{}"', code)
    return ""


@register.filter
def markdown(text: str | None) -> SafeString:
    """Render staff's Markdown where no bounce fills its places."""
    return fill(render(text or ""), (), translation.get_language())


@register.filter
def explained(text: str | None) -> SafeString:
    """Render staff's Markdown with the terms in it explained where they stand."""
    language = translation.get_language()
    glossary = catalog.current().glossary(language)
    return fill(render(text or "", glossary), (), language)


@register.filter
def filled(text: str | None) -> str:
    """Fill the places of a plain text with their fallback wordings."""
    return fill(text or "", (), translation.get_language())


@register.simple_tag
def jinja(name: str, **values: Any) -> SafeString:
    """Render a template of Jinja's, which takes a quarter of the time, with these values.

    For what a page repeats: the lines of a bounce, the list of what stands in it.
    """
    return SafeString(engines["jinja2"].get_template(name).render(values))


@register.tag
def kept(parser: Parser, token: Token) -> "KeptNode":
    """Render what stands within once for each catalog, language and given value.

    {% kept "way" way %}…{% endkept %}

    Only for what the catalog alone decides: nothing of a reader, a request or a paste may
    stand within. What is kept goes with the catalog, at the next edit. Where the piece shows
    entries or sections, the view gives the catalog they are of as `published`: the one of
    this moment may be a newer one.
    """
    _, *keys = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode([parser.compile_filter(key) for key in keys], nodes)


class KeptNode(Node):
    """Renders its nodes, or returns what they gave before."""

    def __init__(self, keys: list[FilterExpression], nodes: NodeList) -> None:
        self.keys = keys
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        published = context.get("published") or catalog.current()
        shelf = published.kept
        key = (translation.get_language(), *(key.resolve(context) for key in self.keys))
        html = shelf.get(key)
        if html is None:
            html = self.nodelist.render(context)
            if len(shelf) < KEPT_MAX:
                shelf[key] = html
        return html

"""Staff's Markdown as safe HTML."""

from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

import markdown as markdown_library
import nh3
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown.treeprocessors import Treeprocessor

from errors.glossary import Glossary

TAGS = {"a", "abbr", "code", "em", "kbd", "q", "s", "strong", "sub", "sup"}
TAGS |= {"blockquote", "br", "dd", "dl", "dt", "hr", "li", "ol", "p", "pre", "ul"}
TAGS |= {"h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {
    "a": {"href", "title", "aria-description"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"scope"},
}
CLASSES = {"a": {"term"}}
SCHEMES = {"http", "https", "mailto"}
BLOCKS = {"p", "li", "td", "dd", "blockquote"}
WITHOUT_TERMS = {"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "th"}
TERMS_MAX = 3  # of one paragraph: more would be a thicket


@lru_cache(maxsize=8192)  # all texts of some two thousand entries
def render(markdown: str, glossary: Glossary | None = None) -> SafeString:
    """Turn Markdown into HTML in which nothing can run and no link leads astray.

    Raw HTML in it is shown as text. Headings start at h3: pages own h1 and h2. With a
    glossary, the one of the active language, the first use of each term explains it.
    """
    converter = markdown_library.Markdown(
        extensions=["sane_lists", "tables", "toc"],
        extension_configs={"toc": {"baselevel": 3}},
        output_format="html",
    )
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    if glossary and glossary.words:
        explaining = _Explaining(glossary, reverse("glossary"))
        converter.treeprocessors.register(explaining, "terms", AFTER_INLINE)
    html = nh3.clean(
        converter.convert(markdown),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    # What nh3 let through is the whole of what may stand in a page.
    return mark_safe(html)  # noqa: S308


AFTER_INLINE = 15  # python-markdown makes links and code at 20, lays lines out at 10


class _Explaining(Treeprocessor):
    """Makes the first use of each term a link that brings its explanation along."""

    def __init__(self, glossary: Glossary, address: str) -> None:
        super().__init__()
        self.glossary = glossary
        self.address = address
        self.told: set[str] = set()
        self.left = 0

    def run(self, root: Element) -> None:
        self._walk(root)

    def _walk(self, parent: Element) -> None:
        if parent.tag in WITHOUT_TERMS:
            return
        if parent.tag in BLOCKS:
            self.left = TERMS_MAX
        children = list(parent)
        parent.text, links = self._split(parent.text)
        parent[:0] = links
        for child in children:
            self._walk(child)
            child.tail, links = self._split(child.tail)
            place = list(parent).index(child) + 1
            parent[place:place] = links

    def _split(self, text: str | None) -> tuple[str | None, list[Element]]:
        """Return the text up to its first new term, and the links, each with its tail."""
        links: list[Element] = []
        head, end = text, 0
        for link, start, stop in self._links(text or ""):
            piece = (text or "")[end:start]
            if links:
                links[-1].tail = piece
            else:
                head = piece
            links.append(link)
            end = stop
        if links:
            links[-1].tail = (text or "")[end:]
        return head, links

    def _links(self, text: str) -> Iterator[tuple[Element, int, int]]:
        for found, word in self.glossary.find(text):
            if word.slug in self.told or self.left == 0:
                continue
            self.told.add(word.slug)
            self.left -= 1
            link = Element("a")
            link.set("class", "term")
            link.set("href", f"{self.address}#{word.slug}")
            link.set("aria-description", word.explanation)
            link.text = found[0]
            yield link, *found.span()

"""Staff's Markdown as safe HTML."""

from functools import lru_cache

import markdown as markdown_library
import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS = {"a", "abbr", "code", "em", "kbd", "q", "s", "strong", "sub", "sup"}
TAGS |= {"blockquote", "br", "dd", "dl", "dt", "hr", "li", "ol", "p", "pre", "ul"}
TAGS |= {"h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"scope"},
}
SCHEMES = {"http", "https", "mailto"}


@lru_cache(maxsize=4096)
def render(markdown: str) -> SafeString:
    """Turn Markdown into HTML in which nothing can run and no link leads astray.

    Raw HTML in it is shown as text. Headings start at h3: pages own h1 and h2.
    """
    converter = markdown_library.Markdown(
        extensions=["sane_lists", "tables", "toc"],
        extension_configs={"toc": {"baselevel": 3}},
        output_format="html",
    )
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    html = nh3.clean(
        converter.convert(markdown),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    # What nh3 let through is the whole of what may stand in a page.
    return mark_safe(html)  # noqa: S308

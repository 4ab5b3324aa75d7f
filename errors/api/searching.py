"""Words, codes or a line of a bounce → entries, as the site's own search finds them."""

from errors.bounce.explaining import explain
from errors.publishing import Published, PublishedEntry
from errors.search import search


def find_entries(
    words: str, published: Published, language: str
) -> list[PublishedEntry]:
    """Return the entries that answer the words, best first."""
    explanation = explain(words, published.catalog)
    _, hits = search(words, language, published.index, explanation)
    return [published.entries[hit.document.slug] for hit in hits]

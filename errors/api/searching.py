"""Words → entries. The site's search takes this one function's place."""

from errors.bounce.folding import fold
from errors.catalog import Published, PublishedEntry
from errors.codes import entries_for, read_codes


def find_entries(
    words: str, published: Published, language: str
) -> list[PublishedEntry]:
    """Return the entries that have all the words in title or summary, or the codes."""
    if codes := read_codes(words):
        return entries_for(codes, published)
    wanted = fold(words).text.split()
    return [
        entry
        for entry in published.entries.values()
        if all(word in _told(entry, language) for word in wanted)
    ]


def _told(entry: PublishedEntry, language: str) -> str:
    texts = (entry.text(name, language) for name in ("title", "summary"))
    return fold(" ".join(texts)).text

"""When nothing was found: the entries whose titles look most like what was typed."""

from rapidfuzz import fuzz, process

from errors.bounce.folding import fold
from errors.search.indexing import Index
from errors.search.values import Document

LEAST = 55  # of 100
NEAREST = 5


def find_nearest(text: str, language: str, index: Index) -> list[Document]:
    """Return the entries with the most similar titles, best first."""
    key = ("title", language)
    titles = {n: fold(d.texts.get(key, "")).text for n, d in enumerate(index.documents)}
    found = process.extract(
        fold(text).text,
        titles,
        scorer=fuzz.partial_ratio,
        score_cutoff=LEAST,
        limit=NEAREST,
    )
    return [index.documents[number] for _title, _score, number in found]

"""Find entries by words, codes and lines of bounces; in memory, without any query.

`Index.build` compiles, `search` asks and ranks. The same on every database.
"""

from errors.bounce.matching import Catalog
from errors.search.asking import ask
from errors.search.indexing import Index
from errors.search.ranking import rank
from errors.search.values import Document, Hit, Question

__all__ = ["Document", "Hit", "Index", "Question", "search"]


def search(
    text: str, language: str, index: Index, catalog: Catalog
) -> tuple[Question, tuple[Hit, ...]]:
    """Return a search text as understood, and the entries that answer it, best first."""
    question = ask(text, language, index)
    return question, rank(question, index, catalog)

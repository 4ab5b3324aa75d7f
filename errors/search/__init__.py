"""Find entries by words, codes and lines of bounces; in memory, without any query.

`Index.build` compiles, `search` asks and ranks. The same on every database.
"""

from errors.bounce.values import Explanation
from errors.search.asking import ask
from errors.search.indexing import Index
from errors.search.ranking import rank
from errors.search.values import Document, Hit, Question

__all__ = ["Document", "Hit", "Index", "Question", "search", "suggest"]


def search(
    text: str, language: str, index: Index, explanation: Explanation
) -> tuple[Question, tuple[Hit, ...]]:
    """Return a search text as understood, and the entries that answer it, best first.

    The explanation is that of the text read as a line of a bounce.
    """
    question = ask(text, language, index)
    return question, rank(question, index, explanation)


def suggest(text: str, language: str, index: Index) -> tuple[Hit, ...]:
    """Return the entries that a text may become, whose last word is still being typed."""
    return rank(ask(text, language, index, is_typing=True), index)

"""What was put into the one box: a notice to explain, or words to look up.

Only words without personal data may become part of an address; the rest is answered where
it was sent to, and kept nowhere.
"""

from typing import Literal

from errors.bounce.redacting import find_private
from errors.bounce.values import Explanation

# "explain" and "search" say what to answer with; "search-here" keeps private words out of
# the address.
Answer = Literal["explain", "search", "search-here"]

WORDS_MAX = 80  # code points of one line that people type to look something up
QUESTION_MAX = 300  # the same of a question in whole sentences
QUESTION_LINES = 3
ADDRESS_MAX = 200  # code points that may travel in an address


def choose_answer(text: str, explanation: Explanation) -> Answer:
    """Tell how to answer a typed or pasted text.

    What is long is a notice. What is short is looked up, unless it is a line of a bounce
    with personal data in it: one that the catalog knows, or that has a code. Between the two
    the catalog decides: does it know the words?
    """
    if not is_short(text):
        return "explain"
    is_known = is_notice(explanation)
    has_code = any(code.certain for code in explanation.bounce.codes)
    if may_travel(text):
        is_line = len(text) <= WORDS_MAX and "\n" not in text.strip()
        return "search" if is_line or not is_known else "explain"
    return "explain" if is_known or has_code else "search-here"


def is_short(text: str) -> bool:
    """Tell whether a text can be words to look up at all."""
    text = text.strip()
    return len(text) <= QUESTION_MAX and len(text.splitlines()) <= QUESTION_LINES


def may_travel(text: str) -> bool:
    """Tell whether a text may stand in an address, and so in logs and histories."""
    return len(text) <= ADDRESS_MAX and not find_private(text)


def is_notice(explanation: Explanation) -> bool:
    """Tell whether the catalog knows the text as a line of a bounce, or its codes."""
    return any(
        verdict.certainty in ("wording", "status-code", "reply-code")
        for verdict in explanation.verdicts
    )

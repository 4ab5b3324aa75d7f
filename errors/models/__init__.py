"""All rows.

`catalog` holds what staff write, `glossary` the words they write it with, `vocabulary` the
closed lists in it; `listening` what customers tell us, `logins` who of the staff came in.
"""

from errors.models.catalog import (
    CatalogRevision,
    Entry,
    EntryQuerySet,
    Example,
    Gloss,
    Pattern,
    Provider,
    Relation,
    Section,
    Shipped,
    SlugManager,
    phrases_message,
)
from errors.models.glossary import Term
from errors.models.listening import (
    COMMENT_MAX,
    QUERY_MAX,
    WORDING_MAX,
    Feedback,
    HandIn,
    LostSearch,
    Tally,
    Unexplained,
)
from errors.models.logins import LoginRecord
from errors.models.vocabulary import Actor, Outcome, Reason, Stage, State

__all__ = [
    "COMMENT_MAX",
    "QUERY_MAX",
    "WORDING_MAX",
    "Actor",
    "CatalogRevision",
    "Entry",
    "EntryQuerySet",
    "Example",
    "Feedback",
    "Gloss",
    "HandIn",
    "LoginRecord",
    "LostSearch",
    "Outcome",
    "Pattern",
    "Provider",
    "Reason",
    "Relation",
    "Section",
    "Shipped",
    "SlugManager",
    "Stage",
    "State",
    "Tally",
    "Term",
    "Unexplained",
    "phrases_message",
]

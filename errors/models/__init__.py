"""All rows.

`catalog`, `entries` and `patterns` hold what staff write, `glossary` the words they write it
with, `vocabulary` the closed lists in it; `listening` what customers tell us, `logins` who of
the staff came in.
"""

from errors.models.catalog import (
    CatalogRevision,
    Gloss,
    Provider,
    Section,
    Shipped,
    SlugManager,
    free_slug,
)
from errors.models.entries import Entry, EntryQuerySet, Relation
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
from errors.models.patterns import Example, Pattern, phrases_message
from errors.models.searching import Synonym
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
    "Synonym",
    "Tally",
    "Term",
    "Unexplained",
    "free_slug",
    "phrases_message",
]

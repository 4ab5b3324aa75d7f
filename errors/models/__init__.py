"""All rows. `catalog` holds what staff write, `glossary` the words
they write it with, `vocabulary` the closed lists in it."""

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
from errors.models.vocabulary import Actor, Outcome, Reason, Stage, State

__all__ = [
    "Actor",
    "CatalogRevision",
    "Entry",
    "EntryQuerySet",
    "Example",
    "Gloss",
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
    "Term",
    "phrases_message",
]

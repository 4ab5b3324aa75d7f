"""All rows. `catalog`, `entries` and `patterns` hold what staff write, `vocabulary` the
closed lists in it."""

from errors.models.catalog import (
    CatalogRevision,
    Gloss,
    Provider,
    Section,
    Shipped,
    SlugManager,
)
from errors.models.entries import Entry, EntryQuerySet, Relation
from errors.models.patterns import Example, Pattern, phrases_message
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
    "phrases_message",
]

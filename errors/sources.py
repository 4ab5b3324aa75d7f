"""Rows → what the engine compiles: rules, facts, signs and glosses, without any text of ours."""

from collections.abc import Iterable
from dataclasses import dataclass

from errors.bounce.matching import Catalog
from errors.bounce.values import EntryFacts, GlossRule, ProviderSign, Rule
from errors.models import Entry, Gloss, Pattern, Provider


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a catalog is compiled from."""

    rules: tuple[Rule, ...]
    facts: tuple[EntryFacts, ...]
    signs: tuple[ProviderSign, ...]
    glosses: tuple[GlossRule, ...]

    def compile(self) -> Catalog:
        return Catalog.build(self.rules, self.facts, self.signs, self.glosses)


def sources_of(
    entries: Iterable[Entry], providers: Iterable[Provider], glosses: Iterable[Gloss]
) -> Sources:
    """Return what rows, with their patterns, are to the engine."""
    entries = list(entries)
    return Sources(
        tuple(r for entry in entries for r in rules_of(entry, entry.patterns.all())),
        tuple(map(facts_of, entries)),
        tuple(map(sign_of, providers)),
        tuple(GlossRule(g.pk, g.text, g.role) for g in glosses),  # type: ignore[arg-type]  # choices are not a Literal
    )


def read_sources() -> Sources:
    """Read what is published now, in five queries that leave the texts where they are."""
    entries = Entry.objects.published().only(
        "slug",
        "priority",
        "valid_from",
        "valid_until",
        "reason",
        "outcome",
        "reply_code",
        "status_code",
    )
    return sources_of(
        entries.prefetch_related("patterns__provider"),
        Provider.objects.all(),
        Gloss.objects.all(),
    )


def rules_of(entry: Entry, patterns: Iterable[Pattern]) -> list[Rule]:
    """Return an entry's patterns, saved or not, as rules of the engine."""
    return [
        Rule(
            entry=entry.slug,
            text=pattern.text,
            kind=pattern.kind,  # type: ignore[arg-type]  # choices are not a Literal
            scope=pattern.scope,  # type: ignore[arg-type]  # the same
            reply_code=pattern.reply_code,
            status_code=pattern.status_code,
            provider=pattern.provider.slug if pattern.provider else "",
            command=pattern.command,
            priority=entry.priority,
            valid_from=entry.valid_from,
            valid_until=entry.valid_until,
        )
        for pattern in patterns
    ]


def facts_of(entry: Entry) -> EntryFacts:
    """Return what ranking needs to know of an entry."""
    return EntryFacts(
        entry.slug, entry.reason, entry.outcome, entry.reply_code, entry.status_code
    )


def sign_of(provider: Provider) -> ProviderSign:
    """Return by what a provider is known."""
    return ProviderSign(
        provider.slug,
        tuple(provider.domains.split()),
        tuple(filter(None, map(str.strip, provider.signatures.splitlines()))),
    )

"""A compiled catalog with some entries replaced, without compiling the rest anew.

Editors try a change on the whole catalog before they save it; compiling all of it for one
changed phrase would make them wait.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from errors.bounce.matching import Catalog
from errors.bounce.values import Bounce, EntryFacts, Matches, Met, Rule


@dataclass(frozen=True, slots=True)
class Patched(Catalog):
    """The rules of `base` but for those of the entries `gone`, and its own besides."""

    base: Catalog = field(kw_only=True)
    gone: frozenset[str] = field(kw_only=True)

    def match(self, bounce: Bounce) -> Matches:
        """Find what the whole catalog would find; both parts know all glosses and signs."""
        kept, fresh = self.base.match(bounce), Catalog.match(self, bounce)
        return Matches(
            met=(*self._without_gone(kept.met), *fresh.met),
            codes=(
                *(m for m in kept.codes if m.rule.entry not in self.gone),
                *fresh.codes,
            ),
            glosses=kept.glosses,
            providers=kept.providers,
            truncated=kept.truncated,
        )

    def _without_gone(self, found: Iterable[Met]) -> Iterator[Met]:
        for met in found:
            rules = tuple(rule for rule in met.rules if rule.entry not in self.gone)
            if rules:
                yield met._replace(rules=rules)


def patch(
    base: Catalog,
    gone: Iterable[str],
    rules: Iterable[Rule],
    entries: Iterable[EntryFacts],
) -> Patched:
    """Return the catalog without the entries `gone`, with these rules and facts instead."""
    gone, facts = frozenset(gone), {entry.slug: entry for entry in entries}
    kept = {slug: fact for slug, fact in base.facts.items() if slug not in gone}
    fresh = Catalog.build(
        rules,
        {**kept, **facts}.values(),
        base.providers.values(),
        base.glosses,
    )
    values = {one.name: getattr(fresh, one.name) for one in fields(Catalog)}
    values["rules"] = (
        *(rule for rule in base.rules if rule.entry not in gone),
        *fresh.rules,
    )
    values["skipped"] = (
        *(skipped for skipped in base.skipped if skipped[0].entry not in gone),
        *fresh.skipped,
    )
    return Patched(**values, base=base, gone=gone)

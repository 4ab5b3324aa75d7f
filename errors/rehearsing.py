"""The catalog's own tests before a change is kept: does every Example still lead home?

A change is made within a transaction; then all Examples are tried on the catalog as it
would become. What took an Example from an entry is told, and the transaction undone unless
somebody takes it upon himself. Only the Examples that the change can touch are explained
anew; `patching` and the probe below make that as good as a run of all of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from errors.bounce.matching import Catalog
from errors.bounce.patching import patch
from errors.bounce.ranking import rank
from errors.bounce.reading import read
from errors.bounce.values import Bounce, Candidate, Rule, Verdict
from errors.catalog import latest
from errors.models import Example, State
from errors.shipping.contents import unix
from errors.sources import read_sources

Proof = tuple[str, str]  # an entry's slug and the text that must lead to it


@dataclass(frozen=True, slots=True)
class Loss:
    """An Example that does not lead to its entry: who has it now, and who had it before."""

    entry: str
    text: str
    before: Candidate | None
    after: Candidate | None
    own: Candidate | None  # what its own entry still has to say for itself
    is_new: bool  # it came with this change and never led home

    @property
    def mark(self) -> str:
        """Name the loss, so that what is confirmed is what was shown."""
        return f"{self.entry}\0{self.text}\0{self.after.entry if self.after else ''}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The catalog and its Examples before a change."""

    catalog: Catalog
    proofs: frozenset[Proof]


def stand() -> Standing:
    """Take note of the catalog before anything of it is changed."""
    return Standing(latest().catalog, frozenset(_proofs()))


def find_losses(before: Standing) -> list[Loss]:
    """Try the Examples on the rows as they are now, in this transaction."""
    after, touched = _become(before.catalog)
    return [
        loss
        for proof in _proofs()
        if proof not in before.proofs or touched(_read(proof[1]))
        for loss in _find_loss(proof, before, after)
    ]


def leads_home(proof: Proof, catalog: Catalog) -> bool:
    """Tell whether a text leads to its entry, for some recipient."""
    return _leads_home(proof, _verdicts(proof[1], catalog))


def find_strays(proofs: Iterable[Proof], catalog: Catalog) -> list[Loss]:
    """Return the texts that do not lead to their entry in a catalog."""
    nothing = Standing(Catalog.build([]), frozenset())
    return [loss for proof in proofs for loss in _find_loss(proof, nothing, catalog)]


def _proofs() -> Iterator[Proof]:
    rows = Example.objects.filter(entry__state=State.PUBLISHED).order_by("entry", "pk")
    for slug, text in rows.values_list("entry__slug", "text"):
        yield slug, unix(text)  # a browser sends other line ends than the files have


def _find_loss(proof: Proof, before: Standing, after: Catalog) -> Iterator[Loss]:
    slug, text = proof
    verdicts = _verdicts(text, after)
    if _leads_home(proof, verdicts):
        return
    is_new = proof not in before.proofs
    old = _verdicts(text, before.catalog)
    if is_new or _leads_home(proof, old):
        yield Loss(
            entry=slug,
            text=text,
            before=_winner(old, slug),
            after=verdicts[0].winner,
            own=next((c for c in verdicts[0].others if c.entry == slug), None),
            is_new=is_new,
        )


def _winner(verdicts: tuple[Verdict, ...], slug: str) -> Candidate | None:
    """Return the winner that is the entry's own, or else the first one."""
    own = next((v.winner for v in verdicts if v.entry == slug), None)
    return own or verdicts[0].winner


def _leads_home(proof: Proof, verdicts: tuple[Verdict, ...]) -> bool:
    return any(verdict.entry == proof[0] for verdict in verdicts)


def _verdicts(text: str, catalog: Catalog) -> tuple[Verdict, ...]:
    bounce = _read(text)
    return rank(bounce, catalog.match(bounce), catalog)


@lru_cache(maxsize=4096)
def _read(text: str) -> Bounce:
    """Read an Example once: what it says does not depend on the catalog."""
    return read(text)


# --- What the catalog becomes ---------------------------------------------------------------


def _become(before: Catalog) -> tuple[Catalog, Callable[[Bounce], bool]]:
    """Return the catalog of the rows as they are now, and what bounces it may touch."""
    now = read_sources()
    if now.glosses != before.glosses or now.signs != tuple(before.providers.values()):
        return now.compile(), lambda _bounce: True
    old, new = _by_entry(before.rules), _by_entry(now.rules)
    facts = {fact.slug: fact for fact in now.facts}
    changed = {
        slug
        for slug in {*before.facts, *facts}
        if (old.get(slug), before.facts.get(slug)) != (new.get(slug), facts.get(slug))
    }
    fresh = [rule for rule in now.rules if rule.entry in changed]
    gone = [rule for rule in before.rules if rule.entry in changed]
    after = patch(before, changed, fresh, [facts[s] for s in changed if s in facts])
    return after, _meets_any([*gone, *fresh])


def _by_entry(rules: Iterable[Rule]) -> dict[str, set[Rule]]:
    by_entry: dict[str, set[Rule]] = defaultdict(set)
    for rule in rules:
        by_entry[rule.entry].add(rule)
    return dict(by_entry)


def _meets_any(rules: Iterable[Rule]) -> Callable[[Bounce], bool]:
    """Return a probe: a bounce that meets none of these rules cannot change its verdict.

    It knows no glosses, which would hide wordings: it rather tells too many than too few.
    """
    probe = Catalog.build(rules)

    def touched(bounce: Bounce) -> bool:
        met = probe.match(bounce)
        return bool(met.wordings or met.codes)

    return touched if probe.rules else lambda _bounce: False


def find_met(rule: Rule) -> list[str]:
    """Return the other entries that have an Example in which a pattern's words stand."""
    if not rule.text.strip():
        return []
    touched = _meets_any([replace(rule, scope="anywhere")])
    met = (slug for slug, text in _proofs() if touched(_read(text)))
    return [slug for slug in dict.fromkeys(met) if slug != rule.entry]

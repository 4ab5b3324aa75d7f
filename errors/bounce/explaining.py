"""The whole path in one readable function: paste → read → match → rank → highlight."""

from errors.bounce.highlighting import find_highlights
from errors.bounce.matching import Catalog
from errors.bounce.ranking import gravest, rank
from errors.bounce.reading import read
from errors.bounce.values import Bounce, Explanation, Verdict

# What a bounce of this kind is called in Sisimai's vocabulary where no entry says it.
_REASON_OF_KIND = {
    "feedback": "feedback",
    "auto-reply": "vacation",
    "delivered": "delivered",
}


def explain(paste: str | bytes, catalog: Catalog) -> Explanation:
    """Read a pasted bounce and say, by the catalog, why each recipient's mail stopped.

    Never raises for any input; the size of the paste is the caller's to limit.
    """
    bounce = read(paste)
    matches = catalog.match(bounce)
    verdicts = rank(bounce, matches, catalog)
    bounce = _recognise(bounce, verdicts, catalog)
    return Explanation(
        bounce=bounce,
        verdicts=verdicts,
        highlights=find_highlights(bounce, verdicts),
        glosses=matches.glosses,
        headline=gravest(verdicts, catalog),
        reasons=tuple(_reason(bounce, verdict, catalog) for verdict in verdicts),
        truncated=matches.truncated,
    )


def _recognise(
    bounce: Bounce, verdicts: tuple[Verdict, ...], catalog: Catalog
) -> Bounce:
    """Call a fragment a failure when the catalog knows its words, though no grammar does."""
    if bounce.kind != "not-a-bounce" or bounce.is_source:
        return bounce
    facts = (catalog.facts.get(verdict.entry or "") for verdict in verdicts)
    outcomes = {fact.outcome for fact in facts if fact}
    if outcomes & {"permanent", "temporary"}:
        return bounce._replace(kind="failure")
    return bounce._replace(kind="delay") if "warning" in outcomes else bounce


def _reason(bounce: Bounce, verdict: Verdict, catalog: Catalog) -> str:
    facts = catalog.facts.get(verdict.entry or "")
    if facts and facts.reason:
        return facts.reason
    return _REASON_OF_KIND.get(bounce.kind, "")

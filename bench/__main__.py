"""Measure reading, explaining and searching; print a table and leave it with a drawing in bench/results/.

Times are of this machine; ratios are what the budgets are about.
"""

import email
import email.policy
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from django.core.management import call_command

from bench import drawing, mails, timing
from bench.rules import invented_rules
from bench.saving import rehearse_a_save
from bench.searching import search_the_catalog
from errors import catalog as published
from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.reading import read

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
CORPUS = ROOT.parent / "shared" / "corpus" / "mails"  # other people's mails, if any
ROUNDS = 7
PATTERNS = (300, 10_000, 100_000)


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("loadcatalog", verbosity=0)
    shipped = published.current().catalog
    sets = {"written here": mails.written_mails()}
    if CORPUS.is_dir():
        sets["shared corpus"] = mails.mails_of(CORPUS)
    report = [
        *compare_with_parsing(sets, shipped),
        *grow_the_mail(shipped),
        *grow_the_catalog(sets["written here"], shipped),
        *search_the_catalog(published.current()),
        *rehearse_a_save(),
    ]
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "bench.md").write_text("\n".join(report) + "\n", encoding="utf-8")
    print("\n".join(report))


def parse(mail: bytes) -> list[str]:
    """Parse a mail and decode its text parts: the least that any reader must do."""
    message = email.message_from_bytes(mail, policy=email.policy.compat32)
    return [
        _decoded(part.get_payload(decode=True), part.get_content_charset())
        for part in message.walk()
        if part.get_content_maintype() == "text"
    ]


def _decoded(payload: object, charset: str | None) -> str:
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(charset or "utf-8", "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def compare_with_parsing(
    sets: dict[str, list[bytes]], shipped: Catalog
) -> Iterator[str]:
    yield "| mails | number | parse ms | read ms | explain ms | read ÷ parse | explain ÷ parse |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    jobs: dict[str, timing.Job] = {
        "parse": parse,
        "read": read,
        "explain": partial(explain, catalog=shipped),
    }
    if len(sets) > 1:
        sets = {**sets, "together": [mail for these in sets.values() for mail in these]}
    for name, these in sets.items():
        took = timing.milliseconds(jobs, these, ROUNDS)
        base = took["parse"]
        yield (
            f"| {name} | {len(these)} | {base:.3f} | {took['read']:.3f} | {took['explain']:.3f}"
            f" | {took['read'] / base:.2f} | {took['explain'] / base:.2f} |"
        )


def grow_the_mail(shipped: Catalog) -> Iterator[str]:
    """Linear time doubles where the mail doubles."""
    yield "\n| bytes | parse ms | explain ms | against half the size |\n|---:|---:|---:|---:|"
    jobs: dict[str, timing.Job] = {
        "parse": parse,
        "explain": partial(explain, catalog=shipped),
    }
    lines: dict[str, list[drawing.Point]] = {name: [] for name in jobs}
    for mail in mails.growing_mails():
        took = timing.milliseconds(jobs, [mail], ROUNDS)
        before = lines["explain"][-1][1] if lines["explain"] else None
        for name, line in lines.items():
            line.append((len(mail), took[name]))
        growth = f"{took['explain'] / before:.2f} ×" if before else "–"
        yield f"| {len(mail):,} | {took['parse']:.2f} | {took['explain']:.2f} | {growth} |"
    RESULTS.mkdir(parents=True, exist_ok=True)
    picture = drawing.draw("One mail, growing", "bytes", "milliseconds", lines)
    (RESULTS / "growth.svg").write_text(picture, encoding="utf-8")


def grow_the_catalog(these: Sequence[bytes], shipped: Catalog) -> Iterator[str]:
    """The time per bounce is nearly flat in the number of patterns."""
    yield "\n| patterns | build s | explain ms | against the shipped |\n|---|---:|---:|---:|"
    catalogs, built = {"shipped": shipped}, {"shipped": "–"}
    for count in PATTERNS:
        name = f"shipped and {count:,}"
        start = time.perf_counter()
        catalogs[name] = enlarged(shipped, count)
        built[name] = f"{time.perf_counter() - start:.2f}"
    jobs: dict[str, timing.Job] = {
        name: partial(explain, catalog=catalog) for name, catalog in catalogs.items()
    }
    took = timing.milliseconds(jobs, these, ROUNDS)
    for name, each in took.items():
        yield f"| {name} | {built[name]} | {each:.3f} | {each / took['shipped']:.2f} × |"


def enlarged(shipped: Catalog, count: int) -> Catalog:
    """Build the shipped catalog anew with invented rules beside its own."""
    return Catalog.build(
        [*shipped.rules, *invented_rules(count)],
        shipped.facts.values(),
        shipped.providers.values(),
        shipped.glosses,
    )


if __name__ == "__main__":
    main()

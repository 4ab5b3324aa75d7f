"""`make load`: how fast the stack of production is, beside what bounds it.

All runs on this machine, the load generator too: ratios within a run are what counts, so
the rounds of what is compared take turns.
"""

import gzip
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median

from deploy.rehearsal.bounds import Bound, conclude
from deploy.rehearsal.stack import Stack, running
from deploy.rehearsal.traffic import (
    Run,
    Step,
    Visitor,
    fetch,
    requests_per_second,
    send,
)

ROUNDS = 12  # short ones: what else the machine does weighs on all alike
ROUND_SECONDS = 2
MIXED_SECONDS = 60
GZIP = "Accept-Encoding: gzip"


def main() -> None:
    with running(DJANGO_SETTINGS_MODULE="deploy.rehearsal.settings") as stack:
        visitor = Visitor(stack.url)
        bounds = [
            *compare_views(stack, visitor),
            *compare_files(stack, visitor),
            *mix(stack, visitor),
        ]
    sys.exit(conclude(bounds))


def compare_views(stack: Stack, visitor: Visitor) -> Iterator[Bound]:
    """Compare the page that explains with the two bare views, on the same server."""
    plans: dict[str, list[Step]] = {
        "empty view": [Step(1, "empty", "/bare/empty/")],
        "20 KB template": [Step(1, "page", "/bare/page/")],
        "explain page": list(visitor.pastes(1)),
    }
    runs: dict[str, list[Run]] = {name: [] for name in plans}
    for _ in range(ROUNDS):
        for name, plan in plans.items():
            runs[name].append(send(stack.url, plan, ROUND_SECONDS))
    print("\n| view | requests/s | p50 ms | p95 ms | p99 ms | failed |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, some in runs.items():
        print(f"| {name} | {_median(some):.0f} | {_times(_together(some))} |")
    ratio = _ratio(
        [run.per_second for run in runs["explain page"]],
        [run.per_second for run in runs["20 KB template"]],
    )
    yield Bound("explain page ÷ 20 KB template", ratio, least=0.5)


def compare_files(stack: Stack, visitor: Visitor) -> Iterator[Bound]:
    """Compare a page from nginx's cache with a file of the very same bytes."""
    page = next(step.path for step in visitor.pages(1) if step.kind == "browse")
    _, html, _ = fetch(stack.url + page)
    _, compressed, _ = fetch(stack.url + page, **{"Accept-Encoding": "gzip"})
    folder = stack.folder / "yardstick"
    folder.mkdir()
    (folder / "page.html").write_bytes(html)
    (folder / "page.html.gz").write_bytes(compressed)
    assert gzip.decompress(compressed) == html
    file = f"{stack.url}/yardstick/page.html"
    print(f"\nA page of {len(html):,} bytes, {len(compressed):,} compressed:\n")
    print(
        "| from nginx | cached page /s | static file /s | ratio |\n|---|---:|---:|---:|"
    )
    for name, headers in {"as it is": (), "compressed": (GZIP,)}.items():
        cached, static = _in_turns(
            partial(requests_per_second, stack.url + page, ROUND_SECONDS, headers),
            partial(requests_per_second, file, ROUND_SECONDS, headers),
        )
        ratio = _ratio(cached, static)
        print(f"| {name} | {median(cached):.0f} | {median(static):.0f} | {ratio:.2f} |")
        yield Bound(f"cached page ÷ static file, {name}", ratio, least=0.7)


def mix(stack: Stack, visitor: Visitor) -> Iterator[Bound]:
    """Send everything at once for a minute."""
    plan = list(visitor.mix())
    kinds = sorted({step.kind for step in plan})
    run = send(stack.url, plan, MIXED_SECONDS)
    print(f"\nMixed, {MIXED_SECONDS} s: {run.per_second:.0f} requests/s\n")
    print("| kind | requests | p50 ms | p95 ms | p99 ms | failed |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind in kinds:
        some = run.of(kind)
        print(f"| {kind} | {len(some.answers)} | {_times(some)} |")
    explained = run.of("explain")
    yield Bound("failed in the mix", run.failed, most=0)
    tail = explained.milliseconds(99) / explained.milliseconds(50)
    yield Bound("p99 ÷ p50 of the explain page in the mix", tail, most=5)


def _in_turns(*measures: Callable[[], float]) -> Sequence[Sequence[float]]:
    rounds = [[measure() for measure in measures] for _ in range(ROUNDS)]
    return list(zip(*rounds, strict=True))


def _ratio(some: Sequence[float], others: Sequence[float]) -> float:
    """Compare neighbours, round by round, and take the middle."""
    return median(one / other for one, other in zip(some, others, strict=True))


def _median(runs: Sequence[Run]) -> float:
    return median(run.per_second for run in runs)


def _together(runs: Sequence[Run]) -> Run:
    return Run(
        tuple(answer for run in runs for answer in run.answers),
        sum(run.broken for run in runs),
        sum(run.seconds for run in runs),
    )


def _times(run: Run) -> str:
    percentiles = (f"{run.milliseconds(percent):.1f}" for percent in (50, 95, 99))
    return " | ".join([*percentiles, str(run.failed)])


if __name__ == "__main__":
    main()

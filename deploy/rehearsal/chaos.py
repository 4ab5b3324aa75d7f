"""`make chaos`: what goes wrong in a data centre, one thing after another, under load.

Says how many requests failed meanwhile, and proves that no acknowledged write is lost and
that explanations are given throughout an outage of the database.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from deploy.rehearsal.bounds import Bound, conclude, failed_of
from deploy.rehearsal.disk import fill_the_disk
from deploy.rehearsal.stack import Stack, running
from deploy.rehearsal.traffic import Run, Visitor, send
from deploy.rehearsal.writes import writing

SECONDS = 12  # of load around each misfortune
QUIET = 2.0  # seconds before it
OUTAGE = 6.0  # seconds that something is away


def main() -> None:
    with running() as stack, writing(stack) as count:
        bounds = list(suffer_all(stack))
        writes = count()
    print(f"\nWrites: {writes}.")
    bounds.append(Bound("acknowledged writes lost, PostgreSQL", writes.lost, most=0))
    sys.exit(conclude([*bounds, *fill_the_disk()]))


def suffer_all(stack: Stack) -> Iterator[Bound]:
    """Let one thing after another happen; yield what had to hold."""
    visitor = Visitor(stack.url)
    print(
        "| misfortune | requests | failed | with | explanations | failed | ready after s |"
    )
    print("|---|---:|---:|---|---:|---:|---:|")
    for name, misfortune in MISFORTUNES.items():
        run, recovery = suffer(stack, visitor, misfortune)
        codes = sorted({one.status for one in run.answers if one.status >= 400})
        print(
            f"| {name} | {len(run.answers)} | {run.failed} | {codes or '–'} |"
            f" {len(run.of('explain').answers)} | {failed_of(run, 'explain')} |"
            f" {recovery:.1f} |",
            flush=True,
        )
        if name in HARMLESS:
            yield Bound(f"requests failed: {name}", run.failed, most=0)
        explained = failed_of(run, "explain")
        if name in VIOLENT:
            share = explained / max(1, len(run.of("explain").answers))
            yield Bound(f"share of explanations failed: {name}", share, most=0.02)
        else:
            yield Bound(f"explanations failed: {name}", explained, most=0)
        yield Bound(f"seconds until ready again: {name}", recovery, most=30)


def suffer(
    stack: Stack, visitor: Visitor, misfortune: Callable[[Stack], None]
) -> tuple[Run, float]:
    """Let something happen during a load; return the answers and the time to recover."""

    def happen() -> float:
        time.sleep(QUIET)
        misfortune(stack)
        over = time.monotonic()
        for name in stack.nodes:
            stack.wait_for_node(name, saying=b'"status": "ready"')
        return time.monotonic() - over

    with ThreadPoolExecutor() as pool:
        happened = pool.submit(happen)
        run = send(stack.url, visitor.mix(), SECONDS)
        return run, happened.result()


# --- Misfortunes -----------------------------------------------------------------------


def nothing(stack: Stack) -> None:
    """Only the load."""


def kill_workers(stack: Stack) -> None:
    """Kill a worker a second; its master starts another."""
    for _ in range(6):
        name = random.choice(sorted(stack.nodes))  # noqa: S311 - no secret
        for worker in stack.workers_of(name)[:1]:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        time.sleep(1)


def kill_an_instance(stack: Stack) -> None:
    """Kill an instance whole; systemd starts it again after a second."""
    stack.kill_node("a")
    time.sleep(1)
    stack.start_node("a")


def deploy(stack: Stack) -> None:
    """Restart one instance after the other, as deploy/rolling-restart does."""
    for name in ("a", "b"):
        stack.stop_node(name)
        stack.start_node(name)
        stack.wait_for_node(name)


def kill_database(stack: Stack) -> None:
    """Kill it, as a power cut does, and let it come back."""
    control("POSTGRES_CONTROL", "kill")
    time.sleep(OUTAGE)
    control("POSTGRES_CONTROL", "start")


def freeze_database(stack: Stack) -> None:
    """Let it take connections and answer none."""
    control("POSTGRES_CONTROL", "freeze")
    time.sleep(OUTAGE)
    control("POSTGRES_CONTROL", "thaw")


def start_without_database(stack: Stack) -> None:
    """Start both instances anew, one after the other, while the database is away."""
    control("POSTGRES_CONTROL", "kill")
    deploy(stack)
    control("POSTGRES_CONTROL", "start")


def stop_redis(stack: Stack) -> None:
    """Take away what the instances share, and give it back empty."""
    control("REDIS_CONTROL", "stop")
    time.sleep(OUTAGE)
    control("REDIS_CONTROL", "start")


MISFORTUNES: dict[str, Callable[[Stack], None]] = {
    "nothing": nothing,
    "6 workers killed": kill_workers,
    "an instance killed": kill_an_instance,
    "a deploy": deploy,
    "database killed": kill_database,
    "database frozen": freeze_database,
    "a deploy without database": start_without_database,
    "Redis stopped": stop_redis,
}
# Of these no request of any kind may notice anything.
HARMLESS = {"nothing", "a deploy", "Redis stopped"}
# Here an answer that was half sent stays half an answer; all others are given by the rest.
VIOLENT = {"6 workers killed", "an instance killed"}


def control(name: str, command: str) -> None:
    """Start or stop a service by the control that .ci/postgres or .ci/redis gave us."""
    subprocess.run([os.environ[name], command], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()

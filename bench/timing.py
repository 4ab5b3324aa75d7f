"""Time several functions in turn, so that a slow moment of the machine hits all alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Job = Callable[[bytes], object]


def milliseconds(
    jobs: Mapping[str, Job], mails: Sequence[bytes], rounds: int
) -> dict[str, float]:
    """Return the median time per mail of each job, over rounds that take turns.

    Ratios are what is worth comparing: take them from one call.
    """
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job(mails[0])
    gc.collect()
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            for mail in mails:
                job(mail)
            taken[name].append((time.perf_counter() - start) * 1000 / len(mails))
    return {name: statistics.median(times) for name, times in taken.items()}

"""How long a save at the desk waits for the catalog's own tests."""

import time
from collections.abc import Callable, Iterator, Sized

from errors import catalog, rehearsing
from errors.bounce.explaining import explain
from errors.models import Example, Pattern
from errors.publishing import build

EXAMPLES = (1_000, 3_000)
PHRASE = "user unknown"


def rehearse_a_save() -> Iterator[str]:
    """Change one phrase of an entry; try the Examples that it can touch, and all of them."""
    yield (
        "\n| examples | first save s | next save s | all of them s | next ÷ all |"
        "\n|---:|---:|---:|---:|---:|"
    )
    pattern = Pattern.objects.filter(text__icontains=PHRASE).order_by("pk")[0]
    for count in EXAMPLES:
        _fill_up(count)
        catalog.forget()
        before = rehearsing.stand()
        pattern.text = f"{PHRASE} here"
        pattern.save()
        rehearsing._read.cache_clear()
        first, _ = _timed(rehearsing.find_losses, before)
        again, quick = _timed(rehearsing.find_losses, before)
        whole, slow = _timed(_find_losses_slowly, before)
        if quick != slow:
            raise AssertionError("The quick run and the full run differ.")
        yield (
            f"| {count:,} | {first:.2f} | {again:.2f} | {whole:.2f} | {again / whole:.2f} |"
        )


def _fill_up(count: int) -> None:
    """Add Examples, each with a number of its own, until there are so many."""
    shipped = list(Example.objects.select_related("entry"))
    missing = range(count - len(shipped))
    Example.objects.bulk_create(
        Example(entry=one.entry, text=f"{one.text}\nid {number}")
        for number in missing
        for one in (shipped[number % len(shipped)],)
    )


def _find_losses_slowly(before: rehearsing.Standing) -> list[str]:
    """Compile everything anew and explain every Example, before and after."""
    after = build().catalog
    lost = []
    for slug, text in Example.objects.values_list("entry__slug", "text"):
        old = {verdict.entry for verdict in explain(text, before.catalog).verdicts}
        new = {verdict.entry for verdict in explain(text, after).verdicts}
        if slug in old and slug not in new:
            lost.append(text)
    return lost


def _timed(
    job: Callable[[rehearsing.Standing], Sized], before: rehearsing.Standing
) -> tuple[float, int]:
    """Return the seconds of processor time, and how many losses were found."""
    start = time.process_time()
    found = job(before)
    return time.process_time() - start, len(found)

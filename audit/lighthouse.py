"""Lighthouse's four scores, out of 100 each, by its rules for mobile phones."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from audit import chromium
from audit.pages import Page
from audit.serving import ROOT

CATEGORIES = ("performance", "accessibility", "best practices", "SEO")
BOUND = (100, 100, 100, 100)
TRIES = 5  # other programs on the machine can only slow a page down


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores in the order of CATEGORIES, and the audits that cost points."""

    scores: tuple[int, ...]
    lost: tuple[str, ...]

    def is_enough(self) -> bool:
        return all(map(int.__ge__, self.scores, BOUND))


class Meter:
    """A Lighthouse that measures one page after the other."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def measure(self, page: Page, site: str, language: str) -> Scores:
        """Return the best of some tries: the first that reaches the bound is."""
        tries: list[Scores] = []
        while len(tries) < TRIES and not (tries and tries[-1].is_enough()):
            tries.append(self._measure(f"{site}/{language}/{page.path}", page.paste))
        return max(tries, key=lambda one: one.scores)

    def _measure(self, url: str, paste: str | None) -> Scores:
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("A meter needs a process with pipes.")
        self.process.stdin.write(json.dumps({"url": url, "paste": paste}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("Lighthouse stopped; what it said stands above.")
        told = json.loads(line)
        return Scores(tuple(told["scores"]), tuple(told["lost"]))


@contextmanager
def meter() -> Iterator[Meter]:
    command = ["node", "audit/lighthouse.mjs", str(chromium.PATH), *chromium.FLAGS]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Meter(process)

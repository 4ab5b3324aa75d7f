"""Traffic as people and programs send it, and what became of it."""

import json
import re
import statistics
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "errors" / "tests" / "samples" / "reading"
SCRIPT = Path(__file__).with_name("mixed.lua")
CONNECTIONS = 8
BOUNDARY = "----faqsite-rehearsal"
WORDS = ("550", "5.7.26", "容量", "mailbox full", "docomo 届かない", "とどきません")


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a plan, with how often it comes."""

    weight: int
    kind: str
    path: str
    method: str = "GET"
    body: bytes = b""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: `moment` is the monotonic clock's."""

    kind: str
    status: int
    seconds: float
    moment: float


@dataclass(frozen=True, slots=True)
class Run:
    """All answers of a run, and how many requests had none."""

    answers: tuple[Answer, ...]
    broken: int  # connections that broke or timed out
    seconds: float

    def of(self, kind: str) -> "Run":
        """Return the answers of one kind alone."""
        some = tuple(answer for answer in self.answers if answer.kind == kind)
        return Run(some, self.broken, self.seconds)

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.seconds

    @property
    def failed(self) -> int:
        """How many were answered with an error, or not at all."""
        return sum(one.status >= 400 for one in self.answers) + self.broken

    def milliseconds(self, percent: int) -> float:
        """Return a percentile of the times."""
        times = sorted(answer.seconds for answer in self.answers)
        if len(times) < 2:
            return 0.0
        return 1000 * statistics.quantiles(times, n=100)[percent - 1]


def fetch(url: str, **headers: str) -> tuple[int, bytes, HTTPResponse]:
    """Get a page; an error of the server is an answer as well."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read(), response
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read(), problem  # type: ignore[return-value]  # answers alike


class Visitor:
    """Asks for what people and programs ask for."""

    def __init__(self, url: str, language: str = "ja") -> None:
        self.url, self.language = url, language

    def pastes(self, weight: int) -> Iterator[Step]:
        """Yield the form with each of our sample mails in it, sent as a browser sends it."""
        for text in _mails():
            yield self._sent(weight, "explain", "explain/", {"text": text})

    def pages(self, weight: int) -> Iterator[Step]:
        """Yield the pages of the catalog that its list links to, and the first page."""
        _, html, _ = fetch(f"{self.url}/{self.language}/errors/all/")
        linked = re.findall(rf'href="(/{self.language}/errors/[\w/-]+)"', html.decode())
        if not linked:
            raise RuntimeError("The list of all errors links to none.")
        for path in sorted(set(linked))[::25]:
            yield Step(weight, "browse", path)
        yield Step(weight * 5, "home", f"/{self.language}/")

    def searches(self, weight: int) -> Iterator[Step]:
        """Yield what people look for: at its address, by the one box, while they type."""
        for words in WORDS:
            path = f"/{self.language}/search/?{urlencode({'q': words})}"
            yield Step(weight, "search", path)
            yield self._sent(weight, "find", "find/", {"text": words})
            typed = {"q": words[: len(words) // 2 + 1]}
            yield self._sent(weight, "suggest", "search/suggest/", typed)

    def calls(self, weight: int) -> Iterator[Step]:
        """Yield what programs ask of the API: mails above all."""
        for text in _mails():
            body = json.dumps({"text": text}).encode()
            path = "/api/v1/explain"
            yield Step(weight, "api explain", path, "POST", body, "application/json")
        for words in WORDS:
            path = f"/api/v1/search?{urlencode({'q': words})}"
            yield Step(weight, "api search", path)
        for path in ("entries?page=2", "sections", "codes"):
            yield Step(weight, "api read", f"/api/v1/{path}")

    def mix(self) -> Iterator[Step]:
        """Yield all of it, about as sites see it: most people read."""
        yield from self.pages(6)
        yield from self.pastes(2)
        yield from self.searches(3)
        yield from self.calls(1)

    def _sent(self, weight: int, kind: str, path: str, fields: dict[str, str]) -> Step:
        content_type = f"multipart/form-data; boundary={BOUNDARY}"
        path = f"/{self.language}/{path}"
        return Step(weight, kind, path, "POST", _form(fields), content_type)


def _mails() -> Iterator[str]:
    for mail in sorted(SAMPLES.iterdir()):
        yield mail.read_bytes().decode("utf-8", "replace")


def _form(fields: dict[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    empty_file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename=""\r\n'
        "Content-Type: application/octet-stream\r\n\r\n\r\n"
    )
    return "".join([*parts, empty_file, f"--{BOUNDARY}--\r\n"]).encode()


def send(
    url: str,
    steps: Iterable[Step],
    seconds: float,
    connections: int = CONNECTIONS,
) -> Run:
    """Send a plan over several connections at once, each asking one thing after another."""
    with tempfile.TemporaryDirectory(prefix="faqsite-traffic-") as name:
        folder = Path(name)
        plan = folder / "plan"
        plan.write_text("".join(_lines(steps, folder)), "utf-8")
        log = folder / "log"
        done = subprocess.run(
            [
                *("wrk", f"-t{connections}", f"-c{connections}", f"-d{seconds:.0f}s"),
                *("--timeout", "60s", "-s", SCRIPT, url, "--", plan, log),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        broken = re.search(r"^errors\t(.*)$", done.stdout, re.MULTILINE)
        return Run(
            tuple(_answers(folder.glob("log.*"))),
            sum(map(int, broken[1].split("\t"))) if broken else 0,
            seconds,
        )


def _lines(steps: Iterable[Step], folder: Path) -> Iterator[str]:
    for number, step in enumerate(steps):
        body = folder / f"body-{number}"
        if step.body:
            body.write_bytes(step.body)
        fields = (
            str(step.weight),
            step.kind,
            step.method,
            step.path,
            step.content_type,
            str(body) if step.body else "",
        )
        yield "\t".join(fields) + "\n"


def _answers(logs: Iterable[Path]) -> Iterator[Answer]:
    for log in logs:
        for line in log.read_text("utf-8").splitlines():
            kind, status, seconds, moment = line.split("\t")
            yield Answer(kind, int(status), float(seconds), float(moment))


def requests_per_second(url: str, seconds: int, headers: Sequence[str] = ()) -> float:
    """Ask for one page as fast as nginx can give it; raise where it is not given."""
    fields = [part for header in headers for part in ("-H", header)]
    done = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{seconds}s", *fields, url],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0

"""What a first visit costs: bytes over the wire, and whom else it asks."""

from dataclasses import dataclass

from playwright.sync_api import Browser

BOUND = 60 * 1024  # bytes, headers included, over all requests
SCRIPT_BOUND = 10 * 1024  # bytes of JavaScript before compression


@dataclass(frozen=True, slots=True)
class Weight:
    """One visit with an empty cache."""

    requests: int
    bytes: int
    script: int
    strangers: tuple[str, ...]  # addresses of others

    def find_faults(self) -> list[str]:
        faults = [f"It asks others: {address}" for address in self.strangers]
        if self.bytes > BOUND:
            faults.append(f"A first visit takes {self.bytes} bytes, above {BOUND}.")
        if self.script > SCRIPT_BOUND:
            faults.append(
                f"It runs {self.script} bytes of script, above {SCRIPT_BOUND}."
            )
        return faults


def weigh(chromium: Browser, address: str) -> Weight:
    """Visit a page for the first time and add up all that comes."""
    context = chromium.new_context()
    tab = context.new_page()
    answers = []
    tab.on("requestfinished", lambda request: answers.append(request))
    tab.goto(address, wait_until="networkidle")
    origin = tab.evaluate("location.origin")
    sizes = [request.sizes() for request in answers]
    scripts = [r for r in answers if r.resource_type == "script"]
    weight = Weight(
        requests=len(answers),
        bytes=sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes),
        script=sum(len(r.response().body()) for r in scripts if r.response()),
        strangers=tuple(r.url for r in answers if not r.url.startswith(f"{origin}/")),
    )
    context.close()
    return weight

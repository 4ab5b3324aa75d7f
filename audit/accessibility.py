"""What axe-core finds wrong with a page for people with disabilities (WCAG 2.2 A and AA)."""

from functools import cache
from typing import Any, Literal

from playwright.sync_api import Page as Tab

from audit.serving import ROOT

AXE = ROOT / "audit" / "node_modules" / "axe-core" / "axe.min.js"
Scheme = Literal["light", "dark"]
# Light with all rules; dark with those again that look at colours.
OPTIONS: dict[Scheme, dict[str, list[str]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}


def find_violations(tab: Tab) -> list[str]:
    """Return a line for each rule that is broken on the page in the tab, with its places."""
    tab.evaluate(_axe())
    found: list[str] = []
    for scheme, options in OPTIONS.items():
        tab.emulate_media(color_scheme=scheme)
        violations: list[dict[str, Any]] = tab.evaluate(
            "async options => (await axe.run(document, options)).violations", options
        )
        found += (f"{scheme}: {_say(violation)}" for violation in violations)
    return found


def _say(violation: dict[str, Any]) -> str:
    places = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
    return f"{violation['id']}: {violation['help']} ({', '.join(places[:3])})"


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")

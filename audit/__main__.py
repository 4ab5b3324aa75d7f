"""Measure every page as production serves it, print a table, and fail below a bound.

Names on the command line choose pages.
"""

import argparse
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser

from audit.accessibility import find_violations
from audit.chromium import browser
from audit.lighthouse import CATEGORIES, Meter, meter
from audit.markup import find_faults
from audit.pages import LANGUAGES, PAGES, Page
from audit.serving import site
from audit.weight import weigh


def main() -> int:
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("pages", nargs="*", help="names of pages; none: all")
    parser.add_argument("--without-lighthouse", action="store_true")
    options = parser.parse_args()
    pages = [p for p in PAGES if not options.pages or p.name in options.pages]
    with site() as address:
        with browser() as chromium:
            faults = [*audit_weight(chromium, address)]
            faults += audit_markup_and_access(chromium, address, pages)
        if not options.without_lighthouse:
            with meter() as lighthouse:
                faults += audit_scores(lighthouse, address, pages)
    print(*faults, sep="\n")
    print(f"{len(faults)} faults found." if faults else "Nothing found.")
    return 1 if faults else 0


def audit_weight(chromium: Browser, address: str) -> Iterator[str]:
    for language in LANGUAGES:
        weight = weigh(chromium, f"{address}/{language}/")
        print(
            f"First visit, {language}: {weight.bytes / 1024:.1f} KB in {weight.requests}"
            f" requests, {weight.script / 1024:.1f} KB of script before compression,"
            f" {len(weight.strangers)} requests to others"
        )
        yield from (f"home-{language}: {fault}" for fault in weight.find_faults())


def audit_markup_and_access(
    chromium: Browser, address: str, pages: list[Page]
) -> Iterator[str]:
    sources: dict[str, str] = {}
    for page in pages:
        for language in LANGUAGES:
            context = chromium.new_context(locale=language)
            tab = context.new_page()
            answer = page.open(tab, address, language)
            sources[f"{page.name}-{language}"] = answer.text()
            for violation in find_violations(tab):
                yield f"{page.name}-{language}, {violation}"
            context.close()
    print(f"axe-core: {len(sources)} pages, light and dark")
    print(f"Nu HTML checker: {len(sources)} pages")
    yield from find_faults(sources)


def audit_scores(lighthouse: Meter, address: str, pages: list[Page]) -> Iterator[str]:
    print("Lighthouse, mobile:", ", ".join(CATEGORIES))
    for page in (page for page in pages if page.is_scored):
        for language in LANGUAGES:
            told = lighthouse.measure(page, address, language)
            name = f"{page.name}-{language}"
            print(f"  {name:24}", *(f"{score:4}" for score in told.scores), flush=True)
            if not told.is_enough():
                yield f"{name}: {', '.join(told.lost) or 'below the bound'}"


if __name__ == "__main__":
    sys.exit(main())

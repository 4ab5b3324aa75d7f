"""Pictures of every page, to be judged by eye: `make screenshots`, into screenshots/.

Names on the command line choose pages; --readme renews the pictures of the README
alone, --docs those of docs/editors.
"""

import argparse
import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, FloatRect

from audit.chromium import browser
from audit.desk import DESK, DeskPage
from audit.pages import LANGUAGES, PAGES, Page
from audit.serving import ROOT, furnished_site

FOLDER = ROOT / "screenshots"
README = ROOT / "docs"
HEIGHT_MAX = 6000  # pixels: the page of everything is a hundred times as long
WIDTHS = (375, 1280)
MORE_WIDTHS = (320, 375, 768, 1280)  # of the pages that matter most
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as one reader sees it."""

    page: Page | DeskPage
    language: str
    width: int
    scheme: Scheme

    @property
    def name(self) -> str:
        return f"{self.page.name}-{self.language}-{self.width}-{self.scheme}.png"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("pages", nargs="*", help="names of pages; none: all")
    parser.add_argument("--readme", action="store_true", help="those of the README")
    parser.add_argument("--docs", action="store_true", help="those of docs/editors")
    parser.add_argument("--widths", help="such as 375,1280")
    parser.add_argument("--schemes", help="light or dark")
    parser.add_argument("--languages", help="ja or en")
    parser.add_argument("--site", help="the address of a site that runs already")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browser() as chromium, serve(options.site) as address:
        if options.readme:
            take_for_readme(chromium, address)
            return
        if options.docs:
            take_for_docs(chromium, address, options.pages)
            return
        for picture in wanted(options):
            take(chromium, address, picture, FOLDER / picture.name)


def wanted(options: argparse.Namespace) -> Iterator[Picture]:
    """Yield the pictures that the command line asks for."""
    for page in (*PAGES, *DESK):
        if options.pages and page.name not in options.pages:
            continue
        usual = MORE_WIDTHS if getattr(page, "is_scored", False) else WIDTHS
        widths = map(int, options.widths.split(",")) if options.widths else usual
        for language, width, scheme in itertools.product(LANGUAGES, widths, SCHEMES):
            is_asked = language in (options.languages or language)
            if is_asked and scheme in (options.schemes or scheme):
                yield Picture(page, language, width, scheme)


def take_for_readme(chromium: Browser, address: str) -> None:
    """Photograph the result page's first screen, in both languages."""
    page = next(page for page in PAGES if page.name == "result-full")
    for language in LANGUAGES:
        picture = Picture(page, language, 1280, "light")
        path = README / f"screenshot-result-{language}.png"
        take(chromium, address, picture, path, height=1640, scale=0.6)


def take_for_docs(chromium: Browser, address: str, names: list[str]) -> None:
    """Photograph the desk for docs/editors.md and docs/editors.ja.md, as light WebP."""
    pages = [p for p in DESK if p.in_docs and p.name in (names or [p.name])]
    for page, language in itertools.product(pages, LANGUAGES):
        picture = Picture(page, language, 1280, "light")
        path = README / f"{page.name}-{language}.png"
        take(chromium, address, picture, path, height=page.in_docs, scale=0.75)
        with Image.open(path) as image:
            image.convert("RGB").save(path.with_suffix(".webp"), quality=60, method=6)
        path.unlink()


def take(
    chromium: Browser,
    address: str,
    picture: Picture,
    path: Path,
    height: int = HEIGHT_MAX,
    scale: float = 1,
) -> None:
    """Photograph a page from its top down."""
    context = chromium.new_context(
        viewport={"width": picture.width, "height": 800},
        device_scale_factor=scale,
        color_scheme=picture.scheme,
        locale=picture.language,
        timezone_id="Asia/Tokyo",
    )
    tab = context.new_page()
    picture.page.open(tab, address, picture.language)
    whole = tab.evaluate("document.documentElement.scrollHeight")
    clip = FloatRect(x=0, y=0, width=picture.width, height=min(whole, height))
    tab.screenshot(path=path, full_page=True, clip=clip)
    context.close()


def serve(address: str | None) -> AbstractContextManager[str]:
    return nullcontext(address) if address else furnished_site()


if __name__ == "__main__":
    main()

"""Which pages of the editors' desk are looked at, and how one gets there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page as Tab

from audit.pages import PASTES
from audit.serving import PASSWORD, STAFF

ENTRIES = "admin/errors/entry/"
BOUNCE = (PASTES / "full.eml").read_text("utf-8")
STALE = "yahoo-over-quota"  # its original is newer than its translation


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page that staff see: an address, and what is done there before one looks."""

    name: str
    path: str
    act: Callable[[Tab], None] = lambda _tab: None
    in_docs: int = 0  # how much of it from the top, in pixels; 0: no picture in docs/

    def open(self, tab: Tab, site: str, language: str) -> None:
        """Log in and go there; the browser's own language is the desk's."""
        tab.goto(f"{site}/admin/login/?next=/{self.path}")
        tab.fill("#id_username", STAFF)
        tab.fill("#id_password", PASSWORD)
        with tab.expect_navigation():
            tab.press("#id_password", "Enter")
        self.act(tab)
        tab.wait_for_load_state("networkidle")


def _to_entry(tab: Tab, slug: str) -> None:
    tab.goto(_base(tab) + f"{ENTRIES}?q={slug}")
    tab.locator("#result_list tbody th a").first.click()
    tab.wait_for_load_state("networkidle")


def _base(tab: Tab) -> str:
    return tab.url.partition("admin/")[0]


def _open_entry(tab: Tab) -> None:
    _to_entry(tab, STALE)


def _steal(tab: Tab) -> None:
    _to_entry(tab, "gmail-over-quota")
    tab.fill("#id_priority", "90")
    tab.fill("#id_patterns-0-text", "over quota")
    _press(tab, "[name=_continue]")


def _collide(tab: Tab) -> None:
    """Save an entry twice from pages of the same moment."""
    _to_entry(tab, "status-5-7-26")
    other = tab.context.new_page()
    other.goto(tab.url)
    for page, words in ((other, "Gmail"), (tab, "Google")):
        title = page.locator("[id^=id_title_]:visible").first
        title.fill(f"{title.input_value().partition(' (')[0]} ({words})")
        _press(page, "[name=_continue]")
    other.close()


def _see_history(tab: Tab) -> None:
    _to_entry(tab, STALE)
    tab.goto(tab.url.replace("change/", "history/").partition("?")[0])


def _try_bounce(tab: Tab) -> None:
    tab.fill("#id_text", BOUNCE)
    _press(tab, ".bench-form [type=submit]")


def _open_first(tab: Tab) -> None:
    with tab.expect_navigation():
        tab.locator("#result_list tbody th a").first.click()


def _bring_in(tab: Tab) -> None:
    sheet = f"slug,title_en\n{STALE},Yahoo: the mailbox of the recipient is full\n"
    file = {"name": "texts.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    tab.set_input_files("[name=file]", file)  # type: ignore[arg-type]  # a dict is one
    _press(tab, "form:has([name=file]) [type=submit]")


def _press(tab: Tab, selector: str) -> None:
    with tab.expect_navigation():
        tab.locator(selector).first.click()


DESK = (
    DeskPage("desk", "admin/"),
    DeskPage("desk-list", ENTRIES, in_docs=860),
    DeskPage("desk-entry", ENTRIES, _open_entry, in_docs=1000),
    DeskPage("desk-bench", f"{ENTRIES}bench/", _try_bounce, in_docs=1150),
    DeskPage("desk-stopped", ENTRIES, _steal, in_docs=900),
    DeskPage("desk-conflict", ENTRIES, _collide, in_docs=760),
    DeskPage("desk-history", ENTRIES, _see_history, in_docs=900),
    DeskPage("desk-unexplained", "admin/errors/unexplained/", in_docs=640),
    DeskPage("desk-triage", "admin/errors/unexplained/", _open_first),
    DeskPage("desk-feedback", "admin/errors/feedback/", in_docs=900),
    DeskPage("desk-synonym", "admin/errors/synonym/"),
    DeskPage("desk-figures", "admin/errors/tally/", in_docs=1100),
    DeskPage("desk-exchange", f"{ENTRIES}exchange/", _bring_in, in_docs=900),
)

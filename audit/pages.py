"""Which pages are looked at, and how one gets there. A new page is a line of PAGES."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Page as Tab, Response

SAMPLES = Path(__file__).resolve().parent.parent / "errors/tests/samples/reading"
PASTES = Path(__file__).resolve().parent / "pastes"
LANGUAGES = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Page:
    """A page under the prefix of a language, or the answer to a paste."""

    name: str
    path: str = ""
    paste: str | None = None  # given: the page is the answer to it, "" to an empty form
    is_scored: bool = False  # measured by Lighthouse too, which takes a quarter minute

    def open(self, tab: Tab, site: str, language: str) -> Response:
        """Go to the page in a browser's tab, as a person would; return the answer."""
        answer = tab.goto(f"{site}/{language}/{self.path}")
        if self.paste is not None:
            tab.locator("#paste textarea").fill(self.paste)
            with tab.expect_navigation() as navigation:
                tab.locator("#paste button.primary").click()
            answer = navigation.value
        if answer is None:
            raise RuntimeError(f"{self.name} does not answer.")
        return answer


UNKNOWN = """From: MAILER-DAEMON@mx.example.jp
To: hanako@example.jp
Subject: Undelivered Mail

<taro@example.jp>: mumble mumble, sorry.
"""


def _answer(folder: Path, name: str, file: str, *, is_scored: bool = False) -> Page:
    text = (folder / file).read_bytes().decode("utf-8", "replace")
    return Page(f"result-{name}", paste=text, is_scored=is_scored)


_sample = partial(_answer, SAMPLES)
_paste = partial(_answer, PASTES)

PAGES = (
    Page("home", is_scored=True),
    Page("entry", "errors/returned-mail-over-quota/", is_scored=True),
    Page("section", "errors/in/by-message/", is_scored=True),
    Page("catalog", "errors/"),
    Page("everything", "errors/all/"),
    Page("codes", "errors/by/code/"),
    Page("provider", "errors/by/provider/gmail/"),
    Page("actor", "errors/by/actor/host/"),
    Page("titles", "errors/by/title/"),
    Page("recent", "errors/by/date/"),
    Page("glossary", "glossary/"),
    Page("search", "search/", is_scored=True),
    Page("search-found", "search/?q=gmail+full", is_scored=True),
    Page("search-line", "search/?q=user+unknown"),
    Page("search-nothing", "search/?q=xyzzyx"),
    Page("search-narrowed", "search/?q=550&section=google"),
    Page("search-private", paste="taro@example.jp 550"),
    Page("code", "code/550-5.7.1/"),
    Page("case", "case/failure/returned-mail-over-quota~552-5.2.2~wording~failed/"),
    Page("embed", "embed/"),
    Page("api", "api/"),
    Page("thanks", "thanks/returned-mail-over-quota/"),
    _paste("full", "full.eml", is_scored=True),
    _paste("several", "several.eml"),
    _paste("delay", "delay.eml"),
    _paste("long", "long.eml"),
    _paste("backscatter", "backscatter.eml"),
    _sample("docomo", "docomo.txt"),
    _sample("away", "out-of-office.eml"),
    _sample("delivered", "delivered.eml"),
    _sample("feedback", "arf.eml"),
    _sample("program", "outlook-0x800ccc0f-ja.txt"),
    Page("result-code", paste="<taro@example.jp>: 550 5.7.1"),
    Page("result-unknown", paste=UNKNOWN),
    Page("result-nothing", paste="Hello,\n\nhow are you?\n\nRegards,\nTaro"),
    Page(
        "result-phishing",
        paste="Your mailbox is almost full (98%). Click here to verify your account and upgrade your mailbox quota now.",
    ),
    Page("trouble", paste=""),
    Page("missing", "no/such/page/"),
)

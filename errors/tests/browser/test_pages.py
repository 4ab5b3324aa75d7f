"""How the pages look and behave for all kinds of readers, as far as a machine can tell."""

import re

import pytest
from playwright.sync_api import expect

from audit.pages import PAGES, Page
from audit.weight import BOUND, SCRIPT_BOUND, weigh

BY_NAME = {page.name: page for page in PAGES}
EACH_PAGE = pytest.mark.parametrize("kind", PAGES, ids=lambda page: page.name)
WORD = Page("word", paste=f"550 5.1.1 <a@example.jp> User unknown {'x' * 500}")


@pytest.fixture
def visit(browser, browser_context_args, served, watch):
    """Open a page as a reader with these properties sees it."""
    contexts = []

    def visit(name, *, language="ja", **reader):
        contexts.append(browser.new_context(**browser_context_args | reader))
        tab = watch(contexts[-1].new_page())
        page = BY_NAME[name] if isinstance(name, str) else name
        page.open(tab, served, language)
        return tab

    yield visit
    for context in contexts:
        context.close()


@EACH_PAGE
def test_page_does_not_scroll_sideways(visit, kind):
    tab = visit(kind)
    for width in (320, 768, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        assert not scrolls_sideways(tab), width


@pytest.mark.parametrize(
    "name",
    [
        *("home", "search-found", "search-nothing", "result-several", "result-delay"),
        *("entry", "section", "glossary", "catalog", "codes", "api"),
    ],
)
def test_page_at_fourfold_zoom_does_not_scroll_sideways(visit, name):
    """A window of 1280 × 1024 pixels shows so little when it is zoomed."""
    tab = visit(name, viewport={"width": 320, "height": 256}, device_scale_factor=4)
    assert not scrolls_sideways(tab)


def test_long_word_does_not_scroll_sideways(visit):
    assert not scrolls_sideways(visit(WORD, viewport={"width": 320, "height": 800}))


def test_note_of_a_mark_does_not_scroll_sideways(visit):
    tab = visit("result-several", viewport={"width": 320, "height": 800})
    for mark in tab.locator("a.k").all()[:20]:
        mark.focus()
        assert not scrolls_sideways(tab)


def scrolls_sideways(tab):
    return tab.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "search-found",
        "result-several",
        "entry",
        "section",
        "glossary",
        "trouble",
    ],
)
def test_focus_is_seen_wherever_the_keyboard_goes(visit, name):
    tab = visit(name, reduced_motion="reduce")
    seen = set()
    for _ in range(400):
        tab.keyboard.press("Tab")
        told = tab.evaluate(FOCUS)
        if told is None or told["path"] in seen:
            break
        seen.add(told["path"])
        assert told["outline"] >= 2, told
        assert told["inside"], told
    assert len(seen) > 8


FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    element.dataset.number ??= String(document.querySelectorAll("[data-number]").length);
    return {
        path: element.dataset.number,
        text: element.textContent.slice(0, 40),
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


def test_marks_are_seen_in_forced_colours(visit):
    tab = visit("result-full", forced_colors="active")
    marked, around = (
        tab.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
        for selector in ("mark", ".hit")
    )
    assert marked != around
    border = "e => getComputedStyle(e).borderTopWidth"
    assert tab.locator(".way .stop .dot").evaluate(border) == "4px"


def test_nothing_moves_for_those_who_asked_for_calm(visit):
    scroll = "getComputedStyle(document.documentElement).scrollBehavior"
    assert visit("home", reduced_motion="reduce").evaluate(scroll) == "auto"
    assert visit("home", reduced_motion="no-preference").evaluate(scroll) == "smooth"


def test_dark_is_dark(visit):
    background = "getComputedStyle(document.body).backgroundColor"
    assert visit("home", color_scheme="dark").evaluate(background) == "rgb(18, 22, 28)"
    assert visit("home", color_scheme="light").evaluate(background) == (
        "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ["result-full", "result-docomo", "result-code"])
def test_usual_result_is_printed_on_one_page(visit, name, language):
    sheet = visit(name, language=language).pdf(format="A4")
    assert sheet.count(b"/Type /Page\n") == 1


def test_note_of_a_number_can_be_put_away(visit):
    tab = visit("result-full")
    tab.locator("a.k").first.focus()
    shown = "getComputedStyle(document.activeElement, '::after').display"
    assert tab.evaluate(shown) == "block"
    tab.keyboard.press("Escape")
    assert tab.evaluate(shown) == "none"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate(shown) == "block"


NOTE_SHOWN = "getComputedStyle(document.querySelector('a.term'), '::after').content"


def test_term_is_explained_by_keyboard_where_it_stands(visit):
    tab = visit("entry", language="en")
    term = tab.locator("a.term").first
    expect(term).to_have_accessible_description(
        re.compile("^The place on a mail server")
    )
    assert tab.evaluate(NOTE_SHOWN) == "none"
    term.focus()
    assert "The place on a mail server" in tab.evaluate(NOTE_SHOWN)
    shown = "getComputedStyle(document.activeElement, '::after').display"
    assert tab.evaluate(shown) == "block"
    tab.keyboard.press("Escape")
    assert tab.evaluate(shown) == "none"


def test_term_is_explained_by_a_first_touch_and_left_for_by_a_second(visit):
    tab = visit("entry", has_touch=True, viewport={"width": 375, "height": 800})
    term = tab.locator("a.term").first
    term.tap()
    expect(term).to_be_focused()
    assert not scrolls_sideways(tab)
    term.tap()
    expect(tab).to_have_url(re.compile(r"/ja/glossary/#mailbox$"))


@pytest.mark.parametrize("name", ["entry", "section", "result-full"])
def test_term_leads_to_the_glossary_without_scripts(visit, name):
    tab = visit(name, language="en", java_script_enabled=False)
    term = tab.locator("a.term:visible").first
    address = term.get_attribute("href")
    term.click()
    expect(tab).to_have_url(re.compile(f"{re.escape(address)}$"))
    expect(tab.locator(":target")).to_be_in_viewport()


def test_quiet_lines_unfold_at_once(visit):
    tab = visit("result-long")
    quiet = tab.locator(".quiet .row").first
    expect(quiet).to_be_hidden()
    tab.get_by_role("button", name="すべての行を表示").click()
    expect(quiet).to_be_visible()
    tab.get_by_role("button", name="関係のない行をたたむ").click()
    expect(quiet).to_be_hidden()


def test_quiet_lines_unfold_without_scripts(visit):
    tab = visit("result-long", java_script_enabled=False)
    tab.locator(".quiet summary").first.click()
    expect(tab.locator(".quiet .row").first).to_be_visible()


def test_deciding_words_lead_to_their_mark_and_the_mark_to_the_advice(visit):
    tab = visit("result-full")
    tab.locator(".facts a").click()
    expect(tab.locator(".row:target mark")).to_be_in_viewport()
    tab.locator(".row:target .meant a").click()
    expect(tab.locator(".answer:target")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("reader", "until"),
    [
        ({"timezone_id": "Asia/Tokyo"}, "2026年3月9日 10:04"),
        ({"timezone_id": "America/New_York"}, "2026年3月8日 21:04 GMT-4"),
        (
            {"timezone_id": "America/New_York", "java_script_enabled": False},
            "2026年3月9日 10:04",
        ),
    ],
    ids=["here", "elsewhere", "no scripts"],
)
def test_times_are_those_of_the_reader(visit, reader, until):
    tab = visit("result-delay", **reader)
    expect(tab.locator(".moments time").last).to_have_text(until)
    expect(tab.locator(".facts time")).to_have_text(until)


def test_summary_is_copied(visit):
    tab = visit("result-full", permissions=["clipboard-read", "clipboard-write"])
    tab.locator(".support button").click()
    expect(tab.locator(".support button")).to_have_text("コピーしました")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == tab.locator(".support pre").text_content()
    assert "***@example.ne.jp" in copied


@pytest.mark.parametrize("language", ["ja", "en"])
def test_first_visit_is_light_and_asks_nobody_else(browser, served, language):
    weight = weigh(browser, f"{served}/{language}/")
    assert weight.strangers == ()
    assert weight.requests >= 3
    assert weight.bytes <= BOUND
    assert 0 < weight.script <= SCRIPT_BOUND

"""Looking something up, in a real browser."""

import re

import pytest
from playwright.sync_api import expect


def type_into_the_box(page, text):
    page.locator("textarea").first.fill(text)
    page.locator(
        "form:has(textarea) button[type=submit], form:has(textarea) button:not([type])"
    ).first.click()


@pytest.fixture
def box(page, site):
    page.goto(f"{site}/ja/search/")
    return page.get_by_role("combobox")


def test_words_in_the_one_box_are_looked_up(page, site):
    for text in ("550", "容量 いっぱい", "gmail 届かない"):
        page.goto(f"{site}/ja/")
        type_into_the_box(page, text)
        expect(page).to_have_url(re.compile(r"/ja/search/\?q="))
        expect(page.get_by_role("combobox")).to_have_value(text)
        expect(page.locator(".found li").first).to_be_visible()


def test_line_that_may_be_a_notice_is_explained_on_demand(page, site):
    page.goto(f"{site}/en/")
    type_into_the_box(page, "user unknown")
    page.get_by_role("button", name="Explain it in full").click()
    expect(page.locator("mark", has_text="user unknown").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Search our entries")).click()
    expect(page).to_have_url(f"{site}/en/search/?q=user+unknown")


def test_private_words_never_get_into_an_address(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/ja/")
    type_into_the_box(page, "taro.secret@example.jp に届かない")
    expect(page.locator(".found li").first).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("combobox").press_sequentially(" taro")
    page.wait_for_timeout(400)
    assert not [url for url in asked if "secret" in url or "taro" in url]


def test_suggestions_are_chosen_by_keyboard(page, site, box):
    box.press_sequentially("spamh")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute(
        "aria-activedescendant", options.first.get_attribute("id")
    )
    box.press("ArrowUp")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("spamh")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("a")
    box.press("Enter")  # without a choice: the words themselves
    expect(page).to_have_url(re.compile(r"/ja/search/\?q=spamha$"))
    box.press("End")
    box.press_sequentially("us")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    title = options.first.text_content()
    box.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("width", [320, 768])
def test_suggestions_fit_the_window_and_a_click_opens_one(page, site, box, width):
    page.set_viewport_size({"width": width, "height": 600})
    box.press_sequentially("容量")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    title = option.text_content()
    option.click()
    expect(page.locator("h1")).to_have_text(title)


def test_search_narrows_and_turns_pages(page, site):
    page.goto(f"{site}/ja/search/?q=550")
    page.locator(".facets a", has_text="Gmail").first.click()
    expect(page).to_have_url(re.compile("section=google|provider=gmail"))
    expect(page.locator(".facets a[aria-current]")).to_have_count(1)
    page.locator(".facets a[aria-current]").click()
    page.locator(".pages a[rel=next]").click()
    expect(page).to_have_url(re.compile("page=2"))


def test_search_works_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site}/en/errors/")
    page.locator("input[type=search]").fill("mailbox full")
    page.locator("form.search button").click()
    expect(page).to_have_url(f"{site}/en/search/?q=mailbox+full")
    expect(page.locator(".found li").first).to_be_visible()
    context.close()


def test_sections_are_folded_on_a_phone_and_open_beside_the_text(page, site):
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{site}/ja/errors/in/google/")
    link = page.locator(".side a").first
    expect(link).to_be_hidden()
    page.locator(".menu > summary").click()
    expect(link).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    expect(page.locator(".side a").first).to_be_visible()
    expect(page.locator(".menu > summary")).to_be_hidden()

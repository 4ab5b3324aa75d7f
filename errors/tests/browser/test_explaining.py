"""What a customer does, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

BOUNCE = """\
The following addresses had permanent fatal errors
<taro@example.jp>

550 5.1.1 <taro@example.jp>... User unknown
"""


def paste(page, site, text=BOUNCE, language="ja"):
    page.goto(f"{site}/{language}/")
    page.locator("textarea").first.fill(text)
    page.locator(
        "form:has(textarea) button[type=submit], form:has(textarea) button:not([type])"
    ).first.click()


def test_a_pasted_bounce_comes_back_highlighted(page, site):
    paste(page, site)
    assert page.url.endswith("/ja/find/")
    expect(page.locator("mark", has_text="User unknown").first).to_be_visible()
    expect(page.locator("h1")).not_to_be_empty()


def test_the_language_switch_keeps_the_result(page, site):
    paste(page, site)
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("mark", has_text="User unknown").first).to_be_visible()
    assert "taro" not in page.url


def test_the_language_switch_keeps_the_page(page, site):
    page.goto(f"{site}/ja/errors/")
    page.get_by_role("link", name="English").first.click()
    expect(page).to_have_url(f"{site}/en/errors/")


def test_the_root_follows_the_browser(page, site):
    page.goto(f"{site}/")
    expect(page).to_have_url(f"{site}/ja/")


def test_a_keyboard_is_enough(page, site):
    page.goto(f"{site}/ja/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", re.compile("^#"))
    for _ in range(30):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("550 5.1.1 <a@example.jp>... User unknown")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button:not([type=button])')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("mark", has_text="User unknown").first).to_be_visible()


ADDRESSES = (
    "/ja/",
    "/en/errors/",
    "/ja/errors/all/",
    "/ja/errors/in/mail-servers/",
    "/en/errors/by/code/",
    "/ja/errors/by/provider/gmail/",
    "/ja/errors/by/actor/recipient-admin/",
    "/ja/errors/by/title/",
    "/ja/errors/by/date/",
    "/en/search/",
    "/ja/search/?q=user+unknown",
    "/ja/search/?q=xyzzyx",
)


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_scrolls_sideways(page, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    for address in ADDRESSES:
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paste(page, site, BOUNCE + "x" * 500)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_works_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    paste(page, site, language="en")
    expect(page.locator("mark", has_text="User unknown").first).to_be_visible()
    context.close()


def test_hostile_text_is_shown_not_run(page, site):
    page.on("dialog", lambda dialog: pytest.fail("a script of the paste ran"))
    paste(
        page,
        site,
        "<script>alert(1)</script> 550 User unknown <img src=x onerror=alert(1)>",
    )
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("main img, main script").count() == 0


def test_nothing_of_the_paste_is_stored(page, site):
    paste(page, site)
    stored = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "taro" not in stored

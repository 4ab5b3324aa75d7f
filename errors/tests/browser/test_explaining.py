"""What a customer does, in a real browser: with and without scripts, narrow and wide."""

import re

import pytest
from playwright.sync_api import expect

BOUNCE = """\
The following addresses had permanent fatal errors
<taro@example.jp>

550 5.1.1 <taro@example.jp>... User unknown
"""
WIDTHS = (320, 768, 1280)


def paste(page, served, text=BOUNCE, language="ja"):
    page.goto(f"{served}/{language}/")
    page.locator("#paste textarea").fill(text)
    page.locator("#paste button.primary").click()


def cause(page):
    return page.locator("mark", has_text="User unknown").first


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_pasted_bounce_comes_back_highlighted(browser, served, width, scripts):
    context = browser.new_context(
        java_script_enabled=scripts,
        locale="ja-JP",
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    paste(page, served)
    assert page.url.endswith("/ja/find/")
    expect(cause(page)).to_be_visible()
    expect(page.locator("h1")).not_to_be_empty()
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(cause(page)).to_be_visible()
    assert "taro" not in page.url
    context.close()


def test_the_language_switch_keeps_the_page(page, served):
    page.goto(f"{served}/ja/errors/")
    page.get_by_role("link", name="English").first.click()
    expect(page).to_have_url(f"{served}/en/errors/")


def test_the_root_follows_the_browser(page, served):
    page.goto(f"{served}/")
    expect(page).to_have_url(f"{served}/ja/")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_keyboard_is_enough(page, served, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{served}/ja/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", re.compile("^#"))
    tab_to(page, "textarea")
    page.keyboard.type("550 5.1.1 <a@example.jp>... User unknown")
    tab_to(page, "button.primary")
    page.keyboard.press("Enter")
    expect(cause(page)).to_be_visible()
    tab_to(page, f"summary:has-text('{FOLDED}')")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] summary", has_text=FOLDED)).to_be_visible()


FOLDED = "なぜ起こるのか"


def tab_to(page, selector):
    wanted = page.locator(selector).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"The keyboard does not reach {selector}.")


def test_example_is_explained(page, served):
    page.goto(f"{served}/ja/")
    page.locator(".examples button").first.click()
    expect(page.locator("mark").first).to_be_visible()


@pytest.mark.parametrize("place", ["h1", ".browse"])
def test_mail_dropped_anywhere_is_explained(page, served, place):
    page.goto(f"{served}/ja/")
    drop(page, place, "mail.eml", BOUNCE)
    expect(cause(page)).to_be_visible()


def test_mail_dropped_on_a_result_is_explained(page, served):
    paste(page, served, "<taro@example.jp>: 550 5.2.2 mailbox full")
    drop(page, "h1", "mail.eml", BOUNCE)
    expect(cause(page)).to_be_visible()


def test_page_says_where_to_drop(page, served):
    page.goto(f"{served}/ja/")
    files = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['x'], 'a.eml')); return d }"
    )
    page.dispatch_event("h1", "dragenter", {"dataTransfer": files})
    expect(page.locator("form.dropping")).to_have_attribute(
        "data-drop", "ここにメールをドロップしてください"
    )
    page.dispatch_event("h1", "dragleave", {"dataTransfer": files})
    expect(page.locator("form.dropping")).to_have_count(0)


def drop(page, place, name, text):
    files = page.evaluate_handle(
        """([name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name, {type: "message/rfc822"}));
            return data;
        }""",
        [name, text],
    )
    page.dispatch_event(place, "drop", {"dataTransfer": files})


def test_hostile_text_is_shown_not_run(page, served):
    page.on("dialog", lambda dialog: pytest.fail("a script of the paste ran"))
    paste(
        page,
        served,
        "<script>alert(1)</script> 550 User unknown <img src=x onerror=alert(1)>",
    )
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
    assert page.locator("main img, main script").count() == 0


def test_nothing_of_the_paste_is_stored(page, served):
    paste(page, served)
    stored = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "taro" not in stored

"""Staff add an error and a customer gets it explained."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

PASSWORD = "long-enough-for-tests"  # noqa: S105 - of a database that lives for one test


@pytest.fixture
def staff(page, site):
    get_user_model().objects.create_superuser("staff", None, PASSWORD)
    page.goto(f"{site}/admin/")
    page.fill("#id_username", "staff")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    expect(page.locator("#user-tools")).to_be_visible()
    return page


def test_an_error_added_in_the_admin_explains_a_paste(staff, site):
    staff.goto(f"{site}/admin/errors/entry/add/")
    staff.select_option("#id_section", index=1)
    staff.fill("#id_title_ja", "冷蔵庫がいっぱいです")
    staff.get_by_role("tab").nth(1).click()
    expect(staff.locator("#id_title_ja")).to_be_hidden()
    staff.fill("#id_title_en", "The fridge is full")
    staff.select_option("#id_state", "published")
    staff.fill("#id_patterns-0-text", "fridge has no space left")
    staff.locator("input[name=_save]").first.click()
    expect(staff.locator(".messagelist .success")).to_be_visible()

    staff.wait_for_timeout(1500)
    staff.goto(f"{site}/en/")
    staff.locator("textarea").first.fill(
        "<a@example.jp>: 552 the fridge has no space left"
    )
    staff.locator("form:has(textarea) button").first.click()
    expect(
        staff.locator("mark", has_text="fridge has no space left").first
    ).to_be_visible()
    expect(staff.locator("main")).to_contain_text("The fridge is full")


def test_language_tabs_move_by_arrow_keys(staff, site):
    staff.goto(f"{site}/admin/errors/entry/add/")
    tabs = staff.get_by_role("tab")
    tabs.first.focus()
    staff.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    expect(staff.locator("#id_title_en")).to_be_visible()

"""A customer tells us something, and staff make an entry of it; with and without scripts."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from errors.models import Feedback, HandIn, Tally, Unexplained

PASSWORD = "long-enough-for-tests"  # noqa: S105 - of a database that lives for one test
MOON = "554 5.7.9 <taro.secret@example.jp>: Deliveries rest while the moon is full"
THANKS = "Thank you. Our staff will look at it."


@pytest.fixture
def plain(browser, browser_context_args, site):
    """Return a page whose browser runs no scripts."""
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


def paste(page, site, text=MOON):
    page.goto(f"{site}/en/")
    page.locator("form#paste textarea").fill(text)
    page.locator("form#paste button").click()


def open_hand_in(page):
    page.get_by_text("See what would be sent, and hand it in").click()
    return page.locator(".hand-in form")


@pytest.mark.parametrize("kind", ["page", "plain"])
def test_customer_hands_in_what_they_saw_and_cut(request, site, kind):
    page = request.getfixturevalue(kind)
    paste(page, site)
    form = open_hand_in(page)
    box = form.get_by_label("This is what we would receive")
    expect(box).to_have_value(MOON.replace("taro.secret", "user1"))
    box.fill("554 5.7.9 Deliveries rest while the moon is full")
    form.get_by_label("I agree").check()
    form.get_by_role("button", name="Hand it in").click()
    if kind == "page":
        expect(form.get_by_role("status")).to_have_text(THANKS)
        expect(box).to_be_hidden()
        assert page.url.endswith("/en/find/")
    else:
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expected = "554 5.7.9 Deliveries rest while the moon is full"
    assert [hand_in.text for hand_in in HandIn.objects.all()] == [expected]


@pytest.mark.parametrize("kind", ["page", "plain"])
def test_without_consent_nothing_is_sent_and_nothing_lost(request, site, kind):
    page = request.getfixturevalue(kind)
    paste(page, site)
    form = open_hand_in(page)
    form.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("alert")).to_contain_text("please tick the box")
    box = page.get_by_label("This is what we would receive")
    expect(box).to_have_value(MOON.replace("taro.secret", "user1"))
    assert not Unexplained.objects.exists()


def test_hand_in_works_by_keyboard_alone(page, site):
    paste(page, site)
    page.get_by_text("See what would be sent, and hand it in").focus()
    for key in ("Enter", "Tab", "Tab", "Space", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text(THANKS)).to_be_visible()
    assert HandIn.objects.count() == 1


def test_vote_is_given_in_place_and_may_be_changed(page, site):
    page.goto(f"{site}/en/errors/550-user-unknown/")
    form = page.locator("form.feedback")
    form.get_by_role("button", name="Yes").click()
    expect(form.get_by_role("status")).to_contain_text("Thank you.")
    form.get_by_role("button", name="No").click()
    expect(form.get_by_role("button", name="No")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(form.get_by_role("button", name="Yes")).to_have_attribute(
        "aria-pressed", "false"
    )
    form.get_by_label("What was missing or unclear?").fill("Where is the address book?")
    with page.expect_response("**/feedback/"):
        form.get_by_role("button", name="Send the word").click()
    expect(form.get_by_role("status")).to_contain_text("Thank you.")
    vote = Feedback.objects.get()
    assert (vote.entry.slug, vote.helpful, vote.comment, vote.language) == (
        "550-user-unknown",
        False,
        "Where is the address book?",
        "en",
    )


def test_vote_works_without_scripts(plain, site):
    plain.goto(f"{site}/en/errors/550-user-unknown/")
    form = plain.locator("form.feedback")
    form.get_by_text("Add a word").click()
    form.get_by_label("What was missing or unclear?").fill("All clear.")
    form.get_by_role("button", name="Yes").click()
    expect(plain.get_by_role("heading", name="Thank you")).to_be_visible()
    plain.get_by_role("link", name="Back to").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("550 User unknown")
    assert [(v.helpful, v.comment) for v in Feedback.objects.all()] == [
        (True, "All clear.")
    ]


def give_password(page, site):
    page.goto(f"{site}/admin/")
    page.fill("#id_username", "staff")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


def test_what_was_handed_in_becomes_an_entry_that_explains_it(page, site):
    get_user_model().objects.create_superuser("staff", None, PASSWORD)
    paste(page, site)
    form = open_hand_in(page)
    form.get_by_label("I agree").check()
    form.get_by_role("button", name="Hand it in").click()
    expect(form.get_by_role("status")).to_have_text(THANKS)

    give_password(page, site)
    page.goto(f"{site}/admin/errors/unexplained/")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list tbody button[value=draft]").click()
    expect(page.locator("#id_patterns-0-text")).to_have_value(
        "Deliveries rest while the moon is full"
    )
    page.fill("#id_summary_ja", "満月のあいだは配達を休んでいます。")
    page.select_option("#id_state", "published")
    page.locator("input[name=_save]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    page.wait_for_timeout(1500)
    page.goto(f"{site}/ja/")
    page.locator("form#paste textarea").fill(MOON)
    page.locator("form#paste button").click()
    expect(page.locator("mark", has_text="moon is full").first).to_be_visible()
    expect(page.locator("h1")).to_have_text("満月のあいだは配達を休んでいます。")
    expect(page.locator(".hand-in")).to_have_count(0)


def code_of(phone):
    totp = TOTP(phone.bin_key)
    totp.time = time.time()
    return f"{totp.token():06d}"


def test_staff_set_up_their_phone_at_the_first_login(page, site, settings):
    settings.STAFF_TWO_FACTOR = True
    get_user_model().objects.create_superuser("staff", None, PASSWORD)
    give_password(page, site)
    expect(page.locator(".qr img")).to_be_visible()
    assert page.locator(".qr img").evaluate("image => image.naturalWidth > 100")
    page.fill("#id_code", code_of(TOTPDevice.objects.get()))
    page.press("#id_code", "Enter")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    page.locator("a.button").click()
    expect(page.locator("#user-tools")).to_be_visible()

    page.locator("#logout-form button").click()
    give_password(page, site)
    page.fill("#id_code", codes[0])
    page.press("#id_code", "Enter")
    expect(page.locator(".messagelist .warning")).to_contain_text("9")
    expect(page.locator("#user-tools")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_stand_out_from_the_page_in_both_schemes(page, site, scheme):
    get_user_model().objects.create_superuser("staff", None, PASSWORD)
    day = timezone.localdate()
    for certainty in ("wording", "class", "none"):
        Tally.objects.create(
            day=day,
            kind="explained",
            source="page",
            language="ja",
            certainty=certainty,
            count=5,
        )
    page.emulate_media(color_scheme=scheme)
    give_password(page, site)
    page.goto(f"{site}/admin/errors/tally/")
    chart = page.locator("figure svg[role=img]")
    expect(chart).to_be_visible()
    colours = chart.locator("rect").evaluate_all(
        "bars => bars.map((bar) => getComputedStyle(bar).fill + getComputedStyle(bar).stroke)"
    )
    assert len(set(colours)) == 3
    page.locator("figure summary").first.click()
    table = page.locator("#sureness-table tbody tr").last
    assert table.locator("td").all_inner_texts() == ["5", "5", "5"]

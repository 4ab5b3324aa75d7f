"""The desk in a real browser: two editors, a stolen example, a bounce that becomes an entry."""

import pytest
from django.contrib.auth.models import Group, Permission
from playwright.sync_api import expect

from errors.models import Entry
from errors.tests.rows import make_entry

BOUNCE = """\
From: MAILER-DAEMON@example.com
Subject: Returned mail

<kijitora@example.jp>: host mx.example.jp[203.0.113.9] said:
557 5.7.99 <kijitora@example.jp> the raccoon guards this mailbox (in reply to RCPT TO)
"""


def page_of(live_server, entry):
    return f"{live_server.url}/admin/errors/entry/{entry.pk}/change/"


def save(page):
    page.locator("input[name=_save]").first.click()


def test_two_editors_save_the_same_entry_and_nothing_is_lost(log_in, live_server):
    entry = make_entry("one", "user unknown", examples=["550 user unknown"])
    hanako, taro = log_in("hanako"), log_in("taro")
    for page in (hanako, taro):
        page.goto(page_of(live_server, entry))
    hanako.fill("#id_title_ja", "花子がつけた題")
    hanako.fill("#id_body_ja", "花子の本文")
    save(hanako)
    expect(hanako.locator(".messagelist .success")).to_be_visible()

    taro.fill("#id_title_ja", "太郎がつけた題")
    taro.fill("#id_summary_ja", "太郎の要約")
    save(taro)
    conflict = taro.locator(".trouble")
    expect(conflict).to_contain_text("hanako")
    expect(conflict.locator("ins", has_text="太郎").first).to_be_visible()
    expect(conflict.locator("del", has_text="花子").first).to_be_visible()
    expect(taro.locator("#id_title_ja")).to_have_value("太郎がつけた題")
    expect(taro.locator("[name='choose-title.ja'][value=mine]")).to_be_checked()
    expect(taro.locator("[name='choose-body.ja'][value=theirs]")).to_be_checked()

    taro.locator("[name='choose-title.ja'][value=theirs]").check()
    save(taro)
    expect(taro.locator(".messagelist .success")).to_be_visible()
    entry.refresh_from_db()
    assert (entry.title_ja, entry.body_ja, entry.summary_ja) == (
        "花子がつけた題",
        "花子の本文",
        "太郎の要約",
    )


def test_a_save_that_would_steal_an_example_is_stopped_and_explained(
    log_in, live_server
):
    make_entry("full", "mailbox full", examples=["552 the mailbox full of letters"])
    thief = make_entry("thief", "letters of credit")
    page = log_in("hanako")
    page.goto(page_of(live_server, thief))
    page.fill("#id_patterns-0-text", "mailbox full of letters")
    expect(page.locator(".tried .bad").first).to_contain_text("fullの題")
    save(page)

    stopped = page.locator(".trouble")
    expect(stopped.locator(".side").first).to_contain_text("fullの題")
    expect(stopped.locator(".side.after")).to_contain_text("thiefの題")
    expect(stopped.locator(".side.after ins")).to_have_text("mailbox full of letters")
    expect(page.locator("#id_patterns-0-text")).to_have_value("mailbox full of letters")
    assert thief.patterns.get().text == "letters of credit"

    page.fill("#id_patterns-0-text", "letters of credit card")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(page_of(live_server, thief))
    page.fill("#id_patterns-0-text", "mailbox full of letters")
    save(page)
    page.locator("[name=_confirm]").check()
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert thief.patterns.get().text == "mailbox full of letters"


def test_who_may_not_confirm_reads_both_sides_and_whom_to_ask(log_in, live_server):
    make_entry("full", "mailbox full", examples=["552 the mailbox full of letters"])
    thief = make_entry("thief", "letters of credit")
    page = log_in("hanako")
    confirming = Permission.objects.get(codename="confirm_loss")
    Group.objects.get(name="publisher").permissions.remove(confirming)
    page.goto(page_of(live_server, thief))
    page.fill("#id_patterns-0-text", "mailbox full of letters")
    save(page)

    stopped = page.locator(".trouble")
    expect(stopped.locator(".side").first).to_contain_text("fullの題")
    expect(stopped.locator(".side.after")).to_contain_text("thiefの題")
    expect(stopped).to_contain_text("確認の権限をもつ人")
    expect(page.locator("[name=_confirm]")).to_have_count(0)
    assert thief.patterns.get().text == "letters of credit"


def test_a_bounce_becomes_an_entry_and_goes_back(log_in, live_server, site):
    page = log_in("hanako")
    bench = f"{live_server.url}/admin/errors/entry/bench/"
    page.goto(bench)
    page.fill("#id_text", BOUNCE)
    page.locator(".bench-form input[type=submit]").click()
    customer = page.frame_locator("iframe.customer")
    expect(customer.locator("h1")).to_be_visible()
    page.locator("form[action$='/write/'] input[type=submit]").click()

    expect(page.locator("#id_reply_code")).to_have_value("557")
    expect(page.locator("#id_patterns-0-text")).to_have_value(
        "the raccoon guards this mailbox"
    )
    page.locator("#id_patterns-0-text").scroll_into_view_if_needed()
    expect(page.locator(".tried mark").first).to_have_text(
        "the raccoon guards this mailbox"
    )
    assert "kijitora" not in page.content()
    page.select_option("#id_section", index=1)
    page.fill("#id_title_ja", "アライグマが守っています")
    page.fill("#id_summary_ja", "アライグマが**郵便受け**を守っています。")
    page.fill("#id_body_ja", "**夜**は起きています。\n\n<script>alert(1)</script>")
    preview = page.locator(".field-body_ja .preview")
    expect(preview.locator("strong")).to_have_text("夜")
    assert preview.locator("script").count() == 0
    page.locator("input[name=_continue]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    draft = Entry.objects.get(title_ja="アライグマが守っています")
    page.goto(f"{live_server.url}/ja/errors/{draft.slug}/")
    expect(page.locator(".note.draft")).to_be_visible()
    page.goto(f"{bench}?draft={draft.pk}")
    page.fill("#id_text", BOUNCE)
    page.locator(".bench-form input[type=submit]").click()
    expect(page.locator(".contenders .winner")).to_contain_text("アライグマ")
    expect(customer.locator("mark", has_text="raccoon").first).to_be_visible()

    page.goto(page_of(live_server, draft))
    page.select_option("#id_state", "published")
    save(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.wait_for_timeout(1500)
    page.goto(f"{live_server.url}/ja/")
    page.locator("textarea").first.fill(BOUNCE)
    page.locator("form:has(textarea) button").first.click()
    expect(page.locator("mark", has_text="raccoon").first).to_be_visible()
    expect(page.locator(".support.staff pre")).to_contain_text("アライグマ")

    page.goto(f"{live_server.url}/admin/errors/entry/{draft.pk}/history/")
    page.locator("button[name=version]").last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("width", [375, 1280])
def test_no_page_of_the_desk_scrolls_sideways(log_in, live_server, width):
    entry = make_entry("one", "user unknown", examples=["550 user unknown"])
    page = log_in("hanako", viewport={"width": width, "height": 900})
    base = f"{live_server.url}/admin/errors/entry"
    for address in (
        f"{base}/bench/",
        f"{base}/exchange/",
        f"{base}/{entry.pk}/history/",
        f"{base}/deleted/",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            address
        )
    page.goto(f"{base}/bench/")
    page.fill("#id_text", BOUNCE + "x" * 400)
    with page.expect_navigation():
        page.locator(".bench-form input[type=submit]").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_patterns_are_checked_without_javascript(log_in, live_server):
    entry = make_entry("one", "user unknown")
    page = log_in("hanako", java_script_enabled=False)
    page.goto(page_of(live_server, entry))
    page.fill("#id_patterns-0-text", "over {quta}")
    save(page)
    expect(page.locator(".errorlist").first).to_contain_text("{quta}")
    expect(page.locator("#id_patterns-0-text")).to_have_value("over {quta}")

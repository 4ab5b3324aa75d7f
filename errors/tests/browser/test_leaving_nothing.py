"""After customers were here, neither the database's files nor the logs hold an address."""

import secrets

import pytest
from playwright.sync_api import expect

from audit import serving

WORDS = "the owl reads letters at night only"


class Addresses:
    """Makes addresses that stand nowhere else, and remembers them."""

    def __init__(self):
        self.names = []

    def make(self, domain="example.jp"):
        self.names.append(f"taro{secrets.token_hex(6)}")
        return f"{self.names[-1]}@{domain}"


@pytest.fixture
def addresses():
    return Addresses()


def bounce(addresses, words=WORDS):
    return f"""\
From: MAILER-DAEMON@mx.example.jp
To: {addresses.make()}
Subject: Undelivered Mail Returned to Sender

<{addresses.make("example.com")}>: host mx.example.com[203.0.113.9] said: 557 5.7.93
    <{addresses.make("example.com")}> {words} (in reply to RCPT TO command)

From: "{addresses.make()}" <{addresses.make()}>
Message-ID: <{addresses.make("mail.example.jp")}>
"""


def paste(page, site, text):
    page.goto(f"{site}/en/")
    page.locator("form#paste textarea").fill(text)
    page.locator("form#paste button.primary").click()
    expect(page.locator("h1")).to_be_visible()


def upload(page, site, text):
    page.goto(f"{site}/en/")
    file = {"name": "mail.eml", "mimeType": "message/rfc822", "buffer": text.encode()}
    page.locator("form#paste input[type=file]").set_input_files(file)
    page.locator("form#paste button.primary").click()
    expect(page.locator("main")).to_contain_text(WORDS)


def hand_in(page):
    page.locator(".hand-in summary").click()
    form = page.locator(".hand-in form")
    form.locator("[name=consent]").check()
    form.locator("button.primary").click()
    expect(form.get_by_role("status")).to_be_visible()


def vote(page, site, comment):
    page.goto(f"{site}/en/errors/550-user-unknown/")
    form = page.locator("form.feedback")
    form.get_by_role("button", name="No").click()
    form.get_by_label("What was missing or unclear?").fill(comment)
    with page.expect_response("**/feedback/"):
        form.get_by_role("button", name="Send the word").click()


def search(page, site, words):
    page.goto(f"{site}/en/search/")
    box = page.locator("main [name=q]").first
    box.press_sequentially(words, delay=20)  # suggestions are asked for meanwhile
    page.wait_for_timeout(600)
    box.press("Enter")
    expect(page.locator("h1")).to_be_visible()


def ask_api(page, site, text):
    answer = page.request.post(f"{site}/api/v1/explain", data={"text": text})
    assert answer.status == 200, answer.text()
    broken = page.request.post(f"{site}/api/v1/explain", data={"txet": text})
    assert broken.status >= 400
    typed = text.splitlines()[1].removeprefix("To: ")
    page.request.post(f"{site}/en/search/", form={"q": typed})


def find_in(folder, needles):
    """Return which of these stand in which file, as anybody's grep would find them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(
        {(p.name, n) for p in files for n in needles if n.encode() in p.read_bytes()}
    )


def test_no_address_is_left_in_the_database_or_the_logs(page, tmp_path, addresses):
    with serving.site_in(tmp_path) as site:
        upload(page, site, bounce(addresses))
        paste(page, site, bounce(addresses))
        hand_in(page)
        paste(page, site, bounce(addresses, "user unknown"))
        vote(page, site, f"Write to {addresses.make()}, please.")
        search(page, site, addresses.make())
        ask_api(page, site, bounce(addresses))
    database, log = tmp_path / "audit.sqlite3", tmp_path / "server.log"
    assert find_in(tmp_path, [WORDS]) == [(database.name, WORDS)]
    assert "POST /en/hand-in/" in log.read_text("utf-8")
    assert find_in(tmp_path, addresses.names) == []

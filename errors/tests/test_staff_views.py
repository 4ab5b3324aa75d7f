"""What staff see on the customer's pages: drafts at their address, a reply to send."""

import pytest
from django.urls import reverse
from django.utils import translation

from errors import catalog
from errors.bounce.explaining import explain
from errors.presentation import reply_to
from errors.publishing import build
from errors.tests.admin.pages import make_client
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

BOUNCE = """\
<taro@example.jp>: host mx.example.jp[203.0.113.9] said:
552 5.2.2 <taro@example.jp> mailbox full, limit of 10485760 bytes (in reply to RCPT TO)
"""


def url_of(entry, language="en"):
    with translation.override(language):
        return entry.get_absolute_url()


def test_a_draft_is_shown_to_staff_at_its_future_address(client):
    draft = make_entry("draft", state="draft", internal_note="Only for us")
    assert client.get(url_of(draft)).status_code == 404
    page = make_client("editor").get(url_of(draft))
    content = page.content.decode()
    assert page.status_code == 200
    assert "Draft: only staff see this page" in content
    assert '<meta name="robots" content="noindex, nofollow">' in content
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert {"no-store", "private"} <= set(page.headers["Cache-Control"].split(", "))
    assert "Only for us" not in content


def test_a_published_entry_is_no_draft_to_anybody():
    page = make_client("editor").get(url_of(make_entry("published")))
    assert "Draft:" not in page.content.decode()
    assert "X-Robots-Tag" not in page.headers


@pytest.mark.parametrize("group", ["", "customers"])
def test_others_find_no_draft(group):
    draft = make_entry("draft", state="draft")
    client = make_client(group, name="nobody")
    assert client.get(url_of(draft)).status_code == 404
    assert make_client("editor").get(url_of(draft) + "x/").status_code == 404


def test_a_draft_costs_customers_no_more_queries(client, django_assert_num_queries):
    make_entry("draft", state="draft")
    catalog.current()
    with django_assert_num_queries(0):
        client.get(reverse("entry", args=["draft"]))


def explain_as(client, text=BOUNCE, language="en"):
    with translation.override(language):
        return client.post(reverse("explain"), {"text": text}).content.decode()


def test_staff_get_a_reply_on_the_result_and_customers_do_not(client):
    make_entry("full", "mailbox full", reply_en="Dear customer, {code} means full.")
    assert "Dear customer, 552 means full." in explain_as(make_client("editor"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Dear customer" not in explain_as(client)
    assert "For staff" not in explain_as(make_client("publisher"), "nothing of it")


def reply(language="en", text=BOUNCE):
    published = build()
    return reply_to(explain(text, published.catalog), published, language)


def test_a_reply_is_filled_with_the_facts_of_the_bounce():
    make_entry(
        "full",
        "limit of {size}",
        reply_en="{recipient} {code} {status} {server} {size} {date|no date} {words}",
    )
    assert reply() == (
        "taro@example.jp 552 5.2.2 mx.example.jp 10 MB no date 552 5.2.2"
        " <taro@example.jp> mailbox full, limit of 10485760 bytes"
        " (in reply to RCPT TO)"
    )


def test_without_a_reply_of_its_own_the_entry_speaks():
    make_entry(
        "full",
        "mailbox full",
        summary_en="Their **mailbox** is full.",
        advice_en="1. Ask [them](https://example.jp/ask).\n2. Wait with `patience`.",
    )
    assert reply().split("\n\n") == [
        "Thank you for your inquiry. This is what the mail that came back means.",
        "Their mailbox is full.",
        "1. Ask them (https://example.jp/ask).\n2. Wait with patience.",
        "The other server's own words:\n552 5.2.2 <taro@example.jp> mailbox full,"
        " limit of 10485760 bytes (in reply to RCPT TO)",
    ]


def test_the_reply_is_in_the_language_of_the_customer():
    make_entry("full", "mailbox full", summary_ja="いっぱいです。", reply_en="English")
    assert reply("en") == "English"
    assert "いっぱいです。" in reply("ja")
    assert "English" not in reply("ja")


def test_what_nobody_explains_has_no_reply():
    assert reply() == ""


def test_who_took_one_step_of_two_is_not_staff_yet(settings):
    draft = make_entry("draft", state="draft")
    make_entry("full", "mailbox full", reply_en="Dear customer")
    client = make_client("editor")
    assert "Dear customer" in explain_as(client)
    settings.STAFF_TWO_FACTOR = True
    assert client.get(url_of(draft)).status_code == 404
    assert "Dear customer" not in explain_as(client)

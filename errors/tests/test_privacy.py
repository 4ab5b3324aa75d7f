"""After a day of customers, no table and no log line holds what they must not hold."""

import logging

import pytest
from django.apps import apps
from django.core.management import call_command

from errors import catalog, tallying
from errors.models import Feedback, HandIn, LostSearch, Tally, Unexplained
from errors.tallying import count_search
from errors.templatetags import mail
from errors.tests import kept
from errors.tests.rows import make_entry

# Bait: each of them would be found if it were let through.
SECRETS = (
    "taro.secret",
    "山田花子",
    "hanako.secret",
    "203.0.113.77",
    "2001:db8:cafe::77",
    "our-secret-subject",
    "secret-message-id",
    "8f3e2a1d9c7b6054",
    "meet me at noon",
    "jiro.secret",
)
NOTICE = """\
From: MAILER-DAEMON@mx.example.jp (Mail Delivery System)
To: taro.secret@example.jp
Subject: Undelivered Mail Returned to Sender
Message-ID: <secret-message-id@mx.example.jp>
Date: Mon,  2 Mar 2026 10:00:00 +0900 (JST)

This is the mail system at host mx.example.jp.

<hanako.secret@example.com>: host mx.example.com[203.0.113.77] said: 550 5.7.9
    <hanako.secret@example.com>: The moon is full, see
    https://example.com/why?id=8f3e2a1d9c7b6054 [2001:db8:cafe::77] (in reply to RCPT TO)

------ This is a copy of your message, including all the headers. ------

From: taro.secret@example.jp
To: "山田花子" <hanako.secret@example.com>
Subject: our-secret-subject

meet me at noon
"""


def everything_stored():
    """Return every value of every row of every table as one text."""
    rows = (
        str(row)
        for model in apps.get_models(include_auto_created=True)
        for row in model._default_manager.values()
    )
    return "\n".join(rows)


def a_day_of_customers(client):
    make_entry("sun", "the sun is full")
    client.post("/ja/explain/", {"text": NOTICE})
    client.post("/ja/hand-in/", {"text": NOTICE})  # without consent
    client.post("/ja/hand-in/", {"text": NOTICE, "consent": "on"})
    client.post("/en/hand-in/", {"text": NOTICE, "consent": "on", "website": "x"})
    for comment in ("Who is jiro.secret@example.jp?", "from 203.0.113.77", "x" * 900):
        data = {"entry": "sun", "place": "entry", "helpful": "no", "comment": comment}
        client.post("/ja/feedback/", data)
        client.cookies.clear()
    client.post(
        "/ja/feedback/",
        {"helpful": "no", "comment": "jiro.secret@example.jp"},
        headers={"origin": "https://evil.example"},
    )
    for query in ("jiro.secret@example.jp", "203.0.113.77", "moon full"):
        count_search(query, 0, "ja")
    tallying.flush()
    catalog.forget()
    call_command("purge", verbosity=0)


@pytest.mark.django_db
def test_no_table_and_no_log_holds_what_customers_pasted(client, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    a_day_of_customers(client)
    assert HandIn.objects.count() == 1
    assert Feedback.objects.count() == 2
    assert [lost.query for lost in LostSearch.objects.all()] == ["moon full"]
    assert Tally.objects.count() >= 2
    assert "the moon is full" in Unexplained.objects.get().wording
    out, err = capfd.readouterr()
    found = {
        "tables": everything_stored(),
        "log": caplog.text,
        "output": out + err,
        "cache": kept.everything(),
    }
    leaks = [(where, s) for where, text in found.items() for s in SECRETS if s in text]
    assert leaks == []


@pytest.mark.django_db
def test_bait_would_be_found():
    """The search above sees what is stored: here the bait itself is."""
    kind = Unexplained.objects.create(signature="x", wording="meet me at noon")
    HandIn.objects.create(unexplained=kind, text=NOTICE, language="ja")
    stored = everything_stored()
    assert [secret for secret in SECRETS if secret not in stored] == ["jiro.secret"]


@pytest.mark.django_db
def test_nothing_is_kept_of_who_told_us(client):
    client.defaults |= {
        "REMOTE_ADDR": "198.51.100.23",
        "HTTP_USER_AGENT": "secret-browser/1.0",
    }
    a_day_of_customers(client)
    stored = everything_stored()
    assert "198.51.100.23" not in stored
    assert "secret-browser" not in stored


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["code/", "case/failure/", "errors/", "nowhere/"])
def test_address_that_somebody_typed_is_not_remembered(client, place):
    before = mail._page_links.cache_info()
    response = client.get(f"/ja/{place}taro.secret@example.jp/")
    assert response.status_code == 404
    assert mail._page_links.cache_info() == before

"""Figures: counted at once, written later, kept while the database is away, never a text."""

import contextlib
import datetime
import os
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from errors import catalog, tallying
from errors.bounce.explaining import explain
from errors.mailin.answering import handle
from errors.models import LostSearch, Pattern, Provider, Tally
from errors.tallying import (
    Key,
    count_explained,
    count_look,
    count_search,
    flush,
    harmless_words,
)
from errors.tests.rows import make_entry

MOON = "550 5.7.9 <taro.secret@docomo.ne.jp>: The moon is full"


def count(text, times=1, source="page"):
    published = catalog.current()
    for _ in range(times):
        explanation = explain(text, published.catalog)
        count_explained(explanation, published.catalog, "ja", source)


def rows(*names):
    return sorted(Tally.objects.values_list(*names, "count"))


# --- What is counted -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_notice_is_counted_by_all_that_is_no_person():
    Provider.objects.create(slug="docomo", name="docomo", domains="docomo.ne.jp")
    make_entry("moon", "moon is full", reason="filtered")
    count(MOON, times=3)
    count(MOON, source="api")
    flush()
    names = ("day", "kind", "source", "language", "entry", "reason", "provider")
    today = timezone.localdate()
    assert rows(*names, "certainty") == [
        (today, "explained", "api", "ja", "moon", "filtered", "docomo", "wording", 1),
        (today, "explained", "page", "ja", "moon", "filtered", "docomo", "wording", 3),
    ]


LETTER = "From: a@example.jp\nTo: b@example.jp\nSubject: lunch\n\nAt noon?"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "text", "certainty"),
    [
        ({"text": "moon is full"}, MOON, "wording"),
        ({"text": "", "status_code": "5.7.9"}, MOON, "status-code"),
        ({"text": "", "reply_code": "550"}, MOON, "reply-code"),
        ({"text": "sun is full"}, MOON, "none"),
        ({"text": "sun is full"}, LETTER, "no-error"),
    ],
    ids=["wording", "status", "reply", "none", "letter"],
)
def test_a_notice_is_counted_by_how_sure_the_answer_was(rule, text, certainty):
    Pattern.objects.create(entry=make_entry("e"), **rule)
    count(text)
    flush()
    assert rows("certainty") == [(certainty, 1)]


@pytest.mark.django_db
def test_notices_of_programs_and_mails_are_counted_by_where_they_came_from(
    client, settings
):
    settings.MAIL_ADDRESS, settings.SITE_URL = (
        "explain@example.jp",
        "https://example.jp",
    )
    make_entry("moon", "moon is full")
    question = {"text": MOON}
    client.post("/api/v1/explain", question, content_type="application/json")
    forwarded = (
        f"From: a@example.jp\nMessage-ID: <1@example.jp>\nSubject: Fwd\n\n> {MOON}"
    )
    assert handle(forwarded.encode(), "a@example.jp") == "answered"
    flush()
    assert rows("source", "entry") == [("api", "moon", 1), ("mail", "moon", 1)]


@pytest.mark.django_db
def test_generic_words_are_counted_apart():
    make_entry("generic", "moon is full", priority=-10)
    count(MOON)
    flush()
    assert rows("entry", "certainty") == [("generic", "generic", 1)]


@pytest.mark.django_db
def test_pages_count_what_they_answer(client):
    make_entry("moon", "moon is full")
    client.get("/en/errors/moon/")
    client.get("/en/errors/nowhere/")
    client.post("/ja/explain/", {"text": MOON})
    client.post("/ja/explain/", {"text": ""})
    flush()
    assert rows("kind", "language", "entry") == [
        ("explained", "ja", "moon", 1),
        ("look", "en", "moon", 1),
    ]


@pytest.mark.django_db
def test_searches_are_counted_and_lost_words_are_kept():
    for query, results in (("moon", 3), (" MOON　full", 0), ("moon full", 0)):
        count_search(query, results, "en")
    flush()
    assert rows("kind") == [("found", 1), ("lost", 2)]
    lost = LostSearch.objects.get()
    assert (lost.query, lost.language, lost.count) == ("moon full", "en", 2)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (" ５５０　Moon  FULL", "550 moon full"),
        ("5.7.26 とは", "5.7.26 とは"),
        ("0x800ccc0f 10060", "0x800ccc0f 10060"),
        ("迷惑メール\x00解除\n", "迷惑メール 解除"),
        ("taro.secret@example.jp 550", ""),
        ("ｔａｒｏ＠example.jp", ""),
        ("mx.example.jp が拒否", ""),
        ("203.0.113.9 blocked", ""),
        ("2001:db8::1 blocked", ""),
        ("https://x/y", ""),
        ("電話 090-1234-5678", ""),
        ("03 1234 5678", ""),
        ("会員番号 12345678", ""),
        ("件名：山田様の見積書", ""),
        ("宛先: 山田花子 <", ""),
        ("x" * 61, ""),
        ("", ""),
    ],
)
def test_only_harmless_words_are_kept(query, words):
    assert harmless_words(query) == words


# --- What it costs, and when it is written -------------------------------------------------


@pytest.mark.django_db
def test_counting_takes_no_query(django_assert_num_queries):
    make_entry("moon", "moon is full")
    explanation = explain(MOON, catalog.current().catalog)
    with django_assert_num_queries(0):
        count_explained(explanation, catalog.current().catalog, "ja")
        count_look("moon", "ja")
        count_search("moon", 0, "ja")
    assert not Tally.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_later_answer_writes_what_is_due(client, settings, seconds):
    settings.TALLY_SECONDS = seconds
    tallying.forget()
    count_look("moon", "ja")
    client.get("/en/thanks/")
    assert Tally.objects.exists() == (seconds == 0)


@pytest.mark.django_db
def test_counts_of_several_writes_add_up():
    for _ in range(3):
        count_look("moon", "ja")
        count_search("sun", 0, "ja")
        flush()
    assert rows("kind") == [("look", 3), ("lost", 3)]
    assert LostSearch.objects.get().count == 3


@pytest.mark.django_db
def test_writing_nothing_takes_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        flush()


def _broken(*_args, **_options):
    raise DatabaseError("550 <taro.secret@example.jp>")


@pytest.mark.django_db
def test_counts_wait_while_the_database_is_away(monkeypatch, caplog):
    count_look("moon", "ja")
    count_search("sun", 0, "ja")
    with monkeypatch.context() as broken:
        broken.setattr(transaction, "atomic", _broken)
        flush()
    assert "Figures could not be written: DatabaseError" in caplog.text
    assert "taro.secret" not in caplog.text
    count_look("moon", "ja")
    flush()
    assert rows("kind") == [("look", 2), ("lost", 1)]
    assert LostSearch.objects.get().count == 1


@pytest.mark.django_db
def test_a_write_that_fails_half_way_counts_nothing_twice(monkeypatch):
    count_look("moon", "ja")
    count_search("sun", 0, "ja")
    with monkeypatch.context() as broken:
        broken.setattr(tallying, "_add_searches", _broken)
        flush()
    flush()
    assert rows("kind") == [("look", 1), ("lost", 1)]


def test_after_a_failure_the_next_write_waits(monkeypatch):
    count_look("moon", "ja")
    monkeypatch.setattr(transaction, "atomic", _broken)
    flush()
    attempts = []
    monkeypatch.setattr(tallying, "flush", lambda: attempts.append(1))
    tallying._on_request_finished()
    assert attempts == []


def test_without_a_database_nothing_is_raised(caplog):
    """Unmarked: any query fails, as it does when the database is away."""
    count_look("moon", "ja")
    flush()
    assert "Figures could not be written" in caplog.text


def test_what_cannot_be_counted_does_not_fail_the_answer(caplog):
    count_explained(None, None, "ja")
    assert "A figure was not counted: AttributeError" in caplog.text


@pytest.mark.django_db
def test_memory_is_bounded_by_giving_up_details(monkeypatch):
    monkeypatch.setattr(tallying, "PENDING_MAX", 2)
    for slug in ("a", "b", "c", "d"):
        count_look(slug, "ja")
    count_look("a", "ja")
    flush()
    assert rows("entry") == [("", 2), ("a", 2), ("b", 1)]


@pytest.mark.django_db
def test_the_rarest_searches_are_forgotten(monkeypatch):
    monkeypatch.setattr(tallying, "SEARCHES_MAX", 2)
    for words in ("sun", "moon"):
        count_search(words, 0, "ja")
    flush()
    for words in ("moon", "star"):
        count_search(words, 0, "ja")
    flush()
    kept = LostSearch.objects.values_list("query", "count")
    assert sorted(kept) == [("moon", 2), ("star", 1)]


@pytest.mark.django_db
def test_the_command_counts_as_one(tmp_path):
    make_entry("moon", "moon is full")
    path = tmp_path / "bounce.txt"
    path.write_text(MOON)
    call_command("explain", str(path))
    flush()
    assert rows("kind", "source", "entry") == [("explained", "command", "moon", 1)]


ENDING = """
import django
django.setup()
from django.db import connection
from errors.models import Tally
from errors.tallying import count_look
with connection.schema_editor() as editor:
    editor.create_model(Tally)
count_look("moon", "ja")
"""


def test_a_process_that_ends_writes_what_it_counted(tmp_path):
    database = tmp_path / "figures.sqlite3"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "faqsite.settings",
    }
    subprocess.run(
        [sys.executable, "-c", ENDING],
        cwd=site_settings.BASE_DIR,
        env=environment,
        check=True,
        timeout=60,
    )
    with contextlib.closing(sqlite3.connect(database)) as written:
        found = written.execute("SELECT kind, entry, count FROM errors_tally")
        assert found.fetchall() == [("look", "moon", 1)]


def test_a_key_names_every_dimension_of_a_tally():
    assert Key._fields == Tally.DIMENSIONS
    assert {f.name for f in Tally._meta.fields} == {"id", "count", *Key._fields}
    assert Key(datetime.date(2026, 3, 1), "look", "page", "ja").entry == ""

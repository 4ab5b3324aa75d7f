"""Votes: one per visitor and entry, changeable, and nobody known."""

import pytest
from django.test import Client

from errors.listening.voting import COOKIE, VOTES_MAX
from errors.models import Feedback
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make_entry("moon", "moon is full")


def vote(client, helpful="yes", language="en", headers=None, **values):
    data = {"entry": "moon", "place": "entry", "helpful": helpful, **values}
    return client.post(f"/{language}/feedback/", data, headers=headers or {})


def votes():
    return list(Feedback.objects.order_by("pk").values_list("helpful", "comment"))


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(("said", "helpful"), [("yes", True), ("no", False)])
def test_vote_is_kept_with_the_language_of_the_page(client, said, helpful):
    response = vote(client, said, "ja")
    assert response["Location"] == "/ja/thanks/moon/"
    feedback = Feedback.objects.get()
    assert (feedback.entry.slug, feedback.helpful) == ("moon", helpful)
    assert (feedback.language, feedback.place, feedback.comment) == ("ja", "entry", "")


@pytest.mark.usefixtures("entry")
def test_second_vote_of_a_visitor_changes_the_first(client):
    vote(client, "yes", comment="clear")
    vote(client, "no")
    vote(client, "no", comment="or rather not")
    assert votes() == [(False, "or rather not")]


@pytest.mark.usefixtures("entry")
def test_changed_mind_keeps_the_word(client):
    vote(client, "no", comment="what is a code?")
    vote(client, "yes")
    assert votes() == [(True, "what is a code?")]


def test_another_entry_and_another_visitor_have_votes_of_their_own(client, entry):
    make_entry("sun")
    vote(client)
    vote(client, entry="sun")
    vote(Client())
    assert Feedback.objects.count() == 3


def test_vote_on_a_result_without_an_entry(client):
    assert vote(client, "no", entry="", place="result")["Location"] == "/en/thanks/"
    vote(client, "yes", entry="", place="result")
    assert [f.entry for f in Feedback.objects.all()] == [None]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("cookie", ["rubbish", "e30:1abc:xyz", ""])
def test_forged_cookie_counts_as_none(client, cookie):
    vote(client)
    other = Client()
    other.cookies[COOKIE] = cookie
    vote(other, "no")
    assert [helpful for helpful, _ in votes()] == [True, False]


def test_cookie_of_another_entry_changes_nothing_there(client, entry):
    """A vote that was purged and whose number went to another entry is not taken for it."""
    make_entry("sun")
    vote(client)
    Feedback.objects.update(entry=None)
    vote(client, "no")
    assert votes() == [(True, ""), (False, "")]


def test_cookie_is_the_visitors_alone_and_bounded(client, settings):
    settings.FEEDBACK_RATE_LIMIT = 100
    for n in range(VOTES_MAX + 3):
        make_entry(f"e{n}")
        response = vote(client, entry=f"e{n}")
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        "Lax",
        "/",
    )
    assert len(cookie.value) < 1500
    vote(client, entry="e0")
    assert Feedback.objects.filter(entry__slug="e0").count() == 2


@pytest.mark.usefixtures("entry")
def test_cookie_is_secure_over_https(client):
    data = {"entry": "moon", "place": "entry", "helpful": "yes"}
    response = client.post("/en/feedback/", data, secure=True)
    assert response.cookies[COOKIE]["secure"] is True


@pytest.mark.usefixtures("entry")
def test_comment_is_anonymised(client):
    vote(client, "no", comment="I am taro.secret@example.jp, call 192.0.2.77")
    assert votes() == [(False, "I am user1@example.jp, call 192.0.2.1")]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    "values",
    [
        {"helpful": "maybe"},
        {"helpful": ""},
        {"entry": "nowhere"},
        {"entry": "draft"},
        {"place": "elsewhere"},
        {"comment": "x" * 501},
    ],
    ids=["answer", "no answer", "entry", "draft", "place", "long"],
)
def test_refused_vote_is_not_kept_and_its_word_not_lost(client, values):
    make_entry("draft", state="draft")
    response = vote(client, **{"comment": "<my> word", **values})
    assert response.status_code == 400
    kept = values.get("comment", "&lt;my&gt; word")
    assert f">{kept}</textarea>" in response.content.decode()
    assert not Feedback.objects.exists()


@pytest.mark.usefixtures("entry")
def test_program_that_fills_in_everything_is_thanked_and_forgotten(client):
    assert vote(client, website="x").status_code == 302
    assert not Feedback.objects.exists()


@pytest.mark.usefixtures("entry")
def test_too_many_votes_have_to_wait(client, settings):
    settings.FEEDBACK_RATE_LIMIT, settings.FEEDBACK_RATE_SECONDS = 1, 3600
    vote(client)
    response = vote(client, "no", comment="still here")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "still here" in response.content.decode()
    assert votes() == [(True, "")]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"origin": "http://testserver"}, 302),
        ({"origin": "https://trusted.example"}, 302),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"referer": "http://testserver/en/errors/moon/"}, 302),
        ({"referer": "https://evil.example/x"}, 403),
        ({"sec-fetch-site": "same-origin"}, 302),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_vote_comes_from_a_page_of_ours(client, settings, headers, status):
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.example"]
    assert vote(client, headers=headers).status_code == status
    assert Feedback.objects.exists() == (status == 302)


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("address", "place"),
    [("/en/errors/moon/", "entry"), ("/en/explain/", "result")],
)
def test_entry_and_result_ask_whether_they_helped(client, address, place):
    ask = client.post if place == "result" else client.get
    page = ask(address, {"text": "550 the moon is full"}).content.decode()
    assert "Did this help?" in page
    assert '<input type="hidden" name="entry" value="moon">' in page
    assert f'<input type="hidden" name="place" value="{place}">' in page


@pytest.mark.usefixtures("entry")
def test_entry_page_is_the_same_for_everybody(client):
    """No token and no cookie: caches may keep it."""
    response = client.get("/en/errors/moon/")
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert response.content == Client().get("/en/errors/moon/").content


def test_thanks_lead_back_to_the_entry(client, entry):
    page = client.get("/en/thanks/moon/").content.decode()
    assert 'href="/en/errors/moon/"' in page
    make_entry("draft", state="draft")
    assert client.get("/en/thanks/draft/").status_code == 404


def test_page_itself_leads_home(client):
    assert client.get("/en/feedback/")["Location"] == "/en/"

"""Notices that nobody could explain: offered, handed in with consent, grouped, rechecked."""

import datetime

import pytest
from django.utils import timezone

from errors import catalog
from errors.bounce.explaining import explain
from errors.listening import handing_in, offer, receive, recheck
from errors.models import HandIn, Pattern, Unexplained
from errors.tests.rows import make_entry

MOON = "550 5.7.9 <taro.secret@example.jp>: The moon is full, ask mx.example.net"
pytestmark = pytest.mark.django_db


def offered(text):
    return offer(explain(text, catalog.current().catalog))


def moon(number):
    return MOON.replace("taro", f"taro{number}").replace("mx.", f"mx{number}.")


# --- What is offered -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "is_offered"),
    [
        ({"text": "moon is full"}, False),
        ({"text": "", "reply_code": "550"}, True),
        ({"text": "", "status_code": "5"}, True),
        ({"text": "sun is full"}, True),
    ],
    ids=["wording", "code", "class", "nothing"],
)
def test_what_no_wording_explains_is_offered_anonymised(rule, is_offered):
    Pattern.objects.create(entry=make_entry("e"), **rule)
    said = MOON.replace("taro.secret", "user1") if is_offered else ""
    assert offered(MOON) == said


def test_a_generic_wording_is_no_explanation():
    make_entry("generic", "moon is full", priority=-10)
    assert offered(MOON)


@pytest.mark.parametrize(
    "text",
    [
        "From: a@example.jp\nTo: b@example.jp\nSubject: lunch\n\nShall we meet at noon?",
        "",
    ],
    ids=["letter", "nothing"],
)
def test_what_is_no_notice_is_not_offered(text):
    assert offered(text) == ""


def test_the_returned_message_is_not_offered():
    text = (
        "<taro@example.jp>: host mx.example.jp said: 550 The moon is full\n\n"
        "------ This is a copy of your message, including all the headers. ------\n\n"
        "From: hanako@example.jp\nSubject: our secret\n\nMeet me at noon."
    )
    assert "secret" not in offered(text)
    assert "noon" not in offered(text)


def test_a_long_notice_is_cut_in_whole_lines(settings):
    settings.HANDIN_MAX_CHARS = 200
    text = "550 5.7.9 <taro@example.jp>: The moon is full\n" * 40
    cut = offered(text)
    assert 0 < len(cut) <= 200
    assert set(cut.splitlines()) == {"550 5.7.9 <user1@example.jp>: The moon is full"}


def test_one_line_beyond_all_limits_is_not_offered(settings):
    settings.HANDIN_MAX_CHARS = 50
    assert offered("550 The moon is full " * 40) == ""


# --- What is received ----------------------------------------------------------------------


def test_notices_of_a_kind_are_counted_together():
    kinds = {receive(moon(n), "ja").pk for n in range(3)}
    kind = Unexplained.objects.get(pk=kinds.pop())
    assert not kinds
    assert (kind.count, kind.wording, kind.state) == (3, "the moon is full ask", "new")
    assert (kind.reply_code, kind.status_code) == ("550", "5.7.9")


def test_what_arrives_is_anonymised_again():
    receive(MOON, "en")
    hand_in = HandIn.objects.get()
    assert hand_in.text == MOON.replace("taro.secret", "user1")
    assert hand_in.language == "en"


def test_few_texts_are_kept_the_newest():
    for n in range(8):
        receive(moon(n), "ja")
    texts = [hand_in.text for hand_in in HandIn.objects.all()]
    assert [
        f"mx{n}." in text for n, text in zip((7, 6, 5, 4, 3), texts, strict=True)
    ] == [True] * 5


def test_the_same_text_is_kept_once_and_counted():
    for _ in range(2):
        receive(MOON, "ja")
    assert Unexplained.objects.get().count == 2
    assert HandIn.objects.count() == 1


def test_what_was_ignored_is_counted_without_its_text():
    kind = receive(moon(1), "ja")
    Unexplained.objects.update(state=Unexplained.State.IGNORED)
    receive(moon(2), "ja")
    kind.refresh_from_db()
    assert (kind.count, kind.hand_ins.count(), kind.state) == (2, 1, "ignored")


@pytest.mark.parametrize(
    "text",
    [
        "550 the mailbox is over quota",
        "From: a@example.jp\nTo: b@example.jp\nSubject: lunch\n\nAt noon?",
        "…",
    ],
    ids=["explained", "letter", "wordless"],
)
def test_what_teaches_nothing_is_not_kept(text):
    make_entry("full", "over quota")
    assert receive(text, "ja") is None
    assert not Unexplained.objects.exists()


def test_the_rarest_kinds_are_forgotten(monkeypatch):
    monkeypatch.setattr(handing_in, "KINDS_MAX", 2)
    for word in ("sun", "moon", "moon", "star", "star"):
        receive(f"550 <taro@example.jp>: The {word} is full", "ja")
    words = Unexplained.objects.order_by("wording").values_list("wording", flat=True)
    assert list(words) == ["the moon is full", "the star is full"]


def test_old_notices_are_forgotten_when_a_new_one_comes(settings):
    receive("550 <taro@example.jp>: The sun is full", "ja")
    long_ago = timezone.now() - datetime.timedelta(days=91)
    HandIn.objects.update(received=long_ago)
    Unexplained.objects.update(last_seen=long_ago)
    receive(MOON, "ja")
    assert [kind.wording for kind in Unexplained.objects.all()] == [
        "the moon is full ask"
    ]
    assert HandIn.objects.count() == 1


# --- What a later catalog explains ---------------------------------------------------------


def test_a_later_catalog_marks_the_kind():
    receive(MOON, "ja")
    entry = make_entry("moon", "moon is full")
    catalog.forget()
    assert recheck() == 1
    kind = Unexplained.objects.get()
    assert (kind.state, kind.entry) == ("explained", entry)


def test_a_kind_is_asked_once_per_catalog(django_assert_num_queries):
    receive(MOON, "ja")
    make_entry("sun", "sun is full")
    catalog.forget()
    recheck()
    with django_assert_num_queries(1):
        assert recheck() == 0


def test_a_kind_comes_back_when_its_explanation_goes():
    receive(MOON, "ja")
    entry = make_entry("moon", "moon is full")
    catalog.forget()
    recheck()
    entry.delete()
    catalog.forget()
    recheck()
    assert Unexplained.objects.get().state == "new"


def test_a_kind_explained_in_part_stays_open():
    receive(moon(1), "ja")
    receive("550 5.7.9 <jiro@example.jp>: THE MOON IS FULL! (ask mx.example.net)", "ja")
    assert Unexplained.objects.get().count == 2
    make_entry("moon", "moon is full, ask")
    catalog.forget()
    assert recheck() == 0


def test_what_was_ignored_is_not_asked():
    receive(MOON, "ja")
    Unexplained.objects.update(state=Unexplained.State.IGNORED)
    make_entry("moon", "moon is full")
    catalog.forget()
    assert recheck() == 0


# --- The pages -----------------------------------------------------------------------------


def post(client, **values):
    data = {"text": MOON, "consent": "on", "website": "", **values}
    return client.post("/en/hand-in/", {k: v for k, v in data.items() if v is not None})


def test_result_offers_to_hand_in(client):
    page = client.post("/en/explain/", {"text": MOON}).content.decode()
    assert "Help us explain this one" in page
    assert "550 5.7.9 &lt;user1@example.jp&gt;: The moon is full" in page
    assert 'name="consent" id="id_consent"' in page
    assert not HandIn.objects.exists()


def test_result_that_explains_offers_nothing(client):
    make_entry("moon", "moon is full")
    page = client.post("/en/explain/", {"text": MOON}).content.decode()
    assert "Help us explain this one" not in page


def test_notice_with_consent_is_kept(client):
    response = post(client)
    assert (response.status_code, response["Location"]) == (302, "/en/thanks/")
    assert "Thank you" in client.get("/en/thanks/").content.decode()
    assert HandIn.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"consent": None}, "We may only take the text if you agree"),
        ({"text": " "}, "Please leave the words of the notice in."),
        ({"text": None}, "Please leave the words of the notice in."),
        ({"text": "x" * 20_001}, "This text is too long."),
    ],
    ids=["no consent", "blank", "no text", "too long"],
)
def test_refused_notice_is_not_kept_and_not_lost(client, values, said):
    response = post(client, **values)
    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    assert (values.get("text", MOON) or "").replace("<", "&lt;").replace(
        ">", "&gt;"
    ) in page
    assert not Unexplained.objects.exists()


def test_text_as_long_as_offered_comes_through_with_its_line_breaks(client, settings):
    settings.HANDIN_MAX_CHARS = len(MOON) + 3
    assert post(client, text=MOON + "\r\n\r\n\r\n").status_code == 302


def test_program_that_fills_in_everything_is_thanked_and_forgotten(client):
    assert post(client, website="https://spam.example").status_code == 302
    assert not Unexplained.objects.exists()


def test_too_many_notices_have_to_wait_and_are_not_lost(client, settings):
    settings.HANDIN_RATE_LIMIT, settings.HANDIN_RATE_SECONDS = 1, 3600
    post(client)
    response = post(client, text="550 another & more")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "550 another &amp; more" in response.content.decode()
    assert Unexplained.objects.get().count == 1


def test_notice_sent_by_the_page_of_another_site_is_refused_and_not_lost(client):
    data = {"text": "550 typed & kept", "consent": "on"}
    headers = {"origin": "https://evil.example"}
    response = client.post("/en/hand-in/", data, headers=headers)
    assert response.status_code == 403
    assert "550 typed &amp; kept" in response.content.decode()
    assert not Unexplained.objects.exists()


def test_page_itself_leads_home(client):
    assert client.get("/en/hand-in/")["Location"] == "/en/"


def test_neither_result_nor_answer_is_cached(client):
    assert "no-store" in post(client)["Cache-Control"]

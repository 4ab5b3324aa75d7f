"""The API: the same answers as the pages, as data, with what its documentation promises."""

import base64
import io
import json
import logging
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from errors import catalog
from errors.apikeys import hash_key, make_key
from errors.bounce import explaining
from errors.contract import as_contract
from errors.tests.rows import make_entry, make_section

BOUNCE = "550 5.1.1 <taro.secret@example.jp>... User unknown"


@pytest.fixture
def _entries(db):
    make_entry("user-unknown", "user unknown", reply_code="550", status_code="5.1.1")
    section = make_section("s2", position=30, title_ja="別の節", title_en="Another")
    make_entry("full", "mailbox full", section=section, reply_code="552")
    make_entry("draft", "a draft", state="draft")


pytestmark = pytest.mark.usefixtures("_entries")


def call(client, address, **options):
    return client.get(f"/api/v1/{address}", **options)


def ask(client, question, address="explain", **options):
    body = question if isinstance(question, str | bytes) else json.dumps(question)
    return client.post(
        f"/api/v1/{address}", body, content_type="application/json", **options
    )


# --- Explain ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [{"text": BOUNCE}, {"base64": base64.b64encode(BOUNCE.encode()).decode()}],
    ids=["text", "base64"],
)
def test_explanation_is_the_json_contract(client, question):
    response = ask(client, question, "explain?language=en")
    published = catalog.current()
    paste = BOUNCE if "text" in question else BOUNCE.encode()
    expected = as_contract(
        explaining.explain(paste, published.catalog), published, "en"
    )
    assert response.status_code == 200
    assert response.json() == expected
    assert expected["entries"][0]["slug"] == "user-unknown"


@pytest.mark.parametrize("name", ["mail.eml", "bounce"])
def test_upload_is_explained(client, name):
    file = SimpleUploadedFile(name, BOUNCE.encode())
    response = client.post("/api/v1/explain", {"file": file})
    assert response.json()["entries"][0]["slug"] == "user-unknown"


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("explain?language=en", "ja", "en"),
        ("explain", "en-GB,en;q=0.9", "en"),
        ("explain", "fr", "ja"),
    ],
)
def test_language_is_asked_for(client, address, accepted, language):
    response = ask(
        client, {"text": BOUNCE}, address, headers={"accept-language": accepted}
    )
    assert response.json()["language"] == response["Content-Language"] == language
    assert response.json()["entries"][0]["url"].startswith(f"/{language}/")
    assert "Accept-Language" in response["Vary"]


PROBLEMS = [
    ("{", 400, []),
    (b"\xff", 400, []),
    ("[]", 422, ["#"]),
    ("{}", 422, ["#"]),
    ({"text": " \n"}, 422, ["#/text"]),
    ({"text": 5}, 422, ["#/text"]),
    ({"base64": "a"}, 422, ["#/base64"]),
    ({"text": "x", "base64": "YQ=="}, 422, ["#"]),
    ({"text": "x", "more": 1}, 422, ["#/more"]),
    ({"text": "x" * 1_100_000}, 413, ["#/text"]),
    ({"text": "x" * 5_000_000}, 413, []),
]


@pytest.mark.parametrize(("question", "status", "pointers"), PROBLEMS)
def test_question_that_cannot_be_answered_gets_a_problem(
    client, question, status, pointers
):
    response = ask(client, question, headers={"accept-language": "ja"})
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert problem["type"].startswith("/ja/api/#problem-")
    assert not problem["title"].isascii()
    assert [error["pointer"] for error in problem.get("errors", [])] == pointers
    assert all(not error["detail"].isascii() for error in problem.get("errors", []))


def test_upload_that_is_no_mail_is_answered_so(client):
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    file = SimpleUploadedFile("mail.eml", picture)
    response = client.post("/api/v1/explain", {"file": file})
    assert response.json()["kind"] == "not-a-bounce"


@pytest.mark.parametrize("file", [{}, {"file": SimpleUploadedFile("mail.eml", b"")}])
def test_form_without_a_file_gets_a_problem(client, file):
    response = client.post("/api/v1/explain", {"text": BOUNCE, **file})
    assert response.status_code == 422
    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert pointers == ["#/text", "#/file"]


@pytest.mark.parametrize("limit", ["UPLOAD_MAX_BYTES", "FILE_UPLOAD_MAX_MEMORY_SIZE"])
def test_upload_over_the_limit_gets_a_problem(client, settings, limit):
    setattr(settings, limit, 100)
    file = SimpleUploadedFile("mail.eml", b"x" * 200)
    response = client.post("/api/v1/explain", {"file": file})
    assert response.status_code == response.json()["status"] == 413


def test_other_content_is_refused(client):
    response = client.post("/api/v1/explain", "text=x", content_type="text/plain")
    assert response.status_code == 415
    assert response["Accept"] == "application/json, multipart/form-data"


def test_explanation_is_kept_nowhere(client, caplog, settings):
    caplog.set_level(logging.DEBUG)
    response = ask(client, {"text": BOUNCE})
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    assert "taro.secret" not in caplog.text


def test_crash_is_told_and_reported_without_the_paste(
    client, monkeypatch, settings, mailoutbox, caplog
):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(explaining, "read", broken)
    settings.ADMINS = [("staff", "staff@example.jp")]
    response = ask(client, {"text": BOUNCE})
    assert response.status_code == response.json()["status"] == 500
    assert "broken" in caplog.text
    reports = [report.body + str(report.alternatives) for report in mailoutbox]
    assert "taro.secret" not in caplog.text + "".join(reports)


# --- The catalog -----------------------------------------------------------------------


def test_entries_are_the_published_ones_in_their_order(client):
    answer = call(client, "entries?language=en").json()
    assert [entry["slug"] for entry in answer["items"]] == ["user-unknown", "full"]
    assert answer["items"][0] | {"updated": ""} == {
        "slug": "user-unknown",
        "title": "Title of user-unknown",
        "summary": "A summary.",
        "section": "by-number",
        "reply_code": "550",
        "status_code": "5.1.1",
        "reason": "userunknown",
        "outcome": "permanent",
        "stage": "receiving-server",
        "actor": "sender",
        "providers": [],
        "updated": "",
        "url": "/en/errors/user-unknown/",
    }


@pytest.mark.parametrize(
    ("limits", "slugs"),
    [
        ("section=s2", ["full"]),
        ("reply_code=550", ["user-unknown"]),
        ("status_code=5.1.1", ["user-unknown"]),
        ("section=s2&reply_code=550", []),
        ("section=nowhere", []),
    ],
)
def test_entries_can_be_limited(client, limits, slugs):
    answer = call(client, f"entries?{limits}").json()
    assert [entry["slug"] for entry in answer["items"]] == slugs
    assert answer["count"] == len(slugs)


def test_pages_lead_to_each_other(client):
    first = call(client, "entries?page_size=1&language=en").json()
    assert (first["count"], len(first["items"]), first["previous"]) == (2, 1, None)
    second = client.get(first["next"]).json()
    assert [entry["slug"] for entry in second["items"]] == ["full"]
    assert second["next"] is None
    assert client.get(second["previous"]).json() == first
    assert call(client, "entries?page=9").json()["items"] == []


def test_entry_has_all_its_texts(client):
    entry = call(client, "entries/user-unknown").json()
    assert (entry["body"], entry["advice"]) == ("本文です。", "1. 確かめます。")
    assert entry["wordings"] == []


@pytest.mark.parametrize("slug", ["draft", "nowhere", "%00", "a%2Fb"])
def test_entry_that_is_not_published_is_missing(client, slug):
    response = call(client, f"entries/{slug}")
    assert response.status_code == response.json()["status"] == 404


def test_sections_name_their_entries(client):
    answer = call(client, "sections?language=en").json()
    assert [(s["title"], s["entries"]) for s in answer["items"]] == [
        ("By number", ["user-unknown"]),
        ("Another", ["full"]),
    ]


def test_codes_have_meanings_and_entries(client):
    answer = call(client, "codes").json()
    replies = {code["code"]: code for code in answer["reply_codes"]}
    statuses = {code["code"]: code for code in answer["status_codes"]}
    assert replies["550"]["entries"] == ["user-unknown"]
    assert replies["521"] == {
        "code": "521",
        "rfc": "RFC 7504",
        "meaning": {
            "ja": "このホストはメールを受け取りません",
            "en": "This host takes no mail",
        },
        "entries": [],
    }
    assert statuses["X.1.1"]["entries"] == ["user-unknown"]


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("題", ["user-unknown", "full"]),
        ("FULLの", ["full"]),
        ("550-5.1.1", ["user-unknown"]),
    ],
)
def test_search_finds_words_and_codes(client, words, slugs):
    answer = call(client, f"search?q={words}").json()
    assert [entry["slug"] for entry in answer["items"]] == slugs


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("entries?page=0", "page"),
        ("entries?page=x", "page"),
        ("entries?page_size=201", "page_size"),
        ("entries?language=xx", "language"),
        ("entries?language=", "language"),
        ("search", "q"),
        ("search?q=", "q"),
        ("codes?language=de", "language"),
    ],
)
def test_wrong_parameter_is_named(client, address, parameter):
    response = call(client, address, headers={"accept-language": "ja"})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert error["parameter"] == parameter
    assert not error["detail"].isascii()


# --- What holds for every call ---------------------------------------------------------

ADDRESSES = [
    "entries",
    "entries/full",
    "sections",
    "search?q=x",
    "codes",
    "openapi.json",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_answer_that_is_still_right_is_not_sent_again(client, address):
    first = call(client, address)
    again = call(client, address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert int(again["RateLimit-Remaining"]) == int(first["RateLimit-Remaining"]) - 1
    assert first["Cache-Control"] == "private, no-cache"


def test_answer_that_changed_is_sent(client):
    first = call(client, "entries/full")
    make_entry("third")
    other = call(
        client, "entries/full?language=en", headers={"if-none-match": first["ETag"]}
    )
    assert other.status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_catalog_is_read_without_a_query(client, address, django_assert_num_queries):
    catalog.current()
    with django_assert_num_queries(0):
        assert call(client, address).status_code == 200


def test_api_survives_the_database(client, monkeypatch):
    catalog.current()
    monkeypatch.setattr(catalog, "CHECK_SECONDS", 0.0)
    with connection.execute_wrapper(_no_database):
        assert call(client, "entries/full").status_code == 200
        assert ask(client, {"text": BOUNCE}).json()["entries"] != []


def _no_database(*_):
    raise OperationalError("the database is away")


READ = ("entries", "entries/full", "sections", "codes", "search?q=mailbox")


@pytest.mark.parametrize("address", ["explain", *READ])
def test_api_that_never_had_a_catalog_says_so(client, address, caplog):
    catalog.forget()
    with connection.execute_wrapper(_no_database):
        response = (
            ask(client, {"text": BOUNCE})
            if address == "explain"
            else call(client, address)
        )
    problem = response.json()
    assert response.status_code == problem["status"] == 503
    assert problem["type"] == "/ja/api/#problem-unavailable"
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert int(response["Retry-After"]) > 0
    assert "taro" not in caplog.text


@pytest.mark.parametrize("address", READ)
def test_api_answers_without_database(client, address):
    before = call(client, address)
    with connection.execute_wrapper(_no_database):
        response = call(client, address)
    assert (response.status_code, response.content) == (200, before.content)


@pytest.mark.parametrize("address", ["entries", "explain"])
def test_head_and_wrong_methods_are_answered(client, address):
    wrong = client.delete(f"/api/v1/{address}")
    allowed = "GET, HEAD" if address == "entries" else "POST"
    assert (wrong.status_code, wrong["Allow"]) == (405, allowed)
    assert wrong["Content-Type"] == "application/problem+json"
    assert client.head("/api/v1/entries").status_code == 200


@pytest.mark.parametrize("address", ["nowhere", "entries/", "explain/x"])
def test_address_that_is_none_gets_a_problem(client, address):
    response = call(client, address)
    assert response.status_code == response.json()["status"] == 404


def test_too_many_calls_have_to_wait(client, settings):
    settings.API_RATE_LIMIT, settings.API_RATE_SECONDS = 2, 3600
    answers = [call(client, "codes") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in answers} == {"2"}
    assert answers[2]["Retry-After"] == answers[2]["RateLimit-Reset"]
    assert "Retry-After" not in answers[1].headers
    assert call(client, "codes", REMOTE_ADDR="192.0.2.9").status_code == 200


# --- Keys ------------------------------------------------------------------------------


@pytest.fixture
def key(settings):
    key, hashed = make_key()
    settings.API_KEYS = {"portal": hashed}
    return key


def bearer(key):
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("header", "status"),
    [("", 200), ("Bearer wrong", 401), ("Basic YTpi", 401), ("Bearer", 401)],
)
@pytest.mark.usefixtures("key")
def test_wrong_key_is_refused_even_where_none_is_needed(client, header, status):
    headers = {"authorization": header} if header else {}
    response = call(client, "codes", headers=headers)
    assert response.status_code == status
    assert status == 200 or response["WWW-Authenticate"] == "Bearer"


def test_key_is_needed_where_the_operator_says_so(client, settings, key):
    settings.API_KEY_REQUIRED = True
    assert call(client, "codes").status_code == 401
    assert ask(client, {"text": BOUNCE}).status_code == 401
    assert call(client, "codes", headers=bearer(key)).status_code == 200
    assert call(client, "openapi.json").status_code == 200


def test_key_has_a_limit_of_its_own(client, settings, key):
    settings.API_RATE_LIMIT, settings.API_KEY_RATE_LIMIT = 0, 1
    settings.API_RATE_SECONDS = settings.API_KEY_RATE_SECONDS = 3600
    assert call(client, "codes").status_code == 429
    answers = [call(client, "codes", headers=bearer(key)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]


def test_keys_are_known_as_hashes_alone(key, settings):
    assert key not in str(settings.API_KEYS)
    assert {"portal": hash_key(key)} == settings.API_KEYS
    assert len({make_key()[0] for _ in range(10)}) == 10


def test_command_makes_a_key_that_works(client, settings, key):
    out = io.StringIO()
    call_command("makeapikey", "tickets", stdout=out, stderr=io.StringIO())
    made, line = out.getvalue().split()
    name, _, keys = line.partition("=")
    settings.API_KEYS = dict(pair.split("=") for pair in keys.split(","))
    settings.API_KEY_REQUIRED = True
    assert (name, set(settings.API_KEYS)) == ("API_KEYS", {"portal", "tickets"})
    for one in (key, made):
        assert call(client, "codes", headers=bearer(one)).status_code == 200


def test_command_refuses_a_name_that_would_break_the_setting():
    with pytest.raises(CommandError, match="letters"):
        call_command("makeapikey", "a=b,c")


# --- Other sites -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        ({}, None),
        (
            {"CORS_ALLOWED_ORIGINS": ["https://portal.example.jp"]},
            "https://portal.example.jp",
        ),
        ({"CORS_ALLOWED_ORIGINS": ["https://other.example.jp"]}, None),
        ({"CORS_ALLOW_ALL_ORIGINS": True}, "*"),
    ],
    ids=["none", "named", "another", "all"],
)
def test_other_sites_may_call_when_the_operator_says_so(
    client, settings, origins, allowed
):
    for name, value in origins.items():
        setattr(settings, name, value)
    headers = {"origin": "https://portal.example.jp"}
    response = call(client, "codes", headers=headers)
    assert response.headers.get("Access-Control-Allow-Origin") == allowed
    assert "Access-Control-Allow-Credentials" not in response.headers
    page = client.get("/ja/errors/", headers=headers)
    assert "Access-Control-Allow-Origin" not in page.headers


# --- Documentation ---------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_documentation_names_every_operation_and_shape(client, language):
    html = client.get(f"/{language}/api/").content.decode()
    schema = call(client, "openapi.json").json()
    for path in schema["paths"]:
        assert f"<code>{path}</code>" in html
    for shape in schema["components"]["schemas"]:
        assert f'id="shape-{shape}"' in html


def test_types_of_problems_lead_to_their_description(client):
    problem = call(client, "nowhere").json()
    page, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in client.get(page).content.decode()


def test_every_description_is_translated(client):
    """English in code is what the Japanese page would show where a translation lacks."""
    html = client.get("/ja/api/").content.decode()
    english = client.get("/en/api/").content.decode()
    said = set(
        re.findall(
            r"<(?:p|h3|dd)(?:\s[^>]*)?>(?:<span>[^<]*</span> <span>)?([^<]{25,})<",
            english,
        )
    )
    assert len(said) > 30
    assert {text for text in said if f">{text}<" in html} == set()

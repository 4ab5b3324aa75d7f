"""Every input of every address meets every payload, and nothing happens.

The addresses come from the URL configuration and the inputs from what the views look for,
so that a new view is covered, or fails here until it can be reached.
"""

import re
import secrets
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from errors.models import Entry, Provider
from errors.tests.hostile.payloads import EVIL, HEADERS, MIXED, PAYLOADS, find_harm
from errors.tests.hostile.routes import (
    MISSING,
    filled,
    find_routes,
    make_rows,
    uploads,
    watching_inputs,
)
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

ROUTES = find_routes()
PUBLIC = [route for route in ROUTES if not route.name.startswith("admin:")]
ADMIN = [route for route in ROUTES if route.name.startswith("admin:")]
PASSWORD = secrets.token_urlsafe()
# Anybody may know these names, whether a view was seen to look for them or not.
# Of the admin, one page for all: whoever is not signed in meets the same door everywhere.
OPEN = [
    *PUBLIC,
    *(route for route in ADMIN if route.name in ("admin:login", "admin:index")),
]
COMMON = {
    "next",
    "page",
    "q",
    "code",
    "language",
    "lang",
    "_popup",
    "_to_field",
    "o",
    "p",
}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.EMBED_ORIGINS = ["https://www.example.jp"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.API_RATE_LIMIT = settings.PASTE_RATE_LIMIT = 10**9
    codes = {"reply_code": "550", "status_code": "5.1.1"}
    entry = make_entry("user-unknown", "user unknown", **codes)
    entry.providers.add(Provider.objects.create(slug="docomo", name="docomo"))
    make_entry("other", **codes)
    User.objects.create_superuser("staff", "", PASSWORD)
    make_rows()


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def staff():
    client = Client(raise_request_exception=False)
    user = User.objects.get(username="staff")
    client.force_login(user)
    return client


def probe(client, route, payload):
    """Send a payload by every way into one view; yield what it has done."""
    plain = route.address()
    fields, files = inputs_of(client, plain)
    data = filled(fields | COMMON, payload)
    query = urlencode(data, errors="surrogatepass")
    yield "address", client.get(plain + "?" + query)
    for part in route.parts:
        yield f"<{part}>", client.get(route.address(**{part: payload}))
    if client.post(plain).status_code == 405:
        return
    body = query.encode()
    kind = "application/x-www-form-urlencoded"
    yield "form", client.post(plain, body, content_type=kind)
    safe = {name: value.replace("\ud800", "?") for name, value in data.items()}
    yield "file", client.post(plain, safe | uploads(files or {"file"}, payload))
    yield (
        "json",
        client.post(
            plain,
            {"text": safe["q"], "base64": safe["q"]},
            content_type="application/json",
        ),
    )


def inputs_of(client, address):
    """Return the names that a view looks for; formsets ask for more once they count."""
    with watching_inputs() as (fields, files):
        client.get(address)
        client.post(address)
    with watching_inputs() as (more, more_files):
        client.post(address, filled(fields, "1"))
    return fields | more, files | more_files


def harm_done(client, route, payloads):
    return [
        f"{name} by {way}: {harm}"
        for name, payload in payloads.items()
        for way, response in probe(client, route, payload)
        for harm in find_harm(response)
    ]


@pytest.mark.parametrize("route", PUBLIC, ids=str)
def test_route_is_reached(visitor, route):
    response = visitor.get(route.address())
    expected = route.name in MISSING
    assert (response.status_code == 404) == expected, "Say in VALUES how to reach it."


@pytest.mark.parametrize("route", ADMIN, ids=str)
def test_route_of_the_admin_is_reached(staff, route):
    response = staff.get(route.address())
    expected = route.name in MISSING
    assert (response.status_code == 404) == expected, "Say in VALUES how to reach it."
    if route.name.endswith(("_change", "_delete", "_history")):
        assert response.status_code in (200, 403)


@pytest.mark.parametrize("route", PUBLIC, ids=str)
def test_payload_does_nothing(visitor, route, caplog):
    before = list(Entry.objects.values_list("slug", flat=True)), User.objects.count()
    assert harm_done(visitor, route, PAYLOADS) == []
    after = list(Entry.objects.values_list("slug", flat=True)), User.objects.count()
    assert after == before
    lines = (record.getMessage() for record in caplog.records)
    assert not any("\n2026-01-01 CRITICAL" in line or "\x1b" in line for line in lines)


@pytest.mark.parametrize("route", ADMIN, ids=str)
def test_payload_does_nothing_in_the_admin(staff, visitor, route):
    chosen = {"mixed": MIXED, "header": PAYLOADS["header"] + PAYLOADS["nul"]}
    assert harm_done(staff, route, chosen) == []
    assert find_harm(visitor.get(route.address())) == []
    assert find_harm(visitor.post(route.address(), {"next": MIXED})) == []
    assert Entry.objects.filter(slug="other").exists()


# --- Headers: hosts, caches, redirects ---------------------------------------------------


def shown(response):
    """Return what a cache would keep, without what is random in it."""
    body = b"".join(response) if response.streaming else response.content
    body = re.sub(rb'(csrfmiddlewaretoken" value=")\w+', rb"\1", body)
    return response.status_code, response.headers.get("Location"), body


@pytest.mark.parametrize("route", OPEN, ids=str)
def test_header_changes_nothing_that_a_cache_may_keep(visitor, route, settings):
    settings.BEHIND_PROXY = False
    address = route.address()
    plain = shown(visitor.get(address))
    for name, value in HEADERS.items():
        response = visitor.get(address, headers={name: value})
        assert find_harm(response) == [], name
        vary = response.headers.get("Vary", "").lower()
        is_kept_apart = name in vary or "no-store" in response.headers.get(
            "Cache-Control", ""
        )
        if name not in ("if-none-match", "authorization") and not is_kept_apart:
            assert shown(response) == plain, name


@pytest.mark.parametrize("route", OPEN, ids=str)
def test_foreign_host_is_refused(visitor, route):
    address = route.address()
    for host in (
        EVIL,
        f"testserver@{EVIL}",
        f"testserver:80@{EVIL}",
        "testserver, evil",
        "",
    ):
        response = visitor.get(address, headers={"host": host})
        assert response.status_code == 400
        assert EVIL not in response.content.decode()


@pytest.mark.parametrize("route", PUBLIC, ids=str)
def test_language_of_the_reader_is_told_to_caches(visitor, route):
    address = route.address()
    answers = [
        visitor.get(address, headers={"accept-language": language})
        for language in ("ja", "en", PAYLOADS["script"], "x" * 5000)
    ]
    if len({shown(answer) for answer in answers}) > 1:
        assert all("accept-language" in answer["Vary"].lower() for answer in answers)
    assert [harm for answer in answers for harm in find_harm(answer)] == []


REDIRECTS = [
    PAYLOADS[name] for name in PAYLOADS if "redirect" in name or "java" in name
]


@pytest.mark.parametrize(
    "target", [*REDIRECTS, f"http:/{EVIL}", f"https:{EVIL}", f"///{EVIL}"]
)
def test_login_leads_nowhere_else(visitor, target):
    data = {"username": "staff", "password": PASSWORD, "next": target}
    response = visitor.post("/admin/login/", data)
    assert find_harm(response) == []
    again = visitor.get("/admin/login/?" + urlencode({"next": target}))
    assert find_harm(again) == []


# --- The checks themselves notice --------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "harm"),
    [
        ("<p>" + PAYLOADS["script"], "script"),
        ('<input value="' + PAYLOADS["attribute"] + "'>", "handler"),
        (PAYLOADS["image"], "handler"),
        (f'<a href=" {PAYLOADS["javascript"]}">', "link"),
        ("root:x:0:0:root", "file"),
        ("Traceback (most recent call last)", "inside"),
    ],
)
def test_harm_is_noticed(body, harm):
    class Response(dict[str, str]):
        streaming, status_code, cookies = False, 200, {}
        headers = {"Content-Type": "text/html"}
        content = body.encode()

    assert harm in " ".join(find_harm(Response()))


def test_new_view_is_covered():
    """Its inputs are seen, whatever it reads them by."""
    with watching_inputs() as (fields, files):
        Client().post("/ja/explain/", {})
        Client().get("/ja/")
    assert {"text", "encoded", "code"} <= fields
    assert "file" in files

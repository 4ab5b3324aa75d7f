"""The headers that every response carries, the admin's own host, and what is never secret."""

import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import PermissionDenied
from django.test import Client

from errors.tests.rows import make_entry
from errors.tests.test_settings import PRODUCTION, manage, setting
from errors.views import browsing

pytestmark = pytest.mark.django_db

# --- Headers on every response ----------------------------------------------------------


def raising(error):
    def view():
        raise error

    return view


def get(address, **headers):
    return lambda client: client.get(address, headers=headers)


RESPONSES = {
    "page": (get("/ja/"), 200),
    "entry": (get("/ja/errors/user-unknown/"), 200),
    "not modified": (get("/api/v1/codes", if_none_match="*"), 304),
    "result": (lambda client: client.post("/ja/explain/", {"text": "550"}), 200),
    "to the language": (get("/"), 302),
    "embedded box": (get("/ja/embed/"), 200),
    "wrong form": (lambda client: client.post("/ja/explain/", {}), 400),
    "bad host": (get("/ja/", host="elsewhere.example"), 400),
    "other site": (
        lambda client: client.post("/ja/explain/", headers={"origin": "null"}),
        403,
    ),
    "missing page": (get("/ja/nowhere/"), 404),
    "missing entry": (get("/ja/errors/nowhere/"), 404),
    "wrong method": (lambda client: client.delete("/ja/"), 405),
    "too large": (
        lambda client: client.post("/ja/explain/", {"text": "x" * 5_000_000}),
        413,
    ),
    "crash": (get("/ja/errors/"), 500),
    "style": (get("/static/site.css"), 200),
    "picture": (get("/static/icon.svg"), 200),
    "missing file": (get("/static/nowhere.css"), 404),
    "admin": (get("/admin/login/"), 200),
    "admin's door": (get("/admin/"), 302),
    "api": (get("/api/v1/entries"), 200),
    "api's problem": (get("/api/v1/nowhere"), 404),
    "api's description": (get("/api/v1/openapi.json"), 200),
}


@pytest.fixture
def _crash(monkeypatch):
    monkeypatch.setattr(browsing, "published_sections", raising(RuntimeError))


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_carries_the_headers(request, settings, name):
    make_entry("user-unknown")
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.EMBED_ORIGINS = ["https://www.example.jp"]
    if name == "crash":
        request.getfixturevalue("_crash")
    ask, status = RESPONSES[name]
    response = ask(Client(raise_request_exception=False))
    response.close()  # a file's is open
    assert response.status_code == status
    for header, value in settings.SECURITY_HEADERS.items():
        assert (header, response.headers.get(header)) == (header, value)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    framed = name == "embedded box"
    assert ("frame-ancestors 'none'" in policy) != framed
    assert response.headers.get("X-Frame-Options") == (None if framed else "DENY")
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


def test_request_without_tls_is_sent_to_it_with_the_headers(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["testserver"]
    for host, status in (("testserver", 301), ("elsewhere.example", 400)):
        response = Client().get("/ja/", headers={"host": host})
        assert response.status_code == status
        assert "Content-Security-Policy" in response.headers
        assert "Permissions-Policy" in response.headers


def test_script_to_embed_alone_may_be_loaded_by_other_sites(client):
    for name in ("embed.js", "embedded.js", "site.js", "site.css"):
        with closing(client.get(f"/static/{name}")) as response:
            policy = response["Cross-Origin-Resource-Policy"]
        assert (policy == "cross-origin") == (name == "embed.js")


def test_permission_denied_carries_the_headers(client, monkeypatch):
    monkeypatch.setattr(browsing, "published_sections", raising(PermissionDenied))
    response = client.get("/ja/errors/")
    assert response.status_code == 403
    assert (
        response["Permissions-Policy"] == project.SECURITY_HEADERS["Permissions-Policy"]
    )


# --- The admin's own host ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [("desk.example.jp", 200), ("desk.example.jp:8443", 200), ("faq.example.jp", 404)],
)
def test_admin_answers_on_its_own_host_alone(client, settings, host, status):
    settings.ALLOWED_HOSTS = ["faq.example.jp", "desk.example.jp"]
    settings.ADMIN_HOST = "desk.example.jp"
    for address in ("/admin/login/", "/admin/jsi18n/"):
        response = client.get(address, headers={"host": host})
        assert response.status_code == (
            status if "login" in address else response.status_code
        )
        assert (response.status_code == 404) == (status == 404)
    assert client.get("/ja/", headers={"host": host}).status_code == 200


def test_missing_admin_looks_like_any_missing_page(client, settings):
    settings.ALLOWED_HOSTS = ["faq.example.jp", "desk.example.jp"]
    settings.ADMIN_HOST = "desk.example.jp"
    headers = {"host": "faq.example.jp", "accept-language": "en"}
    admin = client.get("/admin/errors/entry/", headers=headers)
    other = client.get("/nowhere/errors/entry/", headers=headers)
    assert admin.status_code == other.status_code == 404
    assert admin.content == other.content


def test_admin_host_is_among_the_hosts_of_the_site():
    hosts = setting("ALLOWED_HOSTS", **PRODUCTION | {"ADMIN_HOST": "Desk.example.jp"})
    assert hosts.stdout.strip() == "['faq.example.jp', 'desk.example.jp']"


# --- Secrets ----------------------------------------------------------------------------

SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-[A-Za-z0-9-]{10,}"
    r"|\b(?:postgres(?:ql)?|redis|smtps?|amqp)://[^\s/:@<>\"'$…]+:(?!password@|secret@|pw@)[^\s/@<>\"'$…]+@"
    r"|(?i:(?:secret_key|api_key|access_token)\s*=\s*[\"'][^\"'\s{}<>$]{16,}[\"'])"
)


def tracked_files():
    done = subprocess.run(
        [shutil.which("git") or "git", "ls-files", "-z"],
        cwd=project.BASE_DIR,
        capture_output=True,
        check=True,
    )
    return [
        Path(project.BASE_DIR, name.decode())
        for name in done.stdout.split(b"\0")
        if name
    ]


def test_no_secret_is_in_the_repository():
    found = []
    for path in tracked_files():
        if path.is_file() and path.suffix not in (".png", ".mo", ".eml"):
            text = path.read_text("utf-8", "replace")
            found += [f"{path.name}: {m[0][:40]}" for m in SECRETS.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "leak",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "postgres://faq:" + "hunter2@db/faq",
        "SECRET_KEY = " + '"w6k3vq0s9d8f7g6h5j4k"',
    ],
)
def test_secret_would_be_found(leak):
    assert SECRETS.search(leak)


@pytest.mark.parametrize(
    "key", ["try-me-only", "short", "a" * 64, "change-me" * 6], ids=len
)
def test_production_does_not_start_with_a_key_that_is_no_secret(key):
    done = manage("check", **PRODUCTION | {"SECRET_KEY": key})
    assert done.returncode != 0
    assert "SECRET_KEY is too short or too plain" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_COOKIE_NAME", "__Host-session"),
        ("CSRF_COOKIE_NAME", "__Host-csrf"),
        ("SESSION_COOKIE_HTTPONLY", "True"),
        ("EMAIL_HOST_PASSWORD", ""),
        ("API_KEYS", "{}"),
        ("CONTENT_SECURITY_POLICY['DIRECTIVES']['upgrade-insecure-requests']", "True"),
    ],
)
def test_production_setting(name, value):
    assert setting(name, **PRODUCTION).stdout.strip() == value

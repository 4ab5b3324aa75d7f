"""The shipped nginx configuration, before two instances that do as they are told."""

import gzip
import http.client
import http.server
import json
import re
import secrets
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings

from deploy.rehearsal.proxy import ROOT, SHIPPED, Nginx
from errors.protection import FOR_OTHERS
from errors.urls import urlpatterns

# What changes nothing and may be sent again, and all that takes a form.
LOOKED_UP = ("/ja/explain/", "/ja/find/", "/ja/search/", "/ja/search/suggest/")
POSTED = (*LOOKED_UP, "/ja/hand-in/", "/ja/feedback/")

pytestmark = pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the path says; the server remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        if self.server.dies_over_requests:
            self.close_connection = True
            return
        status, headers, content = self.server.pages.get(
            self.path.partition("?")[0], (200, {}, f"{len(self.server.asked)}")
        )
        content = content.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_HEAD = answer  # noqa: N815 - the standard library's names

    def log_message(self, *_):
        pass


class Instance(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path, pages):
        self.asked, self.pages, self.dies_over_requests = [], pages, False
        super().__init__(str(path), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def get_request(self):
        request, _ = super().get_request()
        return request, ("unix", 0)

    def die(self):
        """Go away, as a killed process does: its socket stays and nobody listens."""
        self.dies_over_requests = True  # on connections that are open already
        self.shutdown()
        self.server_close()


class Site:
    """nginx with its two instances, and a client of them."""

    def __init__(self, folder: Path, **options):
        self.pages = {}
        self.a = Instance(folder / "a.sock", self.pages)
        self.b = Instance(folder / "b.sock", self.pages)
        self.nginx = Nginx(folder, files=folder / "files", **options)
        self.nginx.start()
        for instance in (self.a, self.b):
            instance.asked.clear()

    def ask(self, path, method="GET", body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.nginx.port)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        return response

    @property
    def asked(self):
        return [*self.a.asked, *self.b.asked]

    def stop(self):
        self.nginx.stop()
        for instance in (self.a, self.b):
            instance.shutdown()
            instance.server_close()


@pytest.fixture
def site(tmp_path):
    (tmp_path / "s").mkdir()
    site = Site(tmp_path / "s")
    yield site
    site.stop()


KEPT = {"X-Accel-Expires": "1"}


# --- What is kept, and what is not -----------------------------------------------------


def test_page_is_kept_for_as_long_as_the_application_says(site):
    site.pages["/ja/errors/"] = (200, KEPT, "page")
    answers = [site.ask("/ja/errors/") for _ in range(3)]
    assert [answer.getheader("X-Cache") for answer in answers] == ["MISS", "HIT", "HIT"]
    assert len(site.asked) == 1
    site.pages["/ja/errors/"] = (200, KEPT, "edited")
    time.sleep(2.1)
    assert site.ask("/ja/errors/").content == b"edited"


@pytest.mark.parametrize(
    ("path", "headers", "sent"),
    [
        ("/ja/errors/", {"Cache-Control": "no-store"}, {}),
        ("/ja/errors/", {"Cache-Control": "private, max-age=60"}, {}),
        ("/ja/errors/", {}, {}),
        ("/ja/", {**KEPT, "Set-Cookie": "csrftoken=secret"}, {}),
        ("/ja/errors/?q=taro@example.jp", KEPT, {}),
        ("/ja/errors/", KEPT, {"Cookie": "sessionid=of-staff"}),
        ("/ja/errors/", KEPT, {"Cookie": "a=b; __Host-session=of-staff"}),
        ("/ja/errors/", {**KEPT, "Vary": "*"}, {}),
    ],
    ids=[
        *("no-store", "private", "silent", "cookie", "query", "staff", "staff-https"),
        "vary",
    ],
)
def test_page_of_one_reader_is_not_kept(site, path, headers, sent):
    site.pages[path.partition("?")[0]] = (200, headers, "personal")
    for _ in range(2):
        assert site.ask(path, headers=sent).getheader("X-Cache") in {"MISS", "BYPASS"}
    assert len(site.asked) == 2


def test_staff_cookie_is_the_one_that_the_site_sets(site):
    """The settings name it; nginx cannot read them."""
    names = re.search(
        r"\((__Host-\w+)\|(\w+)\)=", (SHIPPED / "faqsite-http.conf").read_text()
    )
    production = "import faqsite.settings as s; print(s.SESSION_COOKIE_NAME)"
    environment = {"DEBUG": "0", "SECRET_KEY": secrets.token_urlsafe(64)}
    environment |= {"ALLOWED_HOSTS": "faq.example.jp"}
    done = subprocess.run(
        [sys.executable, "-c", production],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert names.groups() == (done.stdout.strip(), settings.SESSION_COOKIE_NAME)


@pytest.mark.parametrize("status", [301, 302, 404])
def test_redirect_and_missing_page_are_kept_only_where_they_say_so(site, status):
    site.pages["/ja/code/550/"] = (status, {"Location": "/ja/errors/x/"}, "")
    answers = [site.ask("/ja/code/550/") for _ in "12"]
    assert [answer.status for answer in answers] == [status] * 2
    assert answers[0].getheader("Location") == "/ja/errors/x/"
    assert len(site.asked) == 2
    site.pages["/ja/code/550/"] = (status, {"Location": "/ja/errors/x/", **KEPT}, "")
    for _ in "123":
        assert site.ask("/ja/code/550/").status == status
    assert len(site.asked) == 3


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_reader_who_holds_the_page_is_told_so_from_the_cache(site, encoding):
    headers = {**KEPT, "ETag": '"abc"', "Cache-Control": "public, max-age=0"}
    site.pages["/ja/errors/"] = (200, headers, "page " * 300)
    first = site.ask("/ja/errors/", headers={"Accept-Encoding": encoding})
    etag = first.getheader("ETag")
    assert etag.removeprefix("W/") == '"abc"'
    held = {"Accept-Encoding": encoding, "If-None-Match": etag}
    again = site.ask("/ja/errors/", headers=held)
    assert (again.status, again.content) == (304, b"")
    assert len(site.asked) == 1
    assert first.getheader("Cache-Control") == "public, max-age=0"
    assert first.getheader("X-Accel-Expires") is None


def test_page_that_did_not_change_is_kept_on_for_a_304(site):
    site.pages["/ja/errors/"] = (200, {**KEPT, "ETag": '"abc"'}, "page")
    site.ask("/ja/errors/")
    time.sleep(2.1)
    site.pages["/ja/errors/"] = (304, {**KEPT, "ETag": '"abc"'}, "")
    answer = site.ask("/ja/errors/")
    assert (answer.status, answer.content) == (200, b"page")
    assert answer.getheader("X-Cache") == "REVALIDATED"
    assert '"abc"' in {headers.get("If-None-Match") for *_, headers, _ in site.asked}


def test_page_that_varies_is_kept_apart(site):
    site.pages["/"] = (200, {**KEPT, "Vary": "Accept-Language"}, "page")
    languages = ("ja", "en", "ja", "en")
    states = [
        site.ask("/", headers={"Accept-Language": one}).getheader("X-Cache")
        for one in languages
    ]
    assert states == ["MISS", "MISS", "HIT", "HIT"]


def test_page_is_compressed_once_and_kept_so(site):
    text = "同じ文 " * 2000
    site.pages["/ja/errors/"] = (200, KEPT, text)
    compressed = [
        site.ask("/ja/errors/", headers={"Accept-Encoding": "gzip, br"}) for _ in "12"
    ]
    for answer in compressed:
        assert answer.getheader("Content-Encoding") == "gzip"
        assert gzip.decompress(answer.content).decode() == text
    assert compressed[0].content == compressed[1].content
    plain = site.ask("/ja/errors/")
    assert (plain.getheader("Content-Encoding"), plain.content.decode()) == (None, text)


# --- When something is away ------------------------------------------------------------


def test_last_page_is_shown_while_the_application_is_away(site):
    site.pages["/ja/errors/"] = (200, KEPT, "page")
    site.ask("/ja/errors/")
    time.sleep(2.1)
    site.a.die(), site.b.die()
    answer = site.ask("/ja/errors/")
    assert (answer.getheader("X-Cache"), answer.content) == ("STALE", b"page")


@pytest.mark.parametrize("status", [500, 503])
def test_last_page_is_shown_while_the_application_fails(site, status):
    site.pages["/ja/errors/"] = (200, KEPT, "page")
    site.ask("/ja/errors/")
    time.sleep(2.1)
    site.pages["/ja/errors/"] = (status, {}, "trouble")
    answer = site.ask("/ja/errors/")
    assert (answer.status, answer.content) == (200, b"page")


def test_other_instance_answers_for_one_that_is_away(site):
    site.a.die()
    answers = [site.ask(f"/ja/errors/{number}/") for number in range(10)]
    assert {answer.status for answer in answers} == {200}


@pytest.mark.parametrize("path", [*LOOKED_UP, "/api/v1/explain"])
def test_paste_goes_to_the_other_instance_when_one_dies_over_it(site, path):
    site.a.dies_over_requests = True
    answers = [site.ask(path, "POST", b"text=550") for _ in range(6)]
    assert {answer.status for answer in answers} == {200}
    assert len(site.a.asked) > 0
    assert all(body == b"text=550" for *_, body in site.asked)


@pytest.mark.parametrize(
    "path", ["/admin/errors/entry/add/", "/ja/feedback/", "/ja/hand-in/"]
)
def test_what_is_saved_is_never_sent_twice(site, path):
    site.a.dies_over_requests = site.b.dies_over_requests = True
    assert site.ask(path, "POST", b"x=1").status == 502
    assert len(site.asked) == 1


# --- Who asks --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ja/errors/", *LOOKED_UP, "/api/v1/explain"])
def test_client_is_who_was_seen_and_not_who_it_says(site, path):
    lies = {
        "X-Forwarded-For": "127.0.0.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=127.0.0.9",
        "X-Request-ID": "mine",
    }
    site.ask(path, headers=lies)
    ((_, _, seen, _),) = site.asked
    assert seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "http"
    assert not {"X-Forwarded-Host", "Forwarded"} & set(seen)
    assert len(seen["X-Request-ID"]) == 32


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6detrics", "/./metrics"])
def test_metrics_are_not_for_the_public(site, path):
    site.pages["/metrics"] = (200, {}, "numbers")
    assert site.ask(path).content != b"numbers"


def test_metrics_are_for_monitoring_on_this_machine(site):
    site.pages["/metrics"] = (200, {}, "numbers")
    assert site.ask("/metrics", port=site.nginx.inner_port).content == b"numbers"
    ((_, _, seen, _),) = site.asked
    assert "X-Forwarded-For" not in seen


@pytest.fixture
def limited(tmp_path):
    (tmp_path / "s").mkdir()
    site = Site(tmp_path / "s", is_limited=True)
    yield site
    site.stop()


@pytest.mark.parametrize("path", [*POSTED, "/api/v1/explain", "/admin/login/"])
def test_too_much_that_one_client_sends_is_refused(limited, path):
    statuses = [limited.ask(path, "POST", b"x").status for _ in range(60)]
    assert statuses[:30] == [200] * 30
    assert 429 in statuses[31:]
    assert limited.ask(path).status == 200  # asking is counted apart


@pytest.mark.parametrize(("status", "times"), [(429, 60), (502, 1)])
def test_program_is_told_as_programs_are(limited, status, times):
    if status == 502:
        limited.a.die(), limited.b.die()
    answers = [limited.ask("/api/v1/explain", "POST", b"x") for _ in range(times)]
    answer = answers[-1]
    assert answer.status == status
    assert answer.getheader("Content-Type") == "application/problem+json"
    assert json.loads(answer.content) == {"type": "about:blank", "status": status}


@pytest.mark.parametrize(
    ("path", "status", "times"),
    [("/ja/explain/", 429, 60), ("/ja/explain/", 502, 1), ("/ja/errors/", 502, 1)],
)
def test_person_is_told_in_both_languages(limited, path, status, times):
    if status == 502:
        limited.a.die(), limited.b.die()
    method = "POST" if "explain" in path else "GET"
    answers = [limited.ask(path, method) for _ in range(times)]
    assert answers[-1].status == status
    assert answers[-1].getheader("Content-Type") == "text/html; charset=utf-8"
    said = answers[-1].content.decode()
    assert "もう一度お試しください" in said
    assert "try again" in said


@pytest.mark.django_db
def test_posting_addresses_are_those_of_the_site(client):
    """A new address that takes a form is named in POSTED, and may need nginx's care."""
    addresses = [re.sub("<.*?>", "x", f"/ja/{one.pattern}") for one in urlpatterns]
    taking = {one for one in addresses if client.post(one).status_code != 405}
    assert taking == set(POSTED)


# --- Files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["site.css", "site.0123456789ab.css", "embed.js"])
def test_file_has_the_headers_of_the_application(site, name):
    site.nginx.files.mkdir()
    (site.nginx.files / name).write_text("x")
    answer = site.ask(f"/static/{name}")
    assert (answer.status, answer.content) == (200, b"x")
    policy = "cross-origin" if name in FOR_OTHERS else "same-origin"
    wanted = settings.SECURITY_HEADERS | {"Cross-Origin-Resource-Policy": policy}
    assert {header: answer.getheader(header) for header in wanted} == wanted
    kept = "31536000, immutable" if "0123" in name else "3600"
    assert answer.getheader("Cache-Control") == f"public, max-age={kept}"


def test_box_may_be_framed_by_whom_the_application_names(site):
    policy = "frame-ancestors https://shop.example.jp"
    site.pages["/ja/embed/"] = (200, {"Content-Security-Policy": policy}, "box")
    answer = site.ask("/ja/embed/")
    assert answer.getheader("Content-Security-Policy") == policy
    assert answer.getheader("X-Frame-Options") is None


# --- What stays nowhere ----------------------------------------------------------------


def test_paste_leaves_no_trace_on_a_disk(site):
    secret = b"hanako@secret.example " * 200_000  # 4 MB
    answered = "answer to hanako@secret.example " * 100_000
    site.pages["/ja/explain/"] = (200, {"Cache-Control": "no-store"}, answered)
    answer = site.ask("/ja/explain/?q=hanako", "POST", secret)
    assert answer.content.decode() == answered
    folder = site.nginx.folder
    assert list((folder / "body").iterdir()) == []
    for file in folder.rglob("*"):
        if file.is_file():
            assert b"hanako" not in file.read_bytes(), file


def test_log_names_pages_and_no_person(site):
    site.ask("/ja/search/?q=hanako@secret.example", headers={"User-Agent": "Hanako"})
    log = site.nginx.folder / "faqsite.log"
    while not (text := log.read_text("utf-8")).endswith("\n"):
        time.sleep(0.01)  # nginx writes it after the answer
    (line,) = text.splitlines()
    said = json.loads(line)
    assert (said["page"], said["network"]) == ("/ja/search/", "127.0.0.0")
    assert "anako" not in line


@pytest.mark.parametrize("is_there", [True, False])
def test_query_is_in_no_log_even_when_the_application_is_away(site, is_there):
    if not is_there:
        site.a.die(), site.b.die()
    for path in ("/ja/search/", "/ja/errors/", "/api/v1/search", "/static/x"):
        site.ask(f"{path}?q=hanako@secret.example")
    site.nginx.stop()
    logs = [file for file in site.nginx.folder.glob("*.log") if file.is_file()]
    assert logs
    assert all(b"hanako" not in log.read_bytes() for log in logs)


def test_too_large_a_body_is_refused(site):
    answer = site.ask("/ja/explain/", "POST", headers={"Content-Length": "70000000"})
    assert answer.status == 413
    assert site.asked == []

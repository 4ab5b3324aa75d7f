"""The shipped nginx configuration, before two instances that do as they are told."""

import gzip
import http.client
import http.server
import json
import shutil
import socketserver
import threading
import time
from pathlib import Path

import pytest

from deploy.rehearsal.proxy import Nginx

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
        self.nginx = Nginx(folder, **options)
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
        ("/ja/search/?q=taro@example.jp", KEPT, {}),
        ("/ja/errors/", KEPT, {"Cookie": "sessionid=of-staff"}),
        ("/ja/errors/", {**KEPT, "Vary": "*"}, {}),
    ],
    ids=["no-store", "private", "silent", "cookie", "query", "staff", "vary"],
)
def test_page_of_one_reader_is_not_kept(site, path, headers, sent):
    site.pages[path.partition("?")[0]] = (200, headers, "personal")
    for _ in range(2):
        assert site.ask(path, headers=sent).getheader("X-Cache") in {"MISS", "BYPASS"}
    assert len(site.asked) == 2


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


@pytest.mark.parametrize("path", ["/ja/explain/", "/api/v1/explain"])
def test_paste_goes_to_the_other_instance_when_one_dies_over_it(site, path):
    site.a.dies_over_requests = True
    answers = [site.ask(path, "POST", b"text=550") for _ in range(6)]
    assert {answer.status for answer in answers} == {200}
    assert len(site.a.asked) > 0
    assert all(body == b"text=550" for *_, body in site.asked)


def test_edit_is_never_sent_twice(site):
    site.a.dies_over_requests = site.b.dies_over_requests = True
    assert site.ask("/admin/errors/entry/add/", "POST", b"x=1").status == 502
    assert len(site.asked) == 1


# --- Who asks --------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ja/errors/", "/ja/explain/", "/api/v1/explain"])
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


def test_too_many_pastes_of_one_client_are_refused(tmp_path):
    (tmp_path / "s").mkdir()
    site = Site(tmp_path / "s", is_limited=True)
    try:
        statuses = [site.ask("/ja/explain/", "POST", b"x").status for _ in range(60)]
    finally:
        site.stop()
    assert statuses[:30] == [200] * 30
    assert 429 in statuses[31:]


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


def test_too_large_a_body_is_refused(site):
    answer = site.ask("/ja/explain/", "POST", headers={"Content-Length": "70000000"})
    assert answer.status == 413
    assert site.asked == []

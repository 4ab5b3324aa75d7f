"""The box on another company's page, in a real browser: the frame, and the plain form."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

BOUNCE = "550 5.1.1 <taro@example.jp>... User unknown"


class Company(BaseHTTPRequestHandler):
    """Serves one page, of another origin than ours."""

    content = ""

    def do_GET(self):
        html = f"<!doctype html><title>Company</title><h1>Help</h1>{self.content}"
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(html.encode() if self.path == "/" else b"")

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def company(page, site, settings):
    """Serve a page of another origin with the given content, and go there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Company)
    Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    settings.EMBED_ORIGINS = [origin]

    def show(content):
        server.RequestHandlerClass = type("Shown", (Company,), {"content": content})
        page.goto(f"{origin}/")
        return page

    yield show
    server.shutdown()
    server.server_close()


def test_box_in_a_frame_explains_in_a_new_tab(company, site):
    page = company(f'<script src="{site}/static/embed.js" data-language="en"></script>')
    frame = page.frame_locator("iframe")
    frame.locator("textarea").fill(BOUNCE)
    with page.expect_popup() as opened:
        frame.get_by_role("button", name="Explain it").click()
    expect(opened.value.locator("mark", has_text="User unknown").first).to_be_visible()
    assert page.title() == "Company"


def test_frame_grows_with_the_box(company, site):
    page = company(f'<script src="{site}/static/embed.js" data-language="ja"></script>')
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_function(
        "() => document.querySelector('iframe').offsetHeight > 500"
        " && document.querySelector('iframe').style.height !== '32rem'"
    )


def test_plain_form_of_the_company_explains(company, site):
    page = company(
        f'<form method="post" action="{site}/en/explain/">'
        '<textarea name="text"></textarea><button>Explain</button></form>'
    )
    page.locator("textarea").fill(BOUNCE)
    page.locator("button").click()
    expect(page.locator("mark", has_text="User unknown").first).to_be_visible()
    assert page.context.cookies() == []


def test_plain_form_of_a_stranger_asks_to_send_again(company, site, settings):
    page = company(
        f'<form method="post" action="{site}/en/explain/">'
        '<textarea name="text"></textarea><button>Explain</button></form>'
    )
    settings.EMBED_ORIGINS = []
    page.locator("textarea").fill(BOUNCE)
    page.locator("button").click()
    expect(page.locator("h1")).to_have_text("Please send it once more")
    page.get_by_role("button", name="Explain it").click()
    expect(page.locator("mark", has_text="User unknown").first).to_be_visible()


def test_case_link_is_copied(page, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/en/")
    page.locator("textarea").first.fill(BOUNCE)
    page.get_by_role("button", name="Explain it").click()
    page.get_by_role("button", name="Copy the link").click()
    link = page.locator("section.link pre").text_content()
    assert "taro" not in link
    page.goto(link)
    expect(page.locator("h1")).not_to_be_empty()
    expect(page.locator("body")).not_to_contain_text("taro")


def test_documentation_of_the_api_works_under_the_policy(page, site):
    page.goto(f"{site}/ja/api/")
    page.get_by_role("link", name="Contract").first.click()
    assert page.url.endswith("#shape-Contract")

"""Addresses for other pages and tickets: a code, a case without its mail, the box to embed."""

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.urls import reverse

from errors import catalog
from errors.bounce.explaining import explain
from errors.bounce.values import Span, Value
from errors.cases import CaseError, read_case, write_case
from errors.codes import Codes, entries_for, read_codes
from errors.presentation import result_page
from errors.tests.rows import make_entry
from errors.wording import humanise, plain_number

pytestmark = pytest.mark.django_db

BOUNCE = """\
From: MAILER-DAEMON@mx.secret.example
To: hanako.secret@example.jp

<taro.secret@example.jp>: host mx.secret.example said: 552 5.3.4 Message is too large;
exceeds the maximum size of 10485760
<jiro.secret@example.com>: host mx.secret.example said: 550 5.1.1 user unknown
"""


@pytest.fixture(autouse=True)
def _entries():
    make_entry(
        "too-large",
        "exceeds the maximum size of {size}",
        reply_code="552",
        status_code="5.3.4",
        summary_en="Mails above {size|the limit} are refused by {host|them}.",
    )
    make_entry("unknown", "user unknown", reply_code="550", status_code="5.1.1")
    make_entry("unknown-2", reply_code="550", status_code="5.1.1")


def told_of(bounce):
    published = catalog.current()
    return write_case(explain(bounce, published.catalog), published)


# --- Cases -----------------------------------------------------------------------------


def test_case_holds_entries_codes_and_numbers_alone():
    assert set(told_of(BOUNCE).split("/")) == {
        "failure",
        "too-large~552-5.3.4~wording~~size-size-10485760",
        "unknown~550-5.1.1~wording~",
    }


@pytest.mark.parametrize(
    "bounce", [BOUNCE, "550 User unknown", "550 what is this", "hello", "5.7.1", ""]
)
def test_case_says_what_the_explanation_said(bounce):
    published = catalog.current()
    explanation = explain(bounce, published.catalog)
    page = result_page(explanation, published, "en")
    again = result_page(
        read_case(write_case(explanation, published), published), published, "en"
    )
    assert again.kind == page.kind
    assert again.headline.title == page.headline.title
    assert again.headline.arrival == page.headline.arrival
    assert [a.slug for a in again.answers] == [a.slug for a in page.answers]
    assert [a.summary for a in again.answers] == [a.summary for a in page.answers]
    assert again.way == page.way


def test_result_offers_a_link_that_shows_the_case_without_the_mail(client):
    html = client.post("/en/explain/", {"text": BOUNCE}).content.decode()
    (link,) = re.findall(r"http://testserver/en/case/[^<]+", html)
    assert "secret" not in link
    response = client.get(link)
    shown = response.content.decode()
    assert response.status_code == 200
    assert "Mails above 10 MB are refused by them." in shown
    assert "secret" not in shown
    assert 'content="noindex"' in shown
    assert link in shown
    assert client.get(link.replace("/en/", "/ja/")).status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        "failure",
        "failure/",
        "nonsense/unknown~550~wording~failed",
        "failure/nowhere~550~wording~failed",
        "failure/unknown~550~wording",
        "failure/unknown~5501~wording~failed",
        "failure/unknown~550~surely~failed",
        "failure/unknown~550~wording~exploded",
        "failure/~550~wording~failed",
        "failure/~550~none~failed~size-size-1",
        "failure/too-large~552~wording~failed~size-size-<b>",
        "failure/too-large~552~wording~failed~size-host-1",
        "failure/too-large~552~wording~failed~host-host-1",
        "failure/too-large~552~wording~failed~other-size-1",
        "failure/unknown~550~wording~failed~size-size-1",
        "failure/too-large~552~wording~failed~size-size-" + "9" * 16,
        "failure/unknown~550~wording~failed/http:~~none~",
        "failure" + "/unknown~550~wording~failed" * 6,
    ],
)
def test_case_that_tells_anything_else_is_missing(client, told):
    with pytest.raises(CaseError):
        read_case(told, catalog.current())
    assert client.get(reverse("case", args=[told])).status_code == 404


def test_case_of_a_draft_is_missing(client):
    make_entry("draft", state="draft")
    told = "failure/draft~550~wording~failed"
    assert client.get(reverse("case", args=[told])).status_code == 404


@pytest.mark.parametrize(
    ("kind", "text", "plain"),
    [
        ("size", "10485760", "10485760"),
        ("size", "10,000 KB", "10000k"),
        ("size", "2.5 MB", "2.5m"),
        ("size", "１０ＭＢ", "10m"),
        ("size", "what taro said", ""),
        ("duration", "0 days and 6 hours", "21600s"),
        ("duration", "04:30:00", "16200s"),
        ("duration", "soon", ""),
        ("count", "1,000", "1000"),
        ("count", "many", ""),
        ("address", "10@example.jp", ""),
        ("host", "10.example.jp", ""),
        ("word", "10", ""),
        ("date", "2025-03-13", ""),
    ],
)
def test_number_is_said_again_as_it_was(kind, text, plain):
    value = Value("x", kind, text, Span(0, 0))
    assert plain_number(value) == plain
    again = Value("x", kind, plain, Span(0, 0))
    for language in ("ja", "en") if plain else ():
        assert humanise(again, language) == humanise(value, language)


# --- Codes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("550-5.1.1", Codes("550", "5.1.1")),
        ("550 5.1.1", Codes("550", "5.1.1")),
        (" #5.1.1 ", Codes("", "5.1.1")),
        ("５５０", Codes("550", "")),
        ("550", Codes("550", "")),
        ("5505.1.1", None),
        ("5.1", None),
        ("999", None),
        ("", None),
        ("-", None),
        ("550-", None),
        ("550 <script>", None),
        ("550" + " " * 50 + "5.1.1", None),
    ],
)
def test_codes_are_read_as_people_write_them(text, codes):
    assert read_codes(text) == codes


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("550-5.1.1", ["unknown", "unknown-2"]),
        ("5.1.1", ["unknown", "unknown-2"]),
        ("552", ["too-large"]),
        ("554-5.1.1", ["unknown", "unknown-2"]),
        ("421", []),
    ],
)
def test_codes_lead_to_the_entries_that_have_them(text, slugs):
    found = entries_for(read_codes(text), catalog.current())
    assert [entry.slug for entry in found] == slugs


def test_entry_that_bare_codes_are_explained_by_stands_first():
    make_entry("by-code").patterns.create(status_code="5.1.1")
    found = entries_for(Codes("550", "5.1.1"), catalog.current())
    assert [entry.slug for entry in found] == ["by-code", "unknown", "unknown-2"]


def test_code_of_one_entry_leads_to_it(client):
    response = client.get("/en/code/552-5.3.4/")
    assert (response.status_code, response["Location"]) == (
        302,
        "/en/errors/too-large/",
    )


def test_code_of_several_entries_lists_them(client):
    html = client.get("/en/code/550-5.1.1/").content.decode()
    assert "What 550 5.1.1 means" in html
    assert "The mailbox does not exist" in html
    assert html.index("Title of unknown<") < html.index("Title of unknown-2<")


def test_code_of_no_entry_is_explained_by_its_registry(client):
    html = client.get("/en/code/421/").content.decode()
    assert "The service is not available now" in html
    assert 'content="noindex"' in html


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/en/code/550%205.1.1/", "/en/code/550-5.1.1/"),
        ("/en/?code=550-5.1.1", "/en/code/550-5.1.1/"),
        ("/en/?code=+%235.1.1", "/en/code/5.1.1/"),
        ("/?code=550-5.1.1", "/ja/?code=550-5.1.1"),
    ],
)
def test_code_has_one_address(client, address, leads_to):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, leads_to)


def test_what_is_no_code_stays_at_home(client):
    assert client.get("/en/?code=hello").status_code == 200
    assert client.get("/en/code/hello/").status_code == 404


@pytest.mark.parametrize(
    "address", ["code/550-5.1.1/", "case/failure/unknown~550~wording~failed/"]
)
def test_shared_page_needs_no_query(client, address, django_assert_num_queries):
    catalog.current()
    with django_assert_num_queries(0):
        assert client.get(f"/ja/{address}").status_code == 200


# --- The box on other pages -----------------------------------------------------------


def test_box_may_be_framed_by_those_the_operator_named_alone(client, settings):
    settings.EMBED_ORIGINS = ["https://www.example.jp", "https://my.example.jp"]
    framed = client.get("/ja/embed/")
    policy = framed["Content-Security-Policy"]
    assert (
        "frame-ancestors https://www.example.jp https://my.example.jp;" in policy + ";"
    )
    assert "X-Frame-Options" not in framed.headers
    assert 'target="_blank"' in framed.content.decode()
    for page in ("/ja/", "/ja/errors/"):
        other = client.get(page)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"


def test_box_is_missing_where_nobody_was_named(client):
    assert client.get("/ja/embed/").status_code == 404


def test_box_without_a_language_follows_the_browser(client, settings):
    settings.EMBED_ORIGINS = ["https://www.example.jp"]
    response = client.get("/embed/", headers={"accept-language": "en"})
    assert (response.status_code, response["Location"]) == (302, "/en/embed/")


def test_script_to_embed_is_small():
    for name in ("embed.js", "embedded.js"):
        assert (Path(project.BASE_DIR) / "static" / name).stat().st_size <= 3 * 1024

"""The words that customers may not know: where texts use them, and the page of all."""

import json
import re

import pytest
from django.utils import translation

from errors import catalog
from errors.glossary import Word, read_glossary
from errors.markup import render
from errors.models import Term
from errors.tests.rows import make_entry, make_section

GLOSSARY = read_glossary(
    [
        Word("server", "サーバー", "計算機です。"),
        Word("mail-server", "メールサーバー", "メールの計算機です。"),
        Word("spf", "SPF", "登録です。"),
        Word("tls", "暗号化（TLS）", "読まれない仕組みです。"),
        Word("port", "port", "A number."),
        Word("spam-filter", "spam filter", "It sorts."),
        Word("spam", "spam", "Unwanted mail.", is_everyday=True),
        Word("empty", "empty", ""),
    ]
)


def found_in(text):
    return [(match[0], word.slug) for match, word in GLOSSARY.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("メールサーバーは", [("メールサーバー", "mail-server")]),
        ("相手のサーバー", [("サーバー", "server")]),
        ("ウェブサーバー", []),
        ("サーバーズ", []),
        ("はSPFレコード", [("SPF", "spf")]),
        ("spf", []),
        ("SPFX", []),
        ("_SPF", []),
        ("暗号化（TLS）とTLSと暗号化", [("暗号化（TLS）", "tls"), ("TLS", "tls"), ("暗号化", "tls")]),
        ("Port 587 and ports.", [("Port", "port"), ("ports", "port")]),
        ("Export to a portal.", []),
        ("port.example.com", []),
        ("a@port, a/port", []),
        ("A spam filter against spam", [("spam filter", "spam-filter")]),
        ("{host|the port} 25", []),
        ("empty", []),
    ],
)  # fmt: skip
def test_terms_are_found_as_whole_words(text, found):
    assert found_in(text) == found


def links_in(html):
    return re.findall(r'<a [^>]*class="term" href="([^"]*)"[^>]*>([^<]*)</a>', html)


def test_first_use_of_a_term_brings_its_explanation():
    with translation.override("ja"):
        html = render("The **port** and the port.", GLOSSARY)
    assert html == (
        '<p>The <strong><a aria-description="A number." class="term"'
        ' href="/ja/glossary/#port" rel="noopener noreferrer">port</a></strong>'
        " and the port.</p>"
    )


@pytest.mark.parametrize(
    "markdown",
    ["# port", "`port`", "[port](https://example.jp/)", "    port", "{host|port}"],
)
def test_headings_links_code_and_places_stay_as_they_are(markdown):
    assert links_in(render(markdown, GLOSSARY)) == []


def test_text_around_terms_is_whole():
    markdown = (
        "Ports *and* SPF and *spam filters*, `TLS`, TLS.\n\n- メールサーバー\n- end"
    )
    said = re.sub("<[^>]*>", "", render(markdown, GLOSSARY))
    assert said == re.sub("<[^>]*>", "", render(markdown))
    assert len(links_in(render(markdown, GLOSSARY))) == 4


def test_paragraph_explains_three_terms_and_the_next_goes_on():
    html = render("SPF, port, TLS, spam filter\n\nspam filter", GLOSSARY)
    first, second = html.split("</p>")[:2]
    assert [name for _, name in links_in(first)] == ["SPF", "port", "TLS"]
    assert [name for _, name in links_in(second)] == ["spam filter"]


def test_explanation_cannot_break_out():
    glossary = read_glossary([Word("x", "x", '"><script>alert(1)</script>')])
    assert "<script" not in render("x", glossary)


def test_staff_cannot_write_a_term_themselves():
    assert "class=" not in render('<a class="term" href="/">x</a>').split("&")[0]


def make_terms():
    Term.objects.create(
        slug="spf",
        name_ja="SPF",
        name_en="SPF",
        explanation_ja="DNSの登録です。",
        explanation_en="An entry in DNS.",
    )
    Term.objects.create(
        slug="spam",
        name_ja="迷惑メール",
        name_en="spam",
        explanation_ja="頼んでいないメールです。",
        explanation_en="Unwanted mail.",
        is_everyday=True,
    )


@pytest.mark.django_db
def test_page_explains_all_terms_without_a_query(client, django_assert_num_queries):
    make_terms()
    client.get("/en/glossary/")
    with django_assert_num_queries(0):
        page = client.get("/en/glossary/").content.decode()
    for said in ('id="spf"', "An entry in DNS.", 'id="spam"', "Unwanted mail."):
        assert said in page
    assert "DNSの登録です。" in client.get("/ja/glossary/").content.decode()


@pytest.mark.django_db
def test_page_tells_search_engines_its_terms(client):
    make_terms()
    page = client.get("/en/glossary/").content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    (terms,) = (d for d in map(json.loads, blocks) if d["@type"] == "DefinedTermSet")
    assert terms["hasDefinedTerm"][0] == {
        "@type": "DefinedTerm",
        "name": "spam",
        "description": "Unwanted mail.",
        "url": "http://testserver/en/glossary/#spam",
        "inDefinedTermSet": "http://testserver/en/glossary/",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/en/errors/one/", "/en/errors/in/by-number/"])
def test_texts_explain_terms_but_not_everyday_words(client, address):
    make_terms()
    section = make_section(introduction_en="SPF against spam")
    make_entry("one", section=section, body_en="SPF against spam")
    page = client.get(address).content.decode()
    assert links_in(page) == [("/en/glossary/#spf", "SPF")]


@pytest.mark.django_db
def test_result_explains_terms(client):
    make_terms()
    make_entry("one", "user unknown", advice_ja="SPFを直します。")
    page = client.post("/ja/explain/", {"text": "550 <a@example.jp> user unknown"})
    assert links_in(page.content.decode()) == [("/ja/glossary/#spf", "SPF")]


@pytest.mark.django_db
def test_edited_term_shows_at_once(client):
    make_terms()
    before = client.get("/en/glossary/")["ETag"]
    term = Term.objects.get(slug="spf")
    term.explanation_en = "Something else."
    term.save()
    catalog.forget()
    page = client.get("/en/glossary/", headers={"if-none-match": before})
    assert "Something else." in page.content.decode()

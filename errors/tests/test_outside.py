"""What search engines, feed readers and chat programs are told."""

import io
import json
import re
import xml.etree.ElementTree as ET  # of our own pages

import pytest
from PIL import Image

from errors.models import Provider
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def _entry():
    make_entry(
        "one",
        title_ja="題「一」<b>",
        title_en="Title one",
        summary_ja="{address|この宛先}は</script>ありません。",
        advice_ja="1. *確かめます*。",
        sample="550 No such user here",
        wordings="User not found\nunknown recipient",
    )


def content(response):
    assert response.status_code == 200
    return response.content.decode()


def links(html, rel):
    tags = re.findall(rf'<link rel="{rel}"([^>]*)>', html)
    return [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]


def blocks(html):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return {data["@type"]: data for data in map(json.loads, found)}


PAGES = ["", "search/", "errors/", "errors/all/", "errors/one/", "errors/by/title/"]

# --- The head of a page ------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_page_names_its_address_and_its_languages(client, page):
    html = content(client.get(f"/ja/{page}?from=somewhere"))
    assert links(html, "canonical") == [{"href": f"{SITE}/ja/{page}"}]
    named = {
        one["hreflang"]: one["href"]
        for one in links(html, "alternate")
        if "hreflang" in one
    }
    assert named == {
        "ja": f"{SITE}/ja/{page}",
        "en": f"{SITE}/en/{page}",
        "x-default": f"{SITE}/{page}",
    }


def test_address_without_a_language_leads_to_the_browsers(client):
    response = client.get("/errors/one/", headers={"accept-language": "en"})
    assert (response.status_code, response["Location"]) == (302, "/en/errors/one/")


@pytest.mark.parametrize("page", PAGES)
def test_page_has_one_title_and_one_description(client, page):
    for language in ("ja", "en"):
        html = content(client.get(f"/{language}/{page}"))
        assert len(re.findall("<title>[^<]{4,}</title>", html)) == 1
        assert (
            len(re.findall('<meta name="description" content="[^"]{10,}">', html)) == 1
        )


def test_data_of_an_entry_is_valid_json_and_ends_no_script(client):
    html = content(client.get("/ja/errors/one/"))
    data = blocks(html)
    first, second = data["FAQPage"]["mainEntity"]
    assert first["name"] == "「題「一」<b>」とはどういう意味ですか？"
    assert "この宛先は" in first["acceptedAnswer"]["text"]
    assert second["acceptedAnswer"]["text"].startswith("<ol>")
    trail = data["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in trail] == [1, 2, 3, 4]
    assert trail[-1]["item"] == f"{SITE}/ja/errors/one/"
    assert html.count("</script>") == html.count("<script")


def test_data_block_may_stand_under_the_policy(client):
    """The policy lets no inline script run; a data block is none, and none is allowed."""
    policy = client.get("/ja/errors/one/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_preview_of_an_entry(client):
    html = content(client.get("/en/errors/one/"))
    found = dict(re.findall(r'<meta property="(og:[\w:]+)" content="([^"]*)">', html))
    assert found["og:title"] == "Title one"
    assert found["og:type"] == "article"
    assert found["og:url"] == f"{SITE}/en/errors/one/"
    assert found["og:locale"] == "en"
    assert found["og:image"].startswith(f"{SITE}/en/errors/one/")


def test_words_of_the_error_stand_in_the_page(client):
    html = content(client.get("/ja/errors/one/"))
    for words in ("550 No such user here", "User not found", "unknown recipient"):
        assert words in html


@pytest.mark.parametrize(
    "response_of",
    [
        lambda client: client.post("/ja/explain/", {"text": "550"}),
        lambda client: client.post("/ja/find/", {"text": "a@b.example"}),
        lambda client: client.get("/ja/search/?q=x"),
        lambda client: client.post("/ja/search/", {"q": "a@b.example"}),
    ],
    ids=["explain", "find", "search", "search here"],
)
def test_results_are_never_listed(client, response_of):
    response = response_of(client)
    assert response["X-Robots-Tag"] == "noindex"
    assert links(content(response), "canonical") == []


# --- Feed, sitemap, robots -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title"), [("ja", "題「一」<b>"), ("en", "Title one")]
)
def test_feed_tells_changes_in_its_language(client, language, title):
    make_entry("draft", state="draft", title_ja="秘密", title_en="Secret")
    feed = ET.fromstring(content(client.get(f"/{language}/feed/")))  # noqa: S314 - our own page
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    (entry,) = feed.findall("a:entry", ATOM)
    assert entry.findtext("a:title", namespaces=ATOM) == title
    assert entry.find("a:link", ATOM).get("href") == f"{SITE}/{language}/errors/one/"
    assert entry.findtext("a:updated", namespaces=ATOM)
    assert "{" not in entry.findtext("a:summary", "", ATOM)


def test_sitemap_names_every_page_in_every_language(client):
    docomo = Provider.objects.create(slug="docomo", name_ja="ドコモ")
    make_entry("two").providers.add(docomo)
    make_entry("draft", state="draft")
    tree = ET.fromstring(content(client.get("/sitemap.xml")))  # noqa: S314 - our own page
    pages = {url.findtext("s:loc", "", MAP): url for url in tree.findall("s:url", MAP)}
    for page in (
        "",
        "errors/one/",
        "errors/two/",
        "errors/in/by-number/",
        "errors/by/code/",
        "errors/by/provider/docomo/",
    ):
        for language in ("ja", "en"):
            url = pages[f"{SITE}/{language}/{page}"]
            alternates = {
                one.get("hreflang"): one.get("href")
                for one in url.findall("x:link", MAP)
            }
            assert alternates == {
                "ja": f"{SITE}/ja/{page}",
                "en": f"{SITE}/en/{page}",
                "x-default": f"{SITE}/{page}",
            }
    assert not any("draft" in page for page in pages)
    assert pages[f"{SITE}/ja/errors/one/"].findtext("s:lastmod", namespaces=MAP)


def test_sitemap_says_the_same_of_itself_when_it_is_kept(client):
    made, kept = client.get("/sitemap.xml"), client.get("/sitemap.xml")
    assert made["X-Robots-Tag"] == kept["X-Robots-Tag"] == "noindex"


def test_every_page_of_the_sitemap_is_there_and_names_itself(client):
    tree = ET.fromstring(content(client.get("/sitemap.xml")))  # noqa: S314 - our own page
    for url in tree.findall("s:url", MAP):
        address = url.findtext("s:loc", "", MAP)
        html = content(client.get(address.removeprefix(SITE)))
        assert links(html, "canonical") == [{"href": address}]


def test_robots_may_read_all_and_find_the_sitemap(client):
    text = content(client.get("/robots.txt"))
    assert "User-agent: *\nDisallow:\n" in text
    assert f"Sitemap: {SITE}/sitemap.xml" in text


# --- The picture ---------------------------------------------------------------------------


def picture_of(client, language="ja"):
    html = content(client.get(f"/{language}/errors/one/"))
    return re.findall(r'og:image" content="http://testserver([^"]+)"', html)[0]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_picture_may_be_kept_for_ever(client, language):
    response = client.get(picture_of(client, language))
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert Image.open(io.BytesIO(response.content)).size == (1200, 630)
    assert len(response.content) < 100_000


def test_outdated_picture_leads_to_the_present_one(client):
    response = client.get("/ja/errors/one/0123456789ab.png")
    assert (response.status_code, response["Location"]) == (302, picture_of(client))
    assert "immutable" not in response.get("Cache-Control", "")


def test_picture_of_a_draft_is_not_there(client):
    make_entry("draft", state="draft")
    assert client.get("/ja/errors/draft/0123456789ab.png").status_code == 404

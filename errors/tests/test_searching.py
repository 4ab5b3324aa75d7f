"""The one box, the search page and its suggestions over HTTP."""

import json
import logging
import re
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.db.models import Sum

from errors import catalog, tallying
from errors.models import LostSearch, Provider, Synonym, Tally
from errors.tests.rows import make_entry, make_section

PRIVATE = "taro.secret@example.jp に届かない"
LINE = "550 5.1.1 <taro.secret@example.jp>... User unknown"


@pytest.fixture
def _entries(db):
    make_entry(
        "user-unknown",
        "user unknown",
        title_ja="550 User unknown（宛先がありません）",
        summary_ja="宛先がなく、届きませんでした。",
        body_ja="この**言葉**は、相手の[サーバー](https://example.jp/)のものです。",
        reply_code="550",
    )
    gmail = make_entry(
        "gmail-full",
        title_ja="Gmail：容量がいっぱいです",
        title_en="Gmail: storage is full",
        actor="recipient",
        section=make_section("google", position=30, title_ja="グーグル"),
    )
    gmail.providers.add(Provider.objects.create(slug="gmail", name_ja="Gmail"))
    Synonym.objects.create(slug="full", words_ja="満杯\nいっぱい")


def content(response):
    return response.content.decode()


def titles(response):
    found = re.findall(r'<h3><a href="/ja/errors/([\w-]+)/"', content(response))
    return list(dict.fromkeys(found))


def find(client, text, language="ja"):
    return client.post(f"/{language}/find/", {"text": text})


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_entries")]

# --- The one box -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["容量 いっぱい", "550", "user unknown", " 5.7.1 "])
def test_short_words_get_an_address_of_their_own(client, text):
    response = find(client, text)
    assert response.status_code == 302
    address, _, query = response["Location"].partition("?q=")
    assert address == "/ja/search/"
    assert unquote(query.replace("+", " ")) == text.strip()


def test_long_text_is_explained(client):
    response = find(client, f"A notice\n\nfor you:\n\n{LINE}\n\nthat is all\n")
    assert response.status_code == 200
    assert "<mark>User unknown</mark>" in content(response)


def test_line_of_a_bounce_with_a_person_is_explained(client):
    response = find(client, LINE)
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert "<mark>User unknown</mark>" in content(response)


def test_words_with_a_person_are_answered_where_they_came(client, caplog):
    caplog.set_level(logging.DEBUG)
    response = find(client, PRIVATE)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "user-unknown" in titles(response)
    html = content(response)
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', html)
    assert "secret" in html
    assert "secret" not in "".join(addresses) + caplog.text + str(response.headers)
    assert "secret" not in str(vars(cache).get("_cache"))


def test_private_words_keep_through_the_switch_of_language(client):
    html = content(find(client, PRIVATE))
    assert 'form="again" formaction="/en/find/"' in html
    assert f'name="text" value="{PRIVATE}"' in html
    assert find(client, PRIVATE, "en").status_code == 200
    html = content(client.post("/ja/search/", {"q": PRIVATE}))
    assert 'form="again" formaction="/en/search/"' in html
    assert f'name="q" value="{PRIVATE}"' in html


def test_short_line_is_offered_both_ways(client):
    html = content(client.get("/ja/search/", {"q": "user unknown"}))
    assert 'action="/ja/explain/"' in html
    assert 'name="text" value="user unknown"' in html
    html = content(client.post("/ja/explain/", {"text": "user unknown"}))
    assert 'href="/ja/search/?q=user+unknown"' in html


def test_words_that_are_no_notice_are_not_offered_as_one(client):
    html = content(client.get("/ja/search/", {"q": "gmail"}))
    assert 'action="/ja/explain/"' not in html


def test_empty_box_is_refused_on_the_field(client):
    response = find(client, " ")
    assert response.status_code == 400
    assert 'aria-invalid="true"' in content(response)


def test_box_of_another_site_is_refused_and_kept(client):
    origin = {"origin": "https://elsewhere.example"}
    response = client.post("/en/find/", {"text": LINE}, headers=origin)
    assert response.status_code == 403
    assert "User unknown</textarea>" in content(response)


def test_reload_of_the_box_leads_home(client):
    response = client.get("/ja/find/")
    assert (response.status_code, response["Location"]) == (302, "/ja/")


# --- The search page ---------------------------------------------------------------------


def test_found_words_are_marked_and_escaped(client):
    response = client.get("/ja/search/", {"q": "言葉 <script>"})
    html = content(response)
    assert titles(response) == ["user-unknown"]
    assert "この<mark>言葉</mark>は、相手のサーバーのものです。" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html.replace('<script src="', "")


def test_search_is_kept_out_of_search_engines(client):
    response = client.get("/ja/search/", {"q": "gmail"})
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in content(response)
    assert "X-Robots-Tag" not in client.get("/ja/search/").headers


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "満杯"}, ["gmail-full"]),
        ({"q": "届かない"}, ["user-unknown"]),
        ({"q": "の題 宛先 いっぱい"}, ["user-unknown", "gmail-full"]),
        ({"q": "宛先 いっぱい", "section": "google"}, ["gmail-full"]),
        ({"q": "宛先 いっぱい", "provider": "gmail"}, ["gmail-full"]),
        ({"q": "宛先 いっぱい", "actor": "sender"}, ["user-unknown"]),
        ({"q": "宛先 いっぱい", "actor": "host"}, []),
        ({"q": "gmail", "page": "99"}, ["gmail-full"]),
        ({"q": "gmail", "page": "x"}, ["gmail-full"]),
    ],
)
def test_search_finds_and_narrows(client, query, found):
    response = client.get("/ja/search/", query)
    assert response.status_code == 200
    assert sorted(titles(response)) == sorted(found)


def test_choices_show_their_counts_and_can_be_taken_back(client):
    html = content(client.get("/ja/search/", {"q": "宛先 いっぱい", "actor": "sender"}))
    chosen = re.findall(r'<a href="([^"]+)" aria-current="true"[^>]*>([^<]+)', html)
    ((address, label),) = chosen
    assert label.strip() == "あなた（差出人）"
    assert "actor" not in address
    assert re.search(r"宛先の方 <small>1</small>", html)


def test_many_results_come_in_pages(client):
    for number in range(45):
        make_entry(f"many-{number}", title_ja=f"冷蔵庫 {number}")
    pages = [client.get("/ja/search/", {"q": "冷蔵庫", "page": n}) for n in "123"]
    slugs = [slug for page in pages for slug in titles(page)]
    assert (len(slugs), len(set(slugs))) == (45, 45)
    assert 'rel="next"' in content(pages[0])
    assert 'rel="next"' not in content(pages[2])


def test_nothing_found_is_a_useful_page(client, settings):
    settings.SUPPORT_URL = "https://example.jp/help"
    response = client.get("/ja/search/", {"q": "冷蔵庫 xyzzy"})
    html = content(response)
    assert response.status_code == 200
    for words in ("見つかりませんでした", "https://example.jp/help", 'href="/ja/"'):
        assert words in html


def test_misspelt_word_is_corrected_and_told(client):
    html = content(client.get("/en/search/", {"q": "storge"}))
    assert "we looked for “storage”" in html
    assert "/en/errors/gmail-full/" in html


def test_draft_is_not_found(client):
    make_entry("draft", title_ja="秘密の下書き", state="draft")
    assert titles(client.get("/ja/search/", {"q": "秘密の下書き"})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\0"},
        {"q": "x" * 401},
        {"q": "gmail", "section": "../x"},
        {"q": "gmail", "page": "1" * 9},
        {},
    ],
)
def test_odd_address_gets_a_page(client, query):
    assert client.get("/ja/search/", query).status_code == 200


@pytest.mark.parametrize(
    "query", ["q=gmail&page=1234567", "q=gmail&section=no+slug", "q=gmail%00"]
)
def test_address_spoilt_in_one_part_keeps_its_words(client, query):
    response = client.get(f"/ja/search/?{query}")
    assert titles(response) != []
    assert response["X-Robots-Tag"] == "noindex"


def test_form_leads_to_the_address_of_the_search(client):
    response = client.post("/ja/search/", {"q": "容量 & 届かない"})
    assert response.status_code == 302
    assert titles(client.get(response["Location"])) != []


def test_form_with_a_person_gets_no_address(client):
    response = client.post("/ja/search/", {"q": PRIVATE})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_form_without_words_leads_to_the_empty_page(client):
    response = client.post("/ja/search/", {"q": "  "})
    assert (response.status_code, response["Location"]) == (302, "/ja/search/")


def test_search_needs_no_query(client, django_assert_num_queries):
    catalog.current()
    with django_assert_num_queries(0):
        assert client.get("/ja/search/", {"q": "gmail"}).status_code == 200
        assert client.post("/ja/search/", {"q": PRIVATE}).status_code == 200
        assert client.post("/ja/search/suggest/", {"q": "gma"}).status_code == 200


def test_search_is_counted_once_and_lost_words_are_kept(client):
    client.get("/ja/search/", {"q": "gmail"})
    client.get("/ja/search/", {"q": "gmail", "actor": "recipient"})
    client.get("/ja/search/", {"q": "xyzzyx"})
    client.post("/ja/search/", {"q": "qqqq.wwww@xyzzyx.zz"})
    tallying.flush()
    counts = dict(Tally.objects.values_list("kind").annotate(Sum("count")))
    assert counts == {"found": 1, "lost": 2}
    assert list(LostSearch.objects.values_list("query", flat=True)) == ["xyzzyx"]


# --- Suggestions ---------------------------------------------------------------------------


def suggest(client, text, language="ja"):
    response = client.post(f"/{language}/search/suggest/", {"q": text})
    assert "no-store" in response["Cache-Control"]
    return json.loads(content(response))["suggestions"]


def test_suggestions_come_while_typing(client):
    expected = [{"title": "Gmail: storage is full", "url": "/en/errors/gmail-full/"}]
    assert suggest(client, "gma", "en") == expected
    assert suggest(client, "storage fu", "en") == expected


@pytest.mark.parametrize("text", ["", " ", "xyzzy", "x" * 401])
def test_without_a_match_there_are_no_suggestions(client, text):
    assert suggest(client, text) == []


def test_suggestions_come_by_post_alone(client):
    assert client.get("/ja/search/suggest/?q=gmail").status_code == 405


# --- Limits ------------------------------------------------------------------------------


def test_searches_of_one_client_have_a_limit(client, settings):
    settings.SEARCH_RATE_LIMIT, settings.SEARCH_RATE_SECONDS = 2, 3600
    answers = [client.get("/ja/search/", {"q": "gmail"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert "ETag" not in answers[2].headers
    assert client.post("/ja/search/", {"q": "gmail"}).status_code == 429
    assert client.get("/ja/search/").status_code == 200  # no search


def test_suggestions_have_a_limit_of_their_own(client, settings):
    settings.SUGGEST_RATE_LIMIT, settings.SUGGEST_RATE_SECONDS = 1, 3600
    answers = [client.post("/ja/search/suggest/", {"q": "gm"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].json() == {"suggestions": []}
    assert client.get("/ja/search/", {"q": "gmail"}).status_code == 200

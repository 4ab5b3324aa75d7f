"""The customer's pages over HTTP."""

import base64
import logging
import re

import pytest
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client, RequestFactory
from django.utils import translation

from errors import catalog, views
from errors.bounce import explaining
from errors.models import Entry, Provider, Relation
from errors.tests.rows import make_entry, make_section

BOUNCE = "550 5.1.1 <taro.secret@example.jp>... User unknown"


@pytest.fixture
def _entries(db):
    one = make_entry(
        "user-unknown",
        "user unknown",
        sample="550 User unknown",
        handover_ja="お伝えください。",
        reply_code="550",
        status_code="5.1.1",
    )
    two = make_entry("full", "mailbox full", section=make_section("s2", position=30))
    Relation.objects.create(entry=one, other=two, difference_ja="違いです。")


def post(client, text, language="ja", **data):
    return client.post(f"/{language}/explain/", {"text": text, **data})


def content(response):
    return response.content.decode()


# --- Languages and pages ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "address"),
    [("ja", "/ja/"), ("en-GB,en;q=0.8", "/en/"), ("fr", "/ja/"), ("", "/ja/")],
)
def test_root_leads_to_the_language_of_the_browser(client, accepted, address):
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response["Location"]) == (302, address)


PAGES = [
    ("", "メールが戻ってきましたか？", "Did your mail come back?"),
    ("errors/", "エラー一覧", "All errors"),
    ("errors/all/", "1 ページで読む", "Everything on one page"),
    ("errors/in/by-number/", "番号別", "By number"),
    ("errors/user-unknown/", "user-unknownの題", "Title of user-unknown"),
]


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize(("address", "japanese", "english"), PAGES)
def test_page_speaks_its_language(client, address, japanese, english):
    for language, title in (("ja", japanese), ("en", english)):
        response = client.get(f"/{language}/{address}")
        assert response.status_code == 200
        assert response["Content-Language"] == language
        assert f'<html lang="{language}">' in content(response)
        assert title in content(response)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("address", [page[0] for page in PAGES])
def test_switch_leads_to_the_same_page(client, address):
    assert f'href="/en/{address}"' in content(client.get(f"/ja/{address}"))
    assert f'href="/ja/{address}"' in content(client.get(f"/en/{address}"))


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("address", [page[0] for page in PAGES])
def test_page_has_no_inline_script_or_style(client, address):
    html = content(client.get(f"/ja/{address}"))
    block = r' type="application/ld\+json"'  # data, which no browser runs
    assert not re.search(
        rf"<style|\sstyle=|\son\w+=|<script(?!{block}|[^>]*\ssrc=)", html
    )


@pytest.mark.usefixtures("_entries")
def test_entry_page_shows_all_of_an_entry(client):
    html = content(client.get("/ja/errors/user-unknown/"))
    for words in (
        "要約です。",
        "本文です。",
        "<li>確かめます。</li>",
        "お伝えください。",
        "<mark>User unknown</mark>",
        "宛先のメールアドレスが存在しません",
        "fullの題",
        "違いです。",
        'aria-current="step"',
    ):
        assert words in html
    assert "550 User unknown" in re.sub("<[^>]+>", "", html)  # with its marks


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["errors/user-unknown/", "errors/", "errors/all/", "errors/in/by-number/"],
)
def test_draft_is_shown_nowhere(client, address):
    make_entry("user-unknown", "user unknown", state="draft", title_ja="秘密の下書き")
    response = client.get(f"/ja/{address}")
    assert "秘密の下書き" not in content(response)
    assert response.status_code == (404 if "user-unknown" in address else 200)


@pytest.mark.django_db
def test_related_draft_is_not_shown(client):
    one, two = make_entry("one"), make_entry("two", state="draft", title_ja="秘密")
    Relation.objects.create(entry=one, other=two)
    assert "秘密" not in content(client.get("/ja/errors/one/"))


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "address",
    [
        "",
        "errors/",
        "errors/all/",
        "errors/in/by-number/",
        "errors/entry-0/",
        "errors/by/code/",
        "errors/by/provider/docomo/",
        "errors/by/actor/sender/",
        "errors/by/title/",
        "errors/by/date/",
        "search/",
        "search/?q=title",
        "feed/",
    ],
)
def test_page_of_the_catalog_in_memory_takes_no_query(
    client, django_assert_num_queries, address, number
):
    entries = [make_entry(f"entry-{n}", sample="550") for n in range(number)]
    section = make_section("s2", position=30)
    entries += [make_entry(f"more-{n}", section=section) for n in range(number)]
    for other in entries[1:]:
        Relation.objects.create(entry=entries[0], other=other)
    entries[0].providers.add(Provider.objects.create(slug="docomo", name_ja="ドコモ"))
    client.get(f"/ja/{address}")
    with django_assert_num_queries(0):
        assert client.get(f"/ja/{address}").status_code == 200


@pytest.mark.usefixtures("_entries")
def test_result_takes_no_query_when_the_catalog_is_in_memory(
    client, django_assert_num_queries
):
    catalog.current()
    with django_assert_num_queries(0):
        assert post(client, BOUNCE).status_code == 200


# --- Explaining ------------------------------------------------------------------------


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize(
    ("language", "summary"), [("ja", "要約です。"), ("en", "A summary.")]
)
def test_paste_is_explained(client, language, summary):
    response = post(client, BOUNCE, language)
    html = content(response)
    assert response.status_code == 200
    assert f'<h1 id="verdict">{summary}</h1>' in html
    assert "<mark>User unknown</mark>" in html
    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.usefixtures("_entries")
def test_result_is_stored_nowhere(client, caplog):
    caplog.set_level(logging.DEBUG)
    response = post(client, BOUNCE)
    assert "no-store" in response["Cache-Control"]
    assert "taro.secret" in content(response)
    assert "taro.secret" not in caplog.text
    assert "taro.secret" not in str(response.headers) + str(response.cookies)
    assert "taro.secret" not in str(vars(cache).get("_cache"))
    assert list(client.session.keys()) == []


@pytest.mark.usefixtures("_entries")
def test_crash_reports_nothing_of_the_paste(client, monkeypatch, settings, mailoutbox):
    def broken(paste, compiled):
        raise RuntimeError("broken")

    monkeypatch.setattr(explaining, "explain", broken)
    settings.ADMINS = [("staff", "staff@example.jp")]
    client.raise_request_exception = False
    response = post(client, BOUNCE)
    assert response.status_code == 500
    assert "taro.secret" not in content(response)
    (report,) = mailoutbox
    assert "broken" in report.body
    assert "taro.secret" not in report.body + str(report.alternatives)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("name", ["mail.eml", "mail.txt"])
def test_upload_is_explained(client, name):
    response = post(client, "", file=SimpleUploadedFile(name, BOUNCE.encode()))
    assert "<mark>User unknown</mark>" in content(response)


@pytest.mark.usefixtures("_entries")
def test_answer_that_is_not_translated_says_so(client):
    Entry.objects.update(summary_en="", advice_en="", body_en="")
    html = content(post(client, BOUNCE, "en"))
    assert '<h1 id="verdict" lang="ja">要約です。</h1>' in html
    assert '<div class="todo prose" lang="ja">' in html
    assert "lang=" not in content(post(client, BOUNCE)).split("<main")[1]


@pytest.mark.usefixtures("_entries")
def test_switch_of_language_posts_the_paste_again(client):
    html = content(post(client, BOUNCE + "\n<b>&amp;"))
    assert 'form="again" formaction="/en/explain/"' in html
    assert "User unknown\n&lt;b&gt;&amp;amp;</textarea>" in html
    # No blank stands before a mail's first field: it would be none.
    assert 'spellcheck="false">550 5.1.1 &lt;taro' in html


@pytest.mark.usefixtures("_entries")
def test_switch_of_language_posts_an_upload_again(client):
    raw = BOUNCE.encode() + b"\xff"
    html = content(post(client, "", file=SimpleUploadedFile("mail.eml", raw)))
    (encoded,) = re.findall(r'name="encoded" value="([^"]+)"', html)
    assert base64.b64decode(encoded) == raw
    again = client.post("/en/explain/", {"encoded": encoded})
    assert "<mark>User unknown</mark>" in content(again)


@pytest.mark.usefixtures("_entries")
def test_large_upload_comes_back_as_text(client, monkeypatch):
    monkeypatch.setattr(views.explaining, "RESEND_MAX", 60)
    html = content(
        post(client, "", file=SimpleUploadedFile("mail.eml", BOUNCE.encode() * 2))
    )
    assert 'name="encoded"' not in html
    assert f"{BOUNCE[:4]}" in html


def test_reload_of_a_result_leads_home(client):
    response = client.get("/ja/explain/")
    assert (response.status_code, response["Location"]) == (302, "/ja/")


# --- What is refused -------------------------------------------------------------------


@pytest.mark.usefixtures("_entries")
def test_empty_form_is_refused_on_the_field(client):
    response = post(client, " \n")
    html = content(response)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in html
    assert (
        html.count("メールの文面をここに貼り付けるか、ファイルを選んでください。") == 1
    )
    assert 'form="paste" formaction="/en/explain/"' in html


@pytest.mark.usefixtures("_entries")
def test_wrong_file_keeps_what_was_typed(client):
    file = SimpleUploadedFile("mail.pdf", b"%PDF")
    response = post(client, "typed before", file=file)
    assert response.status_code == 400
    assert "typed before</textarea>" in content(response)


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "nul": "\0" * 1000 + "550 \0 User unknown",
    "surrogates": "550 \ud800 User unknown \udfff",
    "controls": "".join(map(chr, range(32))) * 100,
    "bidi": "\u202e550 User unknown\u202c",
    "brackets": "<" * 20_000,
    "newlines": "\n" * 100_000 + "x",
    "template": "{{ form }}{% debug %}{user|x}",
}


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_gets_its_page(client, text):
    data = text.encode("utf-8", "surrogatepass")
    body = b"text=" + "".join(f"%{byte:02X}" for byte in data).encode()
    response = client.post(
        "/ja/explain/", body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200
    assert "<script>alert(1)</script>" not in content(response)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("letter", ["a", "あ", "5", "\n", "<", "@", " .", "550 "])
def test_a_mebibyte_of_one_letter_is_answered(client, letter):
    text = letter * (1024 * 1024 // len(letter.encode()) - 1) + "x"
    assert post(client, text).status_code == 200


@pytest.mark.usefixtures("_entries")
def test_three_mebibytes_are_refused_and_kept(client):
    text = "a" * (3 * 1024 * 1024)
    response = post(client, text)
    assert response.status_code == 413
    assert "長すぎて読み取れません" in content(response)
    assert f"{text}</textarea>" in content(response)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("multipart", [True, False], ids=["multipart", "urlencoded"])
@pytest.mark.parametrize("debug", [True, False])
def test_body_over_the_limit_of_the_server_gets_its_page(
    client, settings, debug, multipart
):
    settings.DEBUG = debug
    text = "a" * (5 * 1024 * 1024)
    if multipart:
        response = post(client, text)
    else:
        kind = "application/x-www-form-urlencoded"
        response = client.post("/en/explain/", f"text={text}", content_type=kind)
    assert response.status_code == 413
    assert 'name="text"' in content(response)


@pytest.mark.usefixtures("_entries")
def test_upload_over_the_limit_is_refused(client, settings):
    settings.UPLOAD_MAX_BYTES = 10
    file = SimpleUploadedFile("mail.eml", b"x" * 11)
    assert post(client, "", "en", file=file).status_code == 413


@pytest.mark.usefixtures("_entries")
def test_upload_that_the_server_would_drop_is_refused(client, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    file = SimpleUploadedFile("mail.eml", b"x" * 2000)
    assert post(client, "", "en", file=file).status_code == 413


@pytest.mark.usefixtures("_entries")
def test_broken_body_gets_its_page(client):
    response = client.post(
        "/en/explain/", b"rubbish", content_type="multipart/form-data; boundary="
    )
    assert response.status_code == 400
    assert "That did not come through whole" in content(response)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://testserver"},
        {"referer": "http://testserver/en/?x"},
        {"origin": "http://testserver", "sec-fetch-site": "same-origin"},
        {"origin": "https://www.example.jp", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
    ],
    ids=["program", "ours", "old browser", "new browser", "welcome", "typed"],
)
def test_paste_from_our_pages_and_from_welcome_ones_is_explained(settings, headers):
    settings.EMBED_ORIGINS = ["https://www.example.jp"]
    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/explain/", {"text": BOUNCE}, headers=headers)
    assert response.status_code == 200


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver.elsewhere.example"},
        {"referer": "https://elsewhere.example/http://testserver/"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_paste_from_another_site_is_refused_and_kept(headers):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/explain/", {"text": "typed <b>before"}, headers=headers)
    assert response.status_code == 403
    assert "Please send it once more" in content(response)
    assert "It did not come from a page of ours" in content(response)
    assert "typed &lt;b&gt;before</textarea>" in content(response)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize("address", [page[0] for page in PAGES])
def test_page_sets_no_cookie(client, address):
    response = client.get(f"/en/{address}")
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.usefixtures("_entries")
def test_too_many_pastes_have_to_wait(client, settings):
    settings.PASTE_RATE_LIMIT, settings.PASTE_RATE_SECONDS = 2, 3600
    answers = [post(client, BOUNCE, "en") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 3600
    assert "taro.secret@example.jp" in content(answers[2])
    other = client.post("/en/explain/", {"text": BOUNCE}, REMOTE_ADDR="192.0.2.9")
    assert other.status_code == 200


@pytest.mark.usefixtures("_entries")
def test_clients_behind_a_proxy_are_told_apart(client, settings):
    settings.PASTE_RATE_LIMIT, settings.BEHIND_PROXY = 1, True
    settings.PASTE_RATE_SECONDS = 3600

    def status(forwarded):
        headers = {"x-forwarded-for": forwarded}
        return client.post("/en/explain/", {"text": "x"}, headers=headers).status_code

    assert status("192.0.2.1") == 200
    assert status("192.0.2.2") == 200
    assert status("203.0.113.9, 192.0.2.1") == 429


@pytest.mark.usefixtures("_entries")
def test_forwarded_header_is_not_believed_without_a_proxy(client, settings):
    settings.PASTE_RATE_LIMIT, settings.PASTE_RATE_SECONDS = 1, 3600
    for forwarded, status in (("192.0.2.1", 200), ("192.0.2.2", 429)):
        headers = {"x-forwarded-for": forwarded}
        response = client.post("/en/explain/", {"text": "x"}, headers=headers)
        assert response.status_code == status


# --- Pages of trouble ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/ja/nowhere/", "お探しのページは見つかりませんでした"),
        ("/en/nowhere/", "There is no such page"),
    ],
)
@pytest.mark.django_db
def test_missing_page_says_so(client, address, words):
    response = client.get(address)
    assert response.status_code == 404
    assert words in content(response)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("view", "status"),
    [
        (lambda request: views.bad_request(request, ValueError()), 400),
        (lambda request: views.bad_request(request, RequestDataTooBig()), 413),
        (lambda request: views.forbidden(request, PermissionError()), 403),
        (lambda request: views.csrf_failure(request), 403),
        (lambda request: views.not_found(request, Http404()), 404),
        (lambda request: views.server_error(request), 500),
    ],
    ids=["400", "413", "403", "403 csrf", "404", "500"],
)
def test_page_of_trouble_needs_no_database(view, status, language):
    """Unmarked: any query would fail this test."""
    request = RequestFactory().get(f"/{language}/x/")
    with translation.override(language):
        response = view(request)
    assert response.status_code == status
    assert f'<html lang="{language}">' in content(response)


def test_crash_gets_its_page(client, monkeypatch):
    def broken():
        raise RuntimeError

    monkeypatch.setattr(views.browsing, "published_sections", broken)
    client.raise_request_exception = False
    response = client.get("/ja/errors/")
    assert response.status_code == 500
    assert "システムで問題が起きました" in content(response)


@pytest.mark.usefixtures("_entries")
def test_page_may_load_only_its_own_files(client):
    html = content(client.get("/ja/"))
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!testserver/)', html)


@pytest.mark.usefixtures("_entries")
def test_operator_names_the_site(client, settings):
    settings.SITE_NAME, settings.SUPPORT_URL = (
        "Example Hosting",
        "https://example.jp/help",
    )
    html = content(client.get("/ja/"))
    assert "<title>Example Hosting</title>" in html
    assert 'href="https://example.jp/help"' in html


@pytest.mark.usefixtures("_entries")
def test_page_is_compressed_for_those_who_ask(client):
    plain = client.get("/ja/")
    packed = client.get("/ja/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2

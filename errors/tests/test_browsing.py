"""The ways to look something up, over HTTP."""

import re

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils import timezone

from errors import catalog
from errors.models import Pattern, Provider, Tally
from errors.presentation.listing import sort_key
from errors.tests.rows import make_entry, make_section

pytestmark = pytest.mark.django_db


def content(response):
    assert response.status_code == 200
    return response.content.decode()


def entries_of(html):
    """Return the entries linked to in the text, in order."""
    text = html[html.index("<main") :]
    return list(dict.fromkeys(re.findall(r'href="/\w+/errors/([\w-]+)/"', text)))


def test_hub_leads_to_every_way_of_looking_up(client):
    entry = make_entry("one", section=make_section("s1", position=5, title_ja="分類一"))
    entry.providers.add(Provider.objects.create(slug="docomo", name_ja="ドコモ"))
    html = content(client.get("/ja/errors/"))
    for address in (
        "/ja/errors/in/s1/",
        "/ja/errors/by/code/",
        "/ja/errors/by/title/",
        "/ja/errors/by/date/",
        "/ja/errors/by/provider/docomo/",
        "/ja/errors/by/actor/recipient/",
        "/ja/errors/all/",
    ):
        assert f'href="{address}"' in html
    assert 'action="/ja/search/"' in html


def test_section_without_entries_is_not_offered(client):
    make_section("empty", position=7, title_ja="空の分類")
    assert "空の分類" not in content(client.get("/ja/errors/"))


def test_codes_show_the_standard_and_the_entries(client):
    alone = make_entry("reply-550", title_ja="550 だけ", reply_code="550")
    Pattern.objects.create(entry=alone, reply_code="550")
    make_entry("unknown", title_ja="宛先なし", reply_code="550", status_code="5.1.1")
    make_entry("odd", title_ja="独自の番号", status_code="5.7.999")
    html = content(client.get("/ja/errors/by/code/"))
    rows = dict(re.findall(r'<tr id="code-([\w.]+)">(.*?)</tr>', html, re.DOTALL))
    assert "550 だけ" in rows["550"]
    assert 'href="/ja/search/?q=550"' in rows["550"]
    assert "RFC 5321" in rows["550"]
    assert "宛先なし" in rows["x.1.1"]
    assert "独自の番号" in rows["x.7.999"]
    assert "規格にない" in rows["x.7.999"]
    assert "<a" not in rows["x.1.2"]


def test_codes_stand_in_the_order_of_their_numbers(client):
    html = content(client.get("/en/errors/by/code/"))
    codes = re.findall(r'<tr id="code-x\.(\d+\.\d+)">', html)
    assert codes == sorted(codes, key=lambda c: [int(n) for n in c.split(".")])


def test_provider_shows_its_entries_by_section(client):
    docomo = Provider.objects.create(
        slug="docomo", name_ja="ドコモ", domains="docomo.ne.jp"
    )
    late, early = make_section("late", position=90), make_section("early", position=1)
    for slug, section in (("a", late), ("b", early), ("c", late)):
        make_entry(slug, section=section).providers.add(docomo)
    make_entry("other", section=late)
    html = content(client.get("/ja/errors/by/provider/docomo/"))
    assert entries_of(html) == ["b", "a", "c"]
    assert "docomo.ne.jp" in html


def test_actor_shows_what_they_must_do(client):
    make_entry("mine", actor="sender")
    make_entry("theirs", actor="recipient")
    assert entries_of(content(client.get("/ja/errors/by/actor/recipient/"))) == [
        "theirs"
    ]


def test_titles_stand_in_the_order_they_are_read(client):
    names = {
        "a": "宛先不明",
        "b": "Zoho",
        "c": "550 だけ",
        "d": "サーバー",
        "e": "「一時的」",
        "f": "amavis",
    }
    for slug, title in names.items():
        make_entry(slug, title_ja=title)
    html = content(client.get("/ja/errors/by/title/"))
    assert entries_of(html) == ["c", "f", "b", "a", "e", "d"]
    heads = re.findall(r'<h2 id="row-\d+">([^<]+)</h2>', html)
    assert heads == ["0–9", "A", "Z", "ア", "サ"]


def test_title_is_sorted_by_its_reading():
    assert sort_key("「宛先」がない") == sort_key("アテサキガナイ".casefold())


def test_recent_changes_come_first(client):
    for slug in "abc":
        make_entry(slug)
    first = make_entry("d")
    make_entry("e")
    first.save()
    assert entries_of(content(client.get("/ja/errors/by/date/")))[:2] == ["d", "e"]


def test_hub_shows_what_is_looked_up_most(client, django_assert_num_queries):
    make_entry("one"), make_entry("two", title_ja="よく見られる題")
    assert "よく調べられている" not in content(client.get("/ja/errors/"))
    Tally.objects.create(
        day=timezone.localdate(),
        kind="look",
        source="page",
        language="ja",
        entry="two",
        count=3,
    )
    cache.clear()
    response = client.get("/ja/errors/")
    assert (
        "よく見られる題"
        in content(response).partition('id="popular"')[2].partition("</ul>")[0]
    )
    cache.clear()
    Tally.objects.all().delete()
    again = client.get("/ja/errors/", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("address", ["provider/nobody/", "actor/emperor/", "nothing/"])
def test_unknown_way_is_not_found(client, address):
    assert client.get(f"/ja/errors/by/{address}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["by/code/", "by/provider/p/", "by/actor/sender/", "by/title/", "by/date/", ""],
)
def test_draft_is_listed_nowhere(client, address):
    entry = make_entry(
        "draft", title_ja="秘密の下書き", state="draft", reply_code="550"
    )
    provider = Provider.objects.create(slug="p", name_ja="P")
    entry.providers.add(provider)
    make_entry("shown").providers.add(provider)
    assert "秘密の下書き" not in content(client.get(f"/ja/errors/{address}"))


def test_text_of_another_language_says_so(client):
    make_entry("one", title_en="", title_ja="まだ訳がありません", summary_en="")
    html = content(client.get("/en/errors/in/by-number/"))
    assert '<a href="/en/errors/one/" lang="ja">まだ訳がありません</a>' in html
    assert '<p lang="ja">要約です。</p>' in html
    assert (
        "lang=" not in content(client.get("/ja/errors/in/by-number/")).split("<main")[1]
    )


PAGES = (
    "",
    "search/",
    "search/?q=title",
    "errors/",
    "errors/all/",
    "errors/in/by-number/",
    "errors/one/",
    "errors/by/code/",
    "errors/by/provider/docomo/",
    "errors/by/actor/sender/",
    "errors/by/title/",
    "errors/by/date/",
    "feed/",
)


def refuse(*_):
    raise DatabaseError("connection refused")


def test_pages_survive_a_dead_database(client, monkeypatch):
    make_entry("one").providers.add(Provider.objects.create(slug="docomo"))
    catalog.current()
    now = catalog.time.monotonic()
    monkeypatch.setattr(catalog.time, "monotonic", lambda: now + 60)
    with connection.execute_wrapper(refuse):
        answers = {page: client.get(f"/ja/{page}").status_code for page in PAGES}
    assert answers == dict.fromkeys(PAGES, 200)

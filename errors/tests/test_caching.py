"""Pages that were not changed are not sent again."""

import json
from datetime import timedelta

import pytest
from django.db.models import F
from django.template.loader import render_to_string

from errors import catalog
from errors.forms import ExplainForm
from errors.models import CatalogRevision, Entry, Provider, Section
from errors.tests import kept
from errors.tests.rows import make_entry
from errors.views import caching

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/ja/errors/",
    "/ja/errors/all/",
    "/ja/errors/in/by-number/",
    "/ja/errors/one/",
    "/ja/errors/by/code/",
    "/ja/errors/by/provider/docomo/",
    "/ja/errors/by/actor/sender/",
    "/ja/errors/by/title/",
    "/ja/errors/by/date/",
    "/ja/glossary/",
    "/ja/feed/",
    "/sitemap.xml",
    "/robots.txt",
    "/ja/",
    "/ja/search/",
    "/ja/search/?q=title",
    "/ja/search/?q=user+unknown",
    "/ja/code/550-5.1.1/",
    "/ja/case/failure/one~550-5.1.1~wording~failed/",
]


@pytest.fixture(autouse=True)
def _entries(db):
    entry = make_entry("one", "user unknown")
    entry.providers.add(Provider.objects.create(slug="docomo", name_ja="ドコモ"))


def edit():
    entry = Entry.objects.get(slug="one")
    entry.title_ja = "新しい題"
    entry.save()
    catalog.forget()


@pytest.mark.parametrize("address", PUBLIC)
def test_unchanged_page_is_not_sent_again(client, django_assert_num_queries, address):
    first = client.get(address)
    with django_assert_num_queries(0):
        again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["Cache-Control"] == first["Cache-Control"]
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize("address", PUBLIC)
def test_proxy_of_ours_reads_its_own_word_first(client, address):
    """nginx 1.22 goes by the first of the two, and Cache-Control says 0."""
    names = list(client.get(address).headers)
    assert names.index("X-Accel-Expires") < names.index("Cache-Control")


@pytest.mark.parametrize("address", PUBLIC)
def test_date_alone_will_do(client, address):
    first = client.get(address)
    again = client.get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", PUBLIC)
def test_date_is_that_of_the_catalog_where_its_newest_entry_is_older(client, address):
    Entry.objects.update(updated=F("updated") - timedelta(days=2))
    CatalogRevision.objects.update(changed=F("changed") + timedelta(days=1))
    catalog.forget()
    test_date_alone_will_do(client, address)


@pytest.mark.parametrize("address", PUBLIC)
def test_edited_catalog_is_sent(client, address):
    first = client.get(address)
    edit()
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("address", PUBLIC)
def test_page_is_sent_again_on_another_day(client, monkeypatch, address):
    """An entry may be valid from that day, or no longer."""
    first = client.get(address)
    tomorrow = caching.today() + timedelta(days=1)
    monkeypatch.setattr(caching, "today", lambda: tomorrow)
    for header, name in (
        ("if-none-match", "ETag"),
        ("if-modified-since", "Last-Modified"),
    ):
        again = client.get(address, headers={header: first[name]})
        assert again.status_code == 200


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_is_the_same_for_everybody(client, address):
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


@pytest.mark.parametrize(
    ("one", "other"),
    [("/ja/errors/", "/en/errors/"), ("/ja/search/?q=a", "/ja/search/?q=b")],
)
def test_pages_that_differ_have_tags_that_differ(client, one, other):
    assert client.get(one)["ETag"] != client.get(other)["ETag"]


def test_address_with_a_language_does_not_depend_on_the_browser(client):
    for language in ("ja", "en"):
        response = client.get("/ja/errors/", headers={"accept-language": language})
        assert "Accept-Language" not in response.get("Vary", "")
        assert response["Content-Language"] == "ja"
    assert "Accept-Language" in client.get("/")["Vary"]


def test_changed_files_or_settings_are_sent(client, settings, monkeypatch):
    first = client.get("/ja/errors/")["ETag"]
    settings.SITE_NAME = "Another name"
    caching._remember_version.cache_clear()
    assert client.get("/ja/errors/")["ETag"] != first
    caching._remember_version.cache_clear()


def test_new_logo_of_the_same_name_is_sent(settings, tmp_path):
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    versions = set()
    for name in ("logo.1.svg", "logo.2.svg"):
        manifest = {"version": "1.1", "paths": {"brand/logo.svg": f"brand/{name}"}}
        (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
        options = {"location": str(tmp_path)}
        staticfiles = {"BACKEND": backend, "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": staticfiles}
        settings.LOGO = "logo.svg"
        versions.add(caching._read_version()[0])
    assert len(versions) == 2


def test_catalog_of_the_same_number_but_another_day_is_sent(client):
    first = client.get("/ja/errors/")
    CatalogRevision.objects.update(changed=F("changed") + timedelta(days=1))
    Entry.objects.update(title_ja="新しい題")
    catalog.forget()
    again = client.get("/ja/errors/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200


def test_version_follows_the_content_of_files(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text("one")
    before = caching._read_version()[0]
    page.write_text("two")
    assert caching._read_version()[0] != before


def test_long_page_is_made_once(client):
    first = client.get("/ja/errors/all/").content
    found = [key for key in kept.names() if "page:/ja/errors/all/" in key]
    assert len(found) == 1
    assert client.get("/ja/errors/all/").content == first
    edit()
    assert "新しい題" in client.get("/ja/errors/all/").content.decode()


def test_piece_of_a_page_goes_with_the_catalog_it_shows(client):
    """An edit may come between the view, which takes the catalog, and the template."""
    before = catalog.require()
    section = Section.objects.get()
    section.title_ja = "新しい分類"
    section.save()
    catalog.forget()
    catalog.current()
    shown = {"published": before, "sections": before.sections, "form": ExplainForm()}
    assert "新しい分類" not in render_to_string("errors/home.html", shown)
    assert "新しい分類" in client.get("/ja/").content.decode()


@pytest.mark.parametrize("address", ["/ja/errors/all/", "/sitemap.xml"])
def test_page_with_a_query_is_not_kept(client, address):
    assert client.get(address, {"q": "taro@example.jp"}).status_code == 200
    assert not [key for key in kept.names() if "page:" in key]
    assert "taro" not in kept.everything()


@pytest.mark.parametrize("address", ["/ja/errors/nothing/", "/ja/errors/in/nothing/"])
def test_page_that_is_not_there_has_no_tag(client, address):
    response = client.get(address)
    assert (response.status_code, "ETag" in response) == (404, False)


@pytest.mark.parametrize("address", ["/ja/explain/", "/ja/find/"])
def test_result_is_kept_by_nobody(client, address):
    response = client.post(address, {"text": "550 <a@example.jp> user unknown"})
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response

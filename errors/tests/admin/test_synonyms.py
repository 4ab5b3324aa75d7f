"""Synonyms at the desk: from a lost search to a group of words, kept and shipped as all else."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from errors import catalog
from errors.models import LostSearch, Synonym
from errors.shipping.exporting import export
from errors.tests.admin.pages import fields_of, make_client, open_page, send, url_of
from errors.tests.rows import make_entry
from errors.versions import versions_of

pytestmark = pytest.mark.django_db

ADD = "admin:errors_synonym_add"


@pytest.fixture
def editor():
    return make_client("editor", name="hanako")


@pytest.fixture
def lost():
    days = {"first_seen": "2026-03-01", "last_seen": "2026-03-02"}
    return LostSearch.objects.create(query="ぱんぱん", language="ja", count=3, **days)


def make_synonym(**values):
    words = {"words_ja": "満杯\nいっぱい", "words_en": "full"}
    return Synonym.objects.create(slug="full", **{**words, **values})


def test_an_editor_makes_a_lost_search_find_something(editor, lost, client):
    make_entry("full", title_ja="メールボックスが満杯です")
    catalog.forget()
    search = ("/ja/search/", {"q": "ぱんぱん"})
    assert 'href="/ja/errors/full/"' not in client.get(*search).content.decode()

    listed = editor.get(reverse("admin:errors_lostsearch_changelist"))
    link = re.search(r'href="([^"]+/synonym/add/[^"]+)"', listed.content.decode())
    fields = fields_of(editor.get(link[1]))
    assert fields["words_ja"] == "ぱんぱん"
    said = fields | {"words_ja": "ぱんぱん\n満杯"}
    assert editor.post(reverse(ADD), said).status_code == 302

    assert Synonym.objects.get().slug == "synonym"
    catalog.forget()
    assert 'href="/ja/errors/full/"' in client.get(*search).content.decode()


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ({"words_ja": "満杯", "words_en": "over quota\nfull"}, "over-quota"),
        ({"words_ja": "満杯\nDocomo"}, "docomo"),
        ({"words_en": "full"}, "full-2"),
    ],
)
def test_a_slug_is_made_of_the_words(editor, words, slug):
    make_synonym()
    editor.post(reverse(ADD), words)
    assert Synonym.objects.latest("pk").slug == slug


def test_a_change_is_kept_in_the_history_with_its_author(editor):
    row = make_synonym()
    data = open_page(editor, row) | {"words_en": "full\nover quota"}
    assert send(editor, row, data).status_code == 302
    newest, oldest = versions_of(Synonym, row.pk)
    assert (newest.who, newest.content["words"]["en"]) == ("hanako", "full\nover quota")
    page = editor.get(url_of(row, "history"))
    assert "over quota" in page.content.decode()

    back = {"version": "1", "newest": "2"}
    assert editor.post(url_of(row, "history"), back).status_code == 302
    row.refresh_from_db()
    assert row.words_en == oldest.content["words"]["en"] == "full"


def test_the_second_of_two_editors_is_told(editor):
    row = make_synonym()
    data = open_page(editor, row)
    row.words_en = "crammed"  # by somebody else
    row.save()
    response = send(editor, row, data | {"words_en": "overfull"})
    assert response.status_code == 409
    row.refresh_from_db()
    assert row.words_en == "crammed"


def test_a_file_with_other_words_is_shown_and_brought_in():
    publisher = make_client("publisher")
    row = make_synonym()
    changed = export()["synonyms.yaml"].replace("- full", "- brimful").encode()
    page = reverse("admin:errors_entry_exchange")
    data = {"file": SimpleUploadedFile("synonyms.yaml", changed), "what": "entry"}
    shown = publisher.post(page, data)
    assert [(c.kind, c.key) for c in shown.context["changes"]] == [("synonym", "full")]
    again = {**shown.context["again"].initial, "token": shown.context["token"]}
    assert publisher.post(page, again).status_code == 302
    row.refresh_from_db()
    assert row.words_en == "brimful"


@pytest.mark.parametrize(
    ("group", "adds", "words"),
    [
        ("editor", 200, {"words_ja": "新", "words_en": "new"}),
        ("publisher", 200, {"words_ja": "新", "words_en": "new"}),
        ("translator-en", 403, {"words_ja": "満杯\nいっぱい", "words_en": "new"}),
    ],
)
def test_each_role_changes_what_is_theirs(group, adds, words):
    staff = make_client(group)
    assert staff.get(reverse(ADD)).status_code == adds
    row = make_synonym()
    new = {"words_ja": "新", "words_en": "new"}
    assert send(staff, row, open_page(staff, row) | new).status_code == 302
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in words} == words

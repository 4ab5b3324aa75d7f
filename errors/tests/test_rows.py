"""The published rows in a file: whole, in every language, and nothing that is not public."""

import json

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from errors.models import Gloss, Pattern, Provider, Relation
from errors.rows import columns_of, load_rows, read_rows, save_rows
from errors.tests.rows import make_entry, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.jsonl"


@pytest.fixture
def _catalog():
    docomo = Provider.objects.create(slug="docomo", name_ja="ドコモ", name_en="docomo")
    section = make_section("by-subject", position=30, title_ja="件名別")
    full = make_entry("full", "mailbox full", section=section)
    unknown = make_entry("unknown", internal_note="Ask Hanako, ext. 4711")
    unknown.providers.add(docomo)
    Pattern.objects.create(entry=unknown, text="user unknown", provider=docomo)
    Relation.objects.create(entry=unknown, other=full, difference_en="Theirs is full.")
    draft = make_entry("draft", "a draft's words", state="draft", title_ja="下書き")
    Relation.objects.create(entry=unknown, other=draft)
    Gloss.objects.create(text="Status", role="label", translation_ja="状態")


def describe(rows):
    """Return all that pages and engine read of rows, through their relations."""
    return [
        (
            section.title_ja,
            [
                (
                    entry.slug,
                    entry.title_ja,
                    entry.title_en,
                    entry.section.slug,
                    entry.updated.replace(microsecond=0),
                    [provider.name_ja for provider in entry.providers.all()],
                    [(one.text, one.provider_id) for one in entry.patterns.all()],
                    [
                        (r.other.title_en, r.difference_en)
                        for r in entry.relations.all()
                    ],
                )
                for entry in section.entries.all()
            ],
        )
        for section in rows.sections
    ] + [(gloss.text, gloss.translation_ja) for gloss in rows.glosses]


@pytest.mark.usefixtures("_catalog")
@pytest.mark.parametrize("languages", [("ja", "en"), ("en", "ja")])
def test_file_gives_back_the_same_rows(path, languages, django_assert_num_queries):
    writer, reader = languages
    with translation.override(writer):
        rows = read_rows()
        save_rows(rows, path, 7)
    with translation.override(reader), django_assert_num_queries(0):
        loaded, revision = load_rows(path)
        assert describe(loaded) == describe(rows)
    assert revision == 7


@pytest.mark.usefixtures("_catalog")
def test_rows_know_their_neighbours_without_a_query(django_assert_num_queries):
    rows = read_rows()
    with django_assert_num_queries(0):
        (by_number, by_subject) = describe(rows)[:2]
    assert by_number[1][0][5:] == (
        ["ドコモ"],
        [("user unknown", Provider.objects.get().pk)],
        [("Title of full", "Theirs is full.")],
    )
    assert by_subject[0] == "件名別"


@pytest.mark.usefixtures("_catalog")
def test_file_holds_nothing_but_what_is_public(path):
    save_rows(read_rows(), path, 7)
    text = path.read_text("utf-8")
    assert "mailbox full" in text
    assert "4711" not in text
    assert "a draft" not in text
    assert "下書き" not in text


def test_file_knows_of_no_account():
    assert columns_of(User) >= {"username"}
    assert not columns_of(User) & {"groups", "user_permissions"}


@pytest.mark.usefixtures("_catalog")
def test_column_that_this_release_does_not_know_is_passed_over(path):
    save_rows(read_rows(), path, 7)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines[1:]:
        line["fields"]["from_the_future"] = 1
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert describe(load_rows(path)[0]) == describe(read_rows())


@pytest.mark.usefixtures("_catalog")
def test_file_that_was_cut_off_is_refused(path):
    save_rows(read_rows(), path, 7)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="not a catalog of ours"):
        load_rows(path)


@pytest.mark.parametrize("text", ["", "{}\n", "[]\n", '{"revision": null}\n'])
def test_file_of_something_else_is_refused(path, text):
    path.write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is json's own, or ours
        load_rows(path)


@pytest.mark.usefixtures("_catalog")
def test_failed_writing_keeps_the_file_that_was_there(path, monkeypatch):
    save_rows(read_rows(), path, 7)
    monkeypatch.setattr("os.fsync", _full)
    with pytest.raises(OSError, match="no space"):
        save_rows(read_rows(), path, 8)
    assert load_rows(path)[1] == 7
    assert list(path.parent.iterdir()) == [path]


def _full(_):
    raise OSError("no space")

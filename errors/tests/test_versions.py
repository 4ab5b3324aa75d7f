"""Versions: an entry as a whole, at every act, and back again."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from errors import history
from errors.models import Entry, Gloss, Provider, Section, Term
from errors.shipping.contents import content_of
from errors.tests.rows import make_entry, make_section
from errors.versions import restore, versions_of

pytestmark = pytest.mark.django_db


def make_versions():
    """Make an entry of three versions; return it with what it said at each, newest first."""
    contents = []
    with history.one_act():
        other = make_entry("other", "nothing of it")
        docomo = Provider.objects.create(slug="docomo", name_ja="ドコモ")
        entry = make_entry("one", "user unknown", examples=["550 user unknown"])
        entry.relations.create(other=other, difference_ja="違い")
    contents.append(content_of(entry))
    with history.one_act("second"):
        entry.title_ja = "新しい題"
        entry.save()
        entry.providers.add(docomo)
        entry.patterns.create(text="no such user", provider=docomo)
        entry.relations.all().delete()
    contents.append(content_of(Entry.objects.get(pk=entry.pk)))
    with history.one_act("third"):
        entry.patterns.first().delete()
        entry.examples.update_or_create(defaults={"text": "550 no such user"})
    contents.append(content_of(Entry.objects.get(pk=entry.pk)))
    return entry, contents[::-1]


def test_each_act_is_one_version_of_the_whole_entry():
    entry, contents = make_versions()
    versions = versions_of(Entry, entry.pk)
    assert [v.content for v in versions] == contents
    assert [v.reason for v in versions] == ["third", "second", ""]


@pytest.mark.parametrize("number", [1, 6])
def test_versions_take_a_constant_number_of_queries(number, django_assert_num_queries):
    entry, _ = make_versions()
    for n in range(number):
        entry.patterns.create(text=f"phrase {n}")
    with django_assert_num_queries(11):
        versions_of(Entry, entry.pk)


@pytest.mark.parametrize("number", [1, 2])
def test_restoring_brings_a_version_back_whole(number):
    entry, contents = make_versions()
    with history.one_act("back"):
        restore(Entry.objects.get(pk=entry.pk), contents[number])
    again = Entry.objects.get(pk=entry.pk)
    assert content_of(again) == contents[number]
    newest = versions_of(Entry, entry.pk)[0]
    assert (newest.content, newest.reason) == (contents[number], "back")


def test_a_deleted_entry_is_a_version_and_comes_back():
    entry, contents = make_versions()
    pk = entry.pk
    with history.one_act():
        Entry.objects.get(pk=pk).delete()
    assert versions_of(Entry, pk)[0].content is None
    assert versions_of(Entry, pk)[1].content == contents[0]
    restore(Entry(pk=pk), contents[2])
    assert content_of(Entry.objects.get(pk=pk)) == contents[2]


def test_names_of_what_is_gone_are_those_it_had():
    entry, contents = make_versions()
    Entry.objects.get(slug="other").delete()
    Section.objects.filter(slug="by-number").update(slug="renamed")
    oldest = versions_of(Entry, entry.pk)[-1].content
    assert oldest == {**contents[2], "section": "renamed"}


def test_restoring_says_what_is_no_more():
    entry, contents = make_versions()
    Entry.objects.get(slug="other").delete()
    with translation.override("en"):
        with pytest.raises(ValidationError, match="There is no entry other to relate"):
            restore(entry, contents[2])
        with pytest.raises(ValidationError, match="There is no section gone"):
            restore(entry, {**contents[1], "section": "gone"})


def test_a_place_in_the_section_is_kept_or_found():
    entry, contents = make_versions()
    make_section("elsewhere", position=90)
    place = entry.position
    restore(entry, contents[1])
    assert entry.position == place
    restore(entry, {**contents[1], "section": "elsewhere"})
    assert (entry.section.slug, entry.position) == ("elsewhere", 10)


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda: make_section(), {"title_ja": "別"}),
        (
            lambda: Provider.objects.create(slug="docomo", name_ja="ドコモ"),
            {"domains": "docomo.ne.jp"},
        ),
        (
            lambda: Gloss.objects.create(
                text="Hi", translation_ja="やあ", role="label"
            ),
            {"role": "framing"},
        ),
        (
            lambda: Term.objects.create(
                slug="bounce", name_ja="エラーメール", explanation_ja="戻ったメール。"
            ),
            {"avoid_ja": "バウンス"},
        ),
    ],
    ids=["section", "provider", "gloss", "term"],
)
def test_plain_rows_have_versions_too(make, change):
    row = make()
    before = content_of(row)
    for name, value in change.items():
        setattr(row, name, value)
    row.save()
    newest, oldest = versions_of(type(row), row.pk)
    assert (newest.content, oldest.content) == (content_of(row), before)
    restore(row, before)
    row.refresh_from_db()
    assert content_of(row) == before


def test_nothing_has_no_versions():
    assert versions_of(Entry, 12345) == []

"""Models: what the database itself refuses, and how rows call themselves."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from errors.models import Entry, Gloss, Pattern, Section
from errors.tests.rows import make_entry, make_section

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "values",
    [
        {"reply_code": "55"},
        {"reply_code": "650"},
        {"reply_code": "abc"},
        {"status_code": "5.1"},
        {"status_code": "3.1.1"},
        {"status_code": "5.1.1x"},
        {"valid_from": "2026-01-02", "valid_until": "2026-01-01"},
    ],
)
def test_database_refuses_invalid_values(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_entry("bad", **values)
    assert not Entry.objects.exists()


def test_a_slug_and_a_place_are_taken_once():
    first = make_entry("one")
    for values in ({"slug": "one"}, {"slug": "two", "position": first.position}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_entry(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Section.objects.create(slug="other", position=first.section.position)


@pytest.mark.parametrize(
    ("values", "fine"),
    [
        ({"text": ""}, False),
        ({"text": "", "reply_code": "5"}, True),
        ({"text": "", "status_code": "5.7"}, True),
        ({"text": "", "reply_code": "5x"}, False),
        ({"text": "", "status_code": "7"}, False),
        ({"text": "quota exceeded"}, True),
    ],
)
def test_a_pattern_needs_words_or_a_valid_code(values, fine):
    entry = make_entry()
    if fine:
        Pattern.objects.create(entry=entry, **values)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            Pattern.objects.create(entry=entry, **values)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (
            "over {quta}",
            "phrase",
            "There is no capture of this type: {quta} (at position 6)",
        ),
        ("over {quota", "phrase", "A brace is not closed. (at position 6)"),
        (
            "ab",
            "phrase",
            "The fixed words are too short to be looked for. (at position 1)",
        ),
    ],
)
def test_an_unusable_pattern_says_why_and_where(text, kind, said):
    pattern = Pattern(entry=make_entry(), text=text, kind=kind)
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        pattern.full_clean()
    assert caught.value.message_dict == {"text": [said]}


def test_an_expression_that_the_linear_engine_refuses_is_refused():
    pattern = Pattern(entry=make_entry(), text="(?<!not )over quota", kind="regex")
    with pytest.raises(ValidationError, match="perl operator"):
        pattern.full_clean()


def test_published_is_what_the_public_sees():
    make_entry("seen")
    make_entry("draft", state="draft")
    assert [entry.slug for entry in Entry.objects.published()] == ["seen"]


def test_rows_know_their_address_and_name_in_the_active_language():
    entry = make_entry("full")
    with translation.override("en"):
        assert (str(entry), entry.get_absolute_url()) == (
            "Title of full",
            "/en/errors/full/",
        )
    with translation.override("ja"):
        assert (str(entry), entry.get_absolute_url()) == (
            "fullの題",
            "/ja/errors/full/",
        )


def test_natural_keys_find_the_row():
    entry = make_entry("full")
    assert Entry.objects.get_by_natural_key(*entry.natural_key()) == entry
    section = make_section()
    assert Section.objects.get_by_natural_key(*section.natural_key()) == section


def test_entries_stand_in_the_order_of_section_and_place():
    later = make_section("later", position=30)
    make_entry("c", section=later)
    make_entry("b", position=2)
    make_entry("a", position=1)
    assert [entry.slug for entry in Entry.objects.all()] == ["a", "b", "c"]


def test_a_gloss_stands_once():
    Gloss.objects.create(text="Status", role="label")
    with pytest.raises(IntegrityError), transaction.atomic():
        Gloss.objects.create(text="Status", role="framing")


def test_a_translation_is_stale_when_its_original_changed_after_it():
    entry = make_entry(title_ja="題", title_en="Title")
    assert entry.find_stale() == []
    entry.title_ja = "新しい題"
    entry.save()
    assert Entry.objects.get().find_stale() == ["title_en"]
    entry.title_en = "New title"
    entry.save()
    assert Entry.objects.get().find_stale() == []


@pytest.mark.parametrize(
    "change",
    [
        {"title_ja": "題\r\n"},
        {"title_en": "Other title"},
        {"title_ja": "別の題", "title_en": "Another title"},
        {"title_ja": "別の題", "title_en": ""},
        {"reason": "filtered"},
    ],
)
def test_a_translation_is_not_stale_for_other_changes(change):
    entry = make_entry(title_ja="題", title_en="Title")
    for name, value in change.items():
        setattr(entry, name, value)
    entry.save()
    assert Entry.objects.get().find_stale() == []


def test_a_stale_translation_can_be_taken_for_right():
    entry = make_entry(title_ja="題", title_en="Title", body_ja="本文", body_en="Body")
    entry.title_ja, entry.body_ja = "別の題", "別の本文"
    entry.confirm(["body_en", "no_such_field"])
    entry.save()
    assert Entry.objects.get().find_stale() == ["title_en"]
    entry.confirm()
    entry.save(update_fields=["slug"])
    assert Entry.objects.get().find_stale() == []


def test_going_back_to_the_old_original_makes_the_translation_right_again():
    entry = make_entry(title_ja="題", title_en="Title")
    for title in ("別の題", "題"):
        entry.title_ja = title
        entry.save()
    assert entry.find_stale() == []

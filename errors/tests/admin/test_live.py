"""Live: what the page shows while somebody types is what the site and the save will say."""

import pytest
from django.urls import reverse

from errors.tests.admin.pages import make_client
from errors.tests.rows import entries_as_saved, make_entry

pytestmark = pytest.mark.django_db

PREVIEW, TRY = "admin:errors_entry_preview", "admin:errors_entry_try"


@pytest.fixture
def editor():
    return make_client("editor")


def preview(client, text, field="body", language="en"):
    data = {"text": text, "field": field, "language": language}
    return client.post(reverse(PREVIEW), data).content.decode()


def test_markdown_is_rendered_as_on_the_site(editor):
    shown = preview(editor, "**Over** {size|the limit}\n\n1. Wait\n2. Send again")
    assert "<strong>Over</strong> the limit" in shown
    assert "<li>Wait</li>" in shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "{size|<script>alert(1)</script>}",
    ],
)
@pytest.mark.parametrize("field", ["body", "summary", "handover"])
def test_nothing_that_runs_comes_back(editor, field, text):
    shown = preview(editor, text, field)
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown


def test_plain_fields_are_shown_as_they_are(editor):
    assert "**not bold** the limit" in preview(
        editor, "**not bold** {size|the limit}", "summary"
    )


def test_an_unknown_language_is_the_sites_own(editor):
    assert 'lang="ja"' in preview(editor, "x", language="xx")


def try_pattern(client, text, examples=(), **values):
    data = {"text": text, "example": list(examples), **values}
    return client.post(reverse(TRY), data).content.decode()


def test_a_pattern_says_where_it_is_met_and_what_it_captures(editor):
    shown = try_pattern(
        editor,
        "limit of {size}",
        ["552 limit of 10485760 bytes", "550 user unknown"],
        sample="a LIMIT  of 5 MB",
        wordings="no such thing",
    )
    assert "<mark>LIMIT  of 5 MB</mark>" in shown
    assert "<mark>limit of 10485760 bytes</mark>" in shown
    assert "<code>size</code> 10 MB" in shown
    assert "Not in: no such thing, Example 2" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("over {quta}", "phrase", "There is no capture of this type: {quta}"),
        ("ab", "phrase", "The fixed words are too short"),
        ("a(", "regex", "The expression is not accepted"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(editor, text, kind, said):
    assert said in try_pattern(editor, text, ["550 user unknown"], kind=kind)


def test_a_pattern_is_tried_on_the_examples_of_others(editor):
    make_entry("full", "mailbox full", examples=["552 mailbox full of letters"])
    make_entry("mine", "letters", examples=["552 letters"])
    shown = try_pattern(editor, "full of letters", slug="mine")
    assert "Title of full" in shown
    assert "Title of mine" not in shown


def test_many_others_are_counted(editor):
    for n in range(10):
        make_entry(f"e{n}", f"phrase {n}", examples=[f"mailbox full {n}"])
    assert "and 2 more" in try_pattern(editor, "mailbox full")


def test_nothing_to_try_it_on_is_said(editor):
    assert "Nothing to try it on yet" in try_pattern(editor, "user unknown")


@pytest.mark.parametrize("name", [PREVIEW, TRY])
def test_the_fragments_are_for_staff_who_see_entries(name):
    assert make_client(name="nobody").post(reverse(name)).status_code == 403
    assert make_client("editor").get(reverse(name)).status_code == 405


def test_nothing_is_stored(editor):
    make_entry("one", "user unknown")
    before = entries_as_saved()
    preview(editor, "taro@example.jp")
    try_pattern(editor, "taro@example.jp unknown", ["taro@example.jp unknown"])
    assert entries_as_saved() == before

"""The history's page: every version, two side by side, and the way back."""

import pytest
from django.urls import reverse

from errors.history import one_act
from errors.models import Entry, Section
from errors.tests.admin.pages import (
    before_its_turn,
    make_client,
    open_page,
    send,
    url_of,
)
from errors.tests.rows import make_entry
from errors.versions import versions_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    """Make an entry of two versions."""
    with one_act("loadcatalog"):
        entry = make_entry("one", "user unknown", examples=["550 user unknown"])
    with one_act():
        entry.title_ja = "配達できない題"
        entry.save()
        entry.patterns.create(text="no such user")
    return entry


def page_of(client, row, **query):
    return client.get(url_of(row, "history"), query)


def bring_back(client, row, number, newest=2, **more):
    data = {"version": number, "newest": newest, **more}
    return client.post(url_of(row, "history"), data)


def test_versions_are_listed_with_what_they_changed(entry):
    page = page_of(make_client("editor"), entry)
    lines = page.context["lines"]
    assert [(one.number, one.changed, one.reason) for one in lines] == [
        (2, "title (日本語), patterns", ""),
        (1, "Newly added", "The shipped catalog was loaded"),
    ]


def test_two_versions_stand_side_by_side_word_by_word(entry):
    content = page_of(make_client("editor"), entry).content.decode()
    assert "<del>oneの</del>題" in content
    assert "<ins>配達できない</ins>題" in content
    assert "user unknown<ins>\nno such user</ins>" in content


@pytest.mark.parametrize(
    ("before", "after", "labels"),
    [
        (1, 2, ["title (日本語)", "patterns"]),
        (2, 1, ["title (日本語)", "patterns"]),
        (1, 1, []),
        (1, "x", ["title (日本語)", "patterns"]),
    ],
)
def test_any_two_can_be_chosen(entry, before, after, labels):
    page = page_of(make_client("editor"), entry, before=before, after=after)
    assert [row.label for row in page.context["rows"]] == labels


def test_the_first_version_is_compared_with_nothing(entry):
    page = page_of(make_client("editor"), entry, before=0, after=1)
    assert all(row.pair.before == () for row in page.context["rows"])
    assert "slug" in [row.label for row in page.context["rows"]]


def test_bringing_back_makes_a_new_version_with_its_author(entry):
    client = make_client("publisher", name="hanako")
    assert bring_back(client, entry, 1).status_code == 302
    entry.refresh_from_db()
    assert (entry.title_ja, entry.patterns.count()) == ("oneの題", 1)
    newest = versions_of(Entry, entry.pk)[0]
    assert (newest.who, newest.reason) == ("hanako", "back 1")
    assert page_of(client, entry).context["lines"][0].reason == "Back to version 1"


def test_bringing_back_is_rehearsed_and_can_be_confirmed(entry):
    entry.patterns.get(text="no such user").delete()
    other = make_entry("other", "no such user at all", examples=["no such user at all"])
    entry.patterns.create(text="unknown user here")
    number = len(versions_of(Entry, entry.pk))
    Entry.objects.filter(pk=entry.pk).update(priority=5)
    client = make_client("publisher")
    data = open_page(client, entry) | {"priority": "5"}
    send(client, entry, data)
    entry.refresh_from_db()
    assert entry.priority == 5
    with one_act():
        entry.patterns.create(text="no such user")
    taken = len(versions_of(Entry, entry.pk))
    with one_act():
        entry.patterns.get(text="no such user").delete()
    response = bring_back(client, entry, taken, newest=taken + 1)
    assert response.status_code == 409
    assert [c.slug for c in response.context["trouble"].cards()] == [other.slug]
    token = response.context["trouble"].token
    assert number < taken
    assert (
        bring_back(client, entry, taken, taken + 1, _confirm=token).status_code == 302
    )
    assert entry.patterns.filter(text="no such user").exists()


def test_a_version_saved_in_the_meantime_is_not_overwritten(entry):
    client = make_client("publisher")
    response = bring_back(client, entry, 1, newest=1)
    assert response.status_code == 302
    entry.refresh_from_db()
    assert entry.title_ja == "配達できない題"
    page = page_of(client, entry)
    assert "somebody else saved" in str(next(iter(page.context["messages"])))


def test_a_version_saved_while_this_waits_for_its_turn_is_not_overwritten(entry):
    entry.title_en = "Hers"
    client = make_client("publisher")
    with before_its_turn(entry.save):
        assert bring_back(client, entry, 1).status_code == 302
    entry.refresh_from_db()
    assert entry.title_en == "Hers"


@pytest.mark.parametrize(
    ("group", "state", "status"),
    [
        ("editor", "published", 403),
        ("editor", "draft", 403),  # version 1 was published
        ("translator-en", "draft", 403),
        ("publisher", "published", 302),
    ],
)
def test_only_who_may_change_all_of_it_brings_it_back(entry, group, state, status):
    if state == "draft":
        with one_act():
            Entry.objects.filter(pk=entry.pk).update(state="draft")
            Entry.objects.get(pk=entry.pk).save()
    newest = len(versions_of(Entry, entry.pk))
    assert bring_back(make_client(group), entry, 1, newest).status_code == status


def test_an_editor_brings_a_draft_back_to_a_draft():
    with one_act():
        draft = make_entry("draft", state="draft")
    with one_act():
        draft.title_en = "Spoilt"
        draft.save()
    assert bring_back(make_client("editor"), draft, 1).status_code == 302
    draft.refresh_from_db()
    assert draft.title_en == "Title of draft"


def test_a_deleted_entry_is_listed_and_comes_back(entry):
    client, pk = make_client("publisher"), entry.pk
    client.post(url_of(entry, "delete"), {"post": "yes"})
    assert not Entry.objects.exists()
    page = client.get(reverse("admin:errors_entry_deleted"))
    history = reverse("admin:errors_entry_history", args=[pk])
    assert f'href="{history}"' in page.content.decode()
    page = client.get(history)
    assert page.context["lines"][0].changed == "Deleted"
    response = client.post(history, {"version": 2, "newest": 3})
    assert response.status_code == 302
    assert Entry.objects.get(pk=pk).title_ja == "配達できない題"
    page = client.get(reverse("admin:errors_entry_deleted"))
    assert history not in page.content.decode()


def test_what_cannot_be_brought_back_says_why(entry):
    client = make_client("publisher")
    with one_act():
        entry.slug = "renamed"
        entry.save()
    make_entry("one")
    response = bring_back(client, entry, 1, newest=3)
    page = client.get(response.headers["Location"])
    assert str(next(iter(page.context["messages"]))) == (
        "This version cannot be brought back: Its slug belongs to another row now."
    )


@pytest.mark.parametrize("number", ["0", "7", "x", ""])
def test_a_version_that_there_is_not_is_not_found(entry, number):
    assert bring_back(make_client("publisher"), entry, number).status_code == 404


@pytest.mark.parametrize("pk", ["12345", "x", str(10**30), "_2f"])
def test_a_row_that_never_was_is_not_found(pk):
    url = reverse("admin:errors_entry_history", args=[pk])
    assert make_client("publisher").get(url).status_code == 404


def test_other_rows_have_their_page_too(entry):
    section = Section.objects.get()
    section.title_en = "Changed"
    section.save()
    client = make_client("publisher")
    newest = len(versions_of(Section, section.pk))
    assert bring_back(client, section, 1, newest).status_code == 302
    section.refresh_from_db()
    assert section.title_en == "By number"


def test_strangers_do_not_see_the_history(entry):
    assert page_of(make_client(name="nobody"), entry).status_code == 403

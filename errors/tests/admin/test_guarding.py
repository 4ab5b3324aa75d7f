"""Guarding: a change that takes an Example from its entry stops until somebody confirms it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from errors.history import one_act
from errors.models import Entry, Gloss
from errors.tests.admin.pages import fields_of, make_client, open_page, send, url_of
from errors.tests.rows import make_entry
from errors.versions import versions_of

pytestmark = pytest.mark.django_db

TEXT = "552 the mailbox full of letters"


@pytest.fixture
def full():
    return make_entry("full", "mailbox full", examples=[TEXT])


@pytest.fixture
def thief():
    return make_entry("thief", "letters of credit")


def steal(client, thief, **more):
    """Give the thief a longer phrase, and send the page."""
    data = open_page(client, thief) | {"patterns-0-text": "mailbox full of letters"}
    return send(client, thief, data | more)


def test_a_save_that_would_steal_an_example_is_stopped_and_explained(full, thief):
    response = steal(make_client("publisher"), thief, title_en="A new <title>")
    assert response.status_code == 409
    (card,) = response.context["trouble"].cards()
    assert (card.before.slug, card.after.slug) == ("full", "thief")
    assert (card.before.title, card.after.title) == ("Title of full", "A new <title>")
    assert card.before.why.endswith("12 letters of wording")
    assert card.after.why.endswith("23 letters of wording")
    assert [p.text for p in card.after.pieces] == [
        "552 the ",
        "mailbox full of letters",
        "",
    ]
    page = response.content.decode()
    assert "A new &lt;title&gt;" in page
    assert fields_of(response)["patterns-0-text"] == "mailbox full of letters"
    assert thief.patterns.get().text == "letters of credit"
    assert Entry.objects.get(slug="thief").title_en == "Title of thief"


def test_nothing_of_a_stopped_save_stays_in_the_history(full, thief):
    before = len(versions_of(Entry, thief.pk))
    steal(make_client("publisher"), thief)
    assert len(versions_of(Entry, thief.pk)) == before


def test_who_may_confirm_saves_it_all_the_same(full, thief):
    client = make_client("publisher")
    token = steal(client, thief).context["trouble"].token
    assert steal(client, thief, _confirm=token).status_code == 302
    assert thief.patterns.get().text == "mailbox full of letters"


def test_others_losses_are_not_confirmed_with_these(full, thief):
    client = make_client("publisher")
    token = steal(client, thief).context["trouble"].token
    full.examples.create(text="552 another mailbox full of letters")
    assert steal(client, thief, _confirm=token).status_code == 409
    assert thief.patterns.get().text == "letters of credit"


def test_who_may_not_confirm_is_told_so(full, thief):
    client = make_client("publisher")
    token = steal(client, thief).context["trouble"].token
    other = make_client(name="changer")
    user = other.get(reverse("admin:index")).wsgi_request.user
    rights = ("change_entry", "publish_entry", "change_pattern", "view_pattern")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    response = steal(other, thief, _confirm=token)
    assert response.status_code == 409
    assert b'name="_confirm"' not in response.content
    assert b"ask somebody who may confirm it" in response.content
    assert thief.patterns.get().text == "letters of credit"


def test_a_draft_takes_nothing(full, thief):
    Entry.objects.filter(pk=thief.pk).update(state="draft")
    assert steal(make_client("editor"), thief).status_code == 302
    assert thief.patterns.get().text == "mailbox full of letters"


def test_a_draft_is_saved_with_a_word_on_examples_that_would_lead_elsewhere(full):
    draft = make_entry("draft", "full of", state="draft")
    client = make_client("editor")
    data = open_page(client, draft) | {"examples-0-text": TEXT}
    response = client.post(url_of(draft), data, follow=True)
    assert draft.examples.get().text == TEXT
    said = [str(message) for message in response.context["messages"]]
    assert said[0].startswith("This example leads to full: ")


def test_publishing_in_bulk_is_rehearsed(full):
    draft = make_entry("draft", "mailbox full of letters", state="draft")
    client = make_client("publisher")
    url = reverse("admin:errors_entry_changelist")
    data = {"action": "publish", "_selected_action": [draft.pk]}
    response = client.post(url, data)
    assert response.status_code == 409
    assert [c.after.slug for c in response.context["trouble"].cards()] == ["draft"]
    draft.refresh_from_db()
    assert draft.state == "draft"
    confirmed = dict(response.context["posted"]) | {
        "_confirm": response.context["trouble"].token
    }
    assert client.post(url, confirmed).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published"


def test_publishing_what_does_not_prove_itself_cannot_be_confirmed(full):
    draft = make_entry("draft", "nothing of it", state="draft", examples=[TEXT])
    client = make_client("publisher")
    url = reverse("admin:errors_entry_changelist")
    data = {"action": "publish", "_selected_action": [draft.pk]}
    response = client.post(url, data)
    assert b'name="_confirm"' not in response.content
    token = response.context["trouble"].token
    assert client.post(url, data | {"_confirm": token}).status_code == 409
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_gloss_that_hides_a_wording_is_stopped(full):
    client = make_client("publisher")
    data = {
        "text": "the mailbox full of letters",
        "role": "framing",
        "translation_ja": "x",
    }
    response = client.post(reverse("admin:errors_gloss_add"), data)
    assert response.status_code == 409
    assert response.context["trouble"].cards()[0].after.slug == ""
    assert not Gloss.objects.exists()


def test_deleting_a_gloss_that_lets_another_entry_win_is_stopped(full):
    gloss = Gloss.objects.create(text="full of letters", role="framing")
    make_entry("thief", "full of letters", priority=1)
    client = make_client("publisher")
    response = client.post(url_of(gloss, "delete"), {"post": "yes"})
    assert response.status_code == 409
    assert Gloss.objects.exists()
    token = response.context["trouble"].token
    client.post(url_of(gloss, "delete"), {"post": "yes", "_confirm": token})
    assert not Gloss.objects.exists()


def test_deleting_in_bulk_is_stopped_too(full):
    gloss = Gloss.objects.create(text="full of letters", role="framing")
    make_entry("thief", "full of letters", priority=1)
    data = {
        "action": "delete_selected",
        "_selected_action": [gloss.pk],
        "post": "yes",
    }
    url = reverse("admin:errors_gloss_changelist")
    response = make_client("publisher").post(url, data)
    assert response.status_code == 409
    assert Gloss.objects.exists()


def test_a_save_of_the_page_is_one_version_with_its_author(full):
    with one_act():
        full.save()
    before = len(versions_of(Entry, full.pk))
    client = make_client("publisher", name="hanako")
    data = open_page(client, full) | {
        "title_en": "A new title",
        "patterns-1-text": "no room left",
        "patterns-1-kind": "phrase",
        "patterns-1-scope": "anywhere",
    }
    assert send(client, full, data).status_code == 302
    versions = versions_of(Entry, full.pk)
    assert len(versions) == before + 1
    assert (versions[0].who, versions[0].content["title"]["en"]) == (
        "hanako",
        "A new title",
    )
    assert [p["text"] for p in versions[0].content["patterns"]] == [
        "mailbox full",
        "no room left",
    ]

"""The bench: what the customer sees and why; an Example or a new entry from it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from errors.models import Entry, Example, Provider
from errors.tests.admin.pages import before_its_turn, fields_of, make_client, url_of
from errors.tests.rows import make_entry
from errors.versions import versions_of

pytestmark = pytest.mark.django_db

BENCH = "admin:errors_entry_bench"
BOUNCE = """\
From: MAILER-DAEMON@example.com
Subject: Returned mail
Date: Mon, 5 Jan 2026 10:00:00 +0900

<kijitora@example.jp>: host mx.example.jp[203.0.113.9] said:
552 5.2.2 <kijitora@example.jp> mailbox full, limit of 10485760 bytes (in reply to RCPT TO)
"""


@pytest.fixture
def editor():
    return make_client("editor")


@pytest.fixture
def full():
    return make_entry(
        "full", "mailbox full", "limit of {size}", examples=["552 mailbox full"]
    )


def try_it(client, text=BOUNCE, **values):
    return client.post(reverse(BENCH), {"text": text, "language": "en", **values})


def test_the_bench_opens_empty(editor):
    page = editor.get(reverse(BENCH))
    assert page.status_code == 200
    assert "trial" not in page.context


def test_it_shows_the_very_page_of_the_customer(editor, full):
    page = try_it(editor)
    customer = page.context["customer"]
    assert '<section class="verdict stop"' in customer
    assert "<mark>mailbox full</mark>" in customer
    # In its frame, escaped: nothing of it is part of the admin's page.
    assert 'srcdoc="' in page.content.decode()
    assert '<section class="verdict' not in page.content.decode()


def test_it_shows_every_candidate_with_its_line(editor, full):
    make_entry("code", reply_code="552").patterns.create(reply_code="552")
    (reading,) = try_it(editor).context["trial"].readings
    assert [(c.slug, c.is_winner) for c in reading.contenders] == [
        ("full", True),
        ("code", False),
    ]
    assert reading.contenders[0].why.startswith(
        "wording in this recipient's diagnostic"
    )
    assert reading.contenders[1].why == (
        "reply code alone · 3 digits of codes required · 1 code agrees"
    )
    assert [(v.name, v.said) for v in reading.contenders[0].captures] == [
        ("size", "10 MB"),
        ("address", "kijitora@example.jp"),
    ]
    assert (reading.recipient.address, reading.recipient.command) == (
        "kijitora@example.jp",
        "RCPT",
    )


def test_it_lists_more_candidates_than_the_page_keeps(editor):
    for n in range(12):
        make_entry(f"e{n}", "mailbox full")
    (reading,) = try_it(editor).context["trial"].readings
    assert len(reading.contenders) == 12


def test_it_shows_what_patterns_are_met_and_what_they_lack(editor, full):
    docomo = Provider.objects.create(slug="docomo", domains="docomo.ne.jp")
    entry = make_entry("docomo")
    entry.patterns.create(text="mailbox full", provider=docomo, reply_code="550")
    trial = try_it(editor).context["trial"]
    assert [(h.pattern, h.words) for h in trial.hits] == [
        ("mailbox full", ("mailbox full",)),
        ("limit of {size}", ("limit of 10485760 bytes",)),
    ]
    assert [(h.slug, h.unmet) for h in trial.vain] == [
        ("docomo", ("reply code 550", "provider docomo"))
    ]


def test_it_shows_how_the_text_was_read(editor, full):
    regions = try_it(editor).context["trial"].regions
    assert regions[0].kind == "header"
    assert "".join(p.text for r in regions for p in r.pieces) == BOUNCE
    marked = [(p.text, p.hits) for r in regions for p in r.pieces if p.hits]
    assert marked == [("mailbox full", (1,)), ("limit of 10485760 bytes", (2,))]


def test_a_file_can_be_tried(editor, full):
    file = SimpleUploadedFile("bounce.eml", BOUNCE.encode())
    page = editor.post(reverse(BENCH), {"file": file, "language": "ja"})
    assert page.context["trial"].readings[0].contenders[0].slug == "full"
    assert page.context["form"]["text"].value() == BOUNCE


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_pasted_is_said(editor, text):
    page = try_it(editor, text)
    assert page.status_code == 400
    assert "Please paste the text" in page.content.decode()


def test_a_draft_is_tried_as_if_it_were_published(editor, full):
    draft = make_entry("draft", "mailbox full, limit", state="draft")
    page = try_it(editor, draft=draft.pk)
    assert page.context["trial"].readings[0].contenders[0].slug == "draft"
    assert "Title of draft" in page.content.decode()
    assert try_it(editor).context["trial"].readings[0].contenders[0].slug == "full"


def test_what_nobody_explains_is_said(editor):
    page = try_it(editor)
    assert page.context["trial"].readings[0].contenders == ()
    assert page.context["replies"] == []
    assert "No entry explains this." in page.content.decode()


def test_the_reply_is_filled_in_each_language(editor, full):
    full.reply_ja = "{recipient}さまあて：{size|容量}を超えています（{code}）。"
    full.save()
    replies = {r.language: r.text for r in try_it(editor).context["replies"]}
    assert replies["ja"] == "kijitora@example.jpさまあて：10 MBを超えています（552）。"
    assert "A summary." in replies["en"]


def test_hostile_text_is_shown_not_run(editor, full):
    page = try_it(editor, "550 mailbox full <script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


# --- An Example from it -----------------------------------------------------------------------


def keep(client, entry, text):
    url = reverse("admin:errors_entry_example")
    return client.post(url, {"entry": entry.pk, "text": text})


def test_an_example_is_proposed_anonymised_for_the_winner(editor, full):
    form = try_it(editor).context["example"]
    assert form.initial["entry"] == full
    assert "kijitora" not in form.initial["text"]
    assert "203.0.113.9" not in form.initial["text"]
    assert "552 5.2.2 <user1@example.jp> mailbox full" in form.initial["text"]


def test_an_example_is_kept_as_it_was_edited(full):
    client = make_client("publisher", name="hanako")
    response = keep(client, full, "552 a mailbox full of it")
    assert response.headers["Location"].startswith(url_of(full))
    assert full.examples.last().text == "552 a mailbox full of it"
    assert versions_of(Entry, full.pk)[0].who == "hanako"


def test_an_example_undoes_nothing_that_was_saved_while_it_waited(full):
    client = make_client("publisher", name="hanako")
    hers = Entry.objects.filter(pk=full.pk)
    with before_its_turn(lambda: hers.update(title_en="Saved in the meantime")):
        keep(client, full, "552 a mailbox full of it")
    assert hers.get().title_en == "Saved in the meantime"
    assert full.examples.count() == 2


def test_an_example_of_what_was_published_while_it_waited_is_refused(editor, full):
    draft = make_entry("draft", "something else", state="draft")
    drafts = Entry.objects.filter(pk=draft.pk)
    with before_its_turn(lambda: drafts.update(state="published")):
        response = keep(editor, draft, "552 something else")
    assert response.status_code == 403
    assert not draft.examples.exists()


def test_an_example_that_leads_elsewhere_is_refused_with_its_text(full):
    other = make_entry("other", "something else")
    response = keep(make_client("publisher"), other, "552 mailbox full <b>")
    assert response.status_code == 400
    assert "This example leads to full" in str(response.context["example"].errors)
    assert response.context["example"]["text"].value() == "552 mailbox full <b>"
    assert Example.objects.count() == 1


def test_an_example_of_a_draft_is_kept_with_a_word(editor, full):
    draft = make_entry("draft", "something else", state="draft")
    response = keep(editor, draft, "552 mailbox full")
    page = editor.get(response.headers["Location"].partition("#")[0])
    said = [str(message) for message in page.context["messages"]]
    assert said[0] == "The example was added to “Title of draft”."
    assert said[1].startswith("This example leads to full")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_example_needs_a_text(full, text):
    assert keep(make_client("publisher"), full, text).status_code == 400


def test_an_editor_adds_no_example_to_a_published_entry(editor, full):
    response = keep(editor, full, "552 mailbox full of it")
    assert response.status_code == 400
    assert "You may not change this entry." in str(response.context["example"].errors)
    assert full.examples.count() == 1


# --- A new entry from it -----------------------------------------------------------------------


def write(client, text=BOUNCE):
    return client.post(reverse("admin:errors_entry_write"), {"text": text})


def test_a_new_entry_is_filled_in(editor):
    response = write(editor)
    assert response.status_code == 200
    data = fields_of(response)
    assert (data["reply_code"], data["status_code"], data["outcome"]) == (
        "552",
        "5.2.2",
        "permanent",
    )
    assert data["patterns-0-text"] == "mailbox full, limit of {size}"
    assert data["title_en"].startswith("552 mailbox full")
    assert "kijitora" not in response.content.decode()
    assert "user1@example.jp" in data["examples-0-text"]
    assert not Entry.objects.exists()


def test_the_new_entry_is_saved_by_the_usual_form(editor, full):
    data = fields_of(write(editor, "450 4.7.1 greylisted, come back later"))
    data |= {"section": full.section.pk, "title_ja": "後でもう一度"}
    response = editor.post(reverse("admin:errors_entry_add"), data)
    assert response.status_code == 302
    entry = Entry.objects.get(title_ja="後でもう一度")
    assert (entry.state, entry.outcome, entry.reply_code) == (
        "draft",
        "temporary",
        "450",
    )
    assert entry.patterns.get().text == "greylisted, come back later"
    assert entry.examples.get().text == "450 4.7.1 greylisted, come back later"


@pytest.mark.parametrize("text", ["", "hello", "\0", "<script>alert(1)</script> x"])
def test_any_text_opens_the_form(editor, text):
    response = write(editor, text)
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_copy_is_a_new_draft_with_other_slug_and_place(editor, full):
    make_entry("other", "elsewhere")
    full.relations.create(other=Entry.objects.get(slug="other"), difference_ja="違い")
    data = fields_of(editor.get(reverse("admin:errors_entry_copy", args=[full.pk])))
    assert data["title_en"] == "Title of full (copy)"
    assert "slug" not in data
    response = editor.post(reverse("admin:errors_entry_add"), data)
    assert response.status_code == 302
    copy = Entry.objects.get(title_en="Title of full (copy)")
    assert (copy.state, copy.body_ja) == ("draft", full.body_ja)
    assert [p.text for p in copy.patterns.all()] == ["mailbox full", "limit of {size}"]
    assert copy.relations.get().difference_ja == "違い"
    assert not copy.examples.exists()


@pytest.mark.parametrize("name", ["bench", "example", "write"])
def test_the_bench_is_for_staff_who_see_entries(name):
    url = reverse(f"admin:errors_entry_{name}")
    assert make_client(name="nobody").post(url, {"text": "x"}).status_code == 403


def test_a_translator_may_look_but_not_write(full):
    client = make_client("translator-en")
    page = try_it(client)
    assert page.status_code == 200
    assert reverse("admin:errors_entry_write") not in page.content.decode()
    assert not page.context["may_edit"]
    assert write(client).status_code == 403


def test_the_bench_keeps_and_caches_nothing(editor, full, caplog):
    tables = {model: model.objects.count() for model in (Entry, Example)}
    response = try_it(editor)
    assert "no-store" in response.headers["Cache-Control"]
    assert {model: model.objects.count() for model in (Entry, Example)} == tables
    assert "kijitora" not in caplog.text
    assert "kijitora" not in str(dict(editor.session))


def test_the_customers_page_is_styled_but_runs_nothing(editor, full):
    """A frame of no origin would be refused our own style sheet, as any other site is."""
    page = try_it(editor).content.decode()
    assert re.findall(r'sandbox="([^"]*)"', page) == ["allow-same-origin"]


def test_every_id_of_the_page_is_there_once(editor, full):
    page = try_it(editor).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))

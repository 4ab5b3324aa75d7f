"""The staff's desk: what is refused says why on its field, and nothing typed is lost."""

import pytest
from django.urls import reverse

from errors import catalog
from errors.bounce.explaining import explain
from errors.models import Entry, Provider
from errors.tests.rows import make_entry, make_section

pytestmark = pytest.mark.django_db

ADD = "admin:errors_entry_add"
CHANGE = "admin:errors_entry_change"


@pytest.fixture
def staff(admin_client):
    admin_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return admin_client


def form_of(patterns=("user unknown",), examples=(), **values):
    """Return what a browser sends for the page of an entry."""
    data = {
        "title_ja": "宛先がありません",
        "title_en": "",
        "state": "published",
        "reason": "userunknown",
        "outcome": "permanent",
        "stage": "mailbox",
        "actor": "sender",
        "priority": "0",
        **values,
    }
    for prefix, texts in (("patterns", patterns), ("examples", examples)):
        data |= {f"{prefix}-TOTAL_FORMS": len(texts), f"{prefix}-INITIAL_FORMS": 0}
        for number, text in enumerate(texts):
            data[f"{prefix}-{number}-text"] = text
            if prefix == "patterns":
                data |= {
                    f"patterns-{number}-kind": "phrase",
                    f"patterns-{number}-scope": "anywhere",
                }
    return data | {"relations-TOTAL_FORMS": 0, "relations-INITIAL_FORMS": 0}


def add(staff, **values):
    section = values.pop("section", None) or make_section()
    return staff.post(reverse(ADD), form_of(section=section.pk, **values))


def errors_of(response):
    """Return the errors shown, by field; of inlines by their row."""
    assert response.status_code == 200
    forms = [response.context["adminform"].form]
    forms += [
        f for s in response.context["inline_admin_formsets"] for f in s.formset.forms
    ]
    return {
        f.add_prefix(name): list(said) for f in forms for name, said in f.errors.items()
    }


def test_section_title_and_one_phrase_explain_a_paste_at_once(staff, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(catalog.time, "monotonic", lambda: now)
    assert (
        explain("hello user unknown", catalog.current().catalog).verdicts[0].entry
        is None
    )
    response = add(staff)
    entry = Entry.objects.get()
    assert response.status_code == 302
    assert (entry.slug, entry.position, entry.title_ja) == (
        "entry-2",
        10,
        "宛先がありません",
    )
    now += 2
    verdict = explain("hello user unknown", catalog.current().catalog).verdicts[0]
    assert verdict.entry == entry.slug


@pytest.mark.parametrize(
    ("title_en", "slug"), [("User unknown!", "user-unknown"), ("", "entry-2")]
)
def test_a_slug_is_made_of_the_title(staff, title_en, slug):
    add(staff, title_en=title_en)
    assert Entry.objects.get().slug == slug


def test_a_made_slug_avoids_those_taken(staff):
    make_entry("user-unknown")
    add(staff, title_en="User unknown", patterns=["other words"])
    assert Entry.objects.last().slug == "user-unknown-2"


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("over {quta}", "There is no capture of this type: {quta} (at position 6)"),
        ("ab", "The fixed words are too short to be looked for. (at position 1)"),
    ],
)
def test_a_pattern_that_cannot_compile_says_so_on_its_field(staff, phrase, said):
    response = add(staff, patterns=["user unknown", phrase])
    assert errors_of(response) == {"patterns-1-text": [said]}
    assert phrase in response.content.decode()
    assert not Entry.objects.exists()


def test_an_example_that_leads_elsewhere_names_the_other_entry(staff):
    make_entry("mailbox-full", "mailbox is full of mail")
    text = "550 the mailbox is full of mail, user unknown <b>"
    response = add(staff, slug="mine", examples=[text])
    assert errors_of(response) == {
        "examples-0-text": [
            "This example leads to mailbox-full: wording in this recipient's diagnostic"
            " · 23 letters of wording > wording in this recipient's diagnostic"
            " · 12 letters of wording."
        ]
    }
    assert "user unknown &lt;b&gt;" in response.content.decode()
    assert not Entry.objects.filter(slug="mine").exists()


def test_an_example_that_no_pattern_meets_says_so(staff):
    response = add(staff, examples=["nothing of the kind"])
    assert errors_of(response) == {
        "examples-0-text": ["No pattern of this entry is met by this example."]
    }


@pytest.mark.parametrize("state", ["draft", "published"])
def test_an_example_that_leads_here_is_saved(staff, state):
    response = add(staff, examples=["550 user unknown"], state=state)
    assert response.status_code == 302
    assert [e.text for e in Entry.objects.get().examples.all()] == ["550 user unknown"]


def test_an_edited_pattern_is_tried_before_it_is_saved(staff):
    entry = make_entry("mine", "user unknown", examples=["550 user unknown"])
    pattern, example = entry.patterns.get(), entry.examples.get()
    data = form_of(
        ("no such user",),
        ("550 user unknown",),
        section=entry.section.pk,
        slug="mine",
        position=1,
    )
    data |= {
        "patterns-INITIAL_FORMS": 1,
        "patterns-0-id": pattern.pk,
        "patterns-0-entry": entry.pk,
    }
    data |= {
        "examples-INITIAL_FORMS": 1,
        "examples-0-id": example.pk,
        "examples-0-entry": entry.pk,
    }
    response = staff.post(reverse(CHANGE, args=[entry.pk]), data)
    assert list(errors_of(response)) == ["examples-0-text"]
    pattern.refresh_from_db()
    assert pattern.text == "user unknown"


def test_a_slug_and_a_place_taken_are_said_on_their_fields(staff):
    make_entry("taken", position=7)
    response = add(staff, slug="taken", position="7", title_en="Kept <words>")
    assert errors_of(response) == {
        "slug": ["Entry with this Slug already exists."],
        "position": ["This place in the section is taken; 17 is free."],
    }
    assert "Kept &lt;words&gt;" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reply_code", "55", "A reply code has three digits, such as 550."),
        (
            "status_code",
            "5.1",
            "An enhanced status code has three numbers, such as 5.1.1.",
        ),
    ],
)
def test_an_invalid_code_is_said_on_its_field(staff, field, value, said):
    assert errors_of(add(staff, **{field: value})) == {field: [said]}


@pytest.mark.parametrize(
    ("action", "state"), [("publish", "published"), ("unpublish", "draft")]
)
def test_actions_change_the_state_and_tell_the_site(staff, action, state):
    entry = make_entry("e", "user unknown", state="draft")
    before = catalog.CatalogRevision.objects.get().number
    staff.post(
        reverse("admin:errors_entry_changelist"),
        {"action": action, "_selected_action": [entry.pk]},
    )
    entry.refresh_from_db()
    assert entry.state == state
    assert catalog.CatalogRevision.objects.get().number > before


@pytest.mark.parametrize("query", ["題", "Title of full", "550", "5.2.2", "over quota"])
def test_search_finds_titles_codes_and_patterns(staff, query):
    make_entry("full", "over quota", reply_code="550", status_code="5.2.2")
    make_entry("other", "nothing", title_ja="別", title_en="Else")
    response = staff.get(reverse("admin:errors_entry_changelist"), {"q": query})
    assert [e.slug for e in response.context["cl"].result_list] == ["full"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    staff, number, django_assert_max_num_queries
):
    for n in range(number):
        make_entry(f"e{n}", f"phrase {n}")
    catalog.current()  # as any process has it
    with django_assert_max_num_queries(12):
        staff.get(reverse("admin:errors_entry_changelist"))


def test_complete_languages_are_named(staff):
    make_entry("both", handover_ja="渡す文", handover_en="Text")
    make_entry("ja", handover_ja="渡す文")
    page = staff.get(reverse("admin:errors_entry_changelist")).content.decode()
    assert '<td class="field-languages">ja en</td>' in page
    assert '<td class="field-languages">ja</td>' in page


def test_view_on_site_leads_to_published_entries_only(staff):
    seen, draft = make_entry("seen"), make_entry("draft", state="draft")
    pages = [
        staff.get(reverse(CHANGE, args=[e.pk])).content.decode() for e in (seen, draft)
    ]
    assert ["viewsitelink" in page for page in pages] == [True, False]


@pytest.mark.parametrize("name", ["section", "provider", "entry", "gloss"])
def test_every_page_of_the_admin_opens_under_a_strict_policy(staff, name):
    Provider.objects.create(slug="docomo", name_ja="ドコモ")
    for page in ("changelist", "add"):
        response = staff.get(reverse(f"admin:errors_{name}_{page}"))
        assert response.status_code == 200
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert "googleapis" not in response.content.decode()


def test_the_admin_is_for_staff_only(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("customer"))
    assert client.get(reverse(ADD)).status_code == 302

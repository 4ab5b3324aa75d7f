"""The staff's desk: what is refused says why on its field, and nothing typed is lost."""

import pytest
from django.urls import reverse
from django.utils import timezone

from errors import catalog
from errors.bounce.explaining import explain
from errors.models import (
    Entry,
    Example,
    Feedback,
    Gloss,
    Provider,
    Section,
    Tally,
)
from errors.shipping.contents import content_of, fingerprint
from errors.tests.admin.pages import fields_of, make_client, open_page, send, url_of
from errors.tests.rows import make_entry, make_section

pytestmark = pytest.mark.django_db

ADD = "admin:errors_entry_add"
CHANGE = "admin:errors_entry_change"
STRAY = "Nothing was saved: an example does not lead to its entry."


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


def based_on(entry):
    """Return the mark that the page of an entry carries of what it was made from."""
    return fingerprint(content_of(entry))


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
        "entry",
        10,
        "宛先がありません",
    )
    now += 2
    verdict = explain("hello user unknown", catalog.current().catalog).verdicts[0]
    assert verdict.entry == entry.slug


@pytest.mark.parametrize(
    ("title_en", "slug"), [("User unknown!", "user-unknown"), ("", "entry")]
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
        "__all__": [STRAY],
        "examples-0-text": [
            "This example leads to mailbox-full: wording in this recipient's diagnostic"
            " · 23 letters of wording > wording in this recipient's diagnostic"
            " · 12 letters of wording."
        ],
    }
    assert "user unknown &lt;b&gt;" in response.content.decode()
    assert not Entry.objects.filter(slug="mine").exists()


def test_an_example_that_no_pattern_meets_says_so(staff):
    response = add(staff, examples=["nothing of the kind"])
    assert errors_of(response) == {
        "__all__": [STRAY],
        "examples-0-text": ["No pattern of this entry is met by this example."],
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
        "based_on": based_on(entry),
    }
    response = staff.post(reverse(CHANGE, args=[entry.pk]), data)
    assert response.status_code == 409
    assert response.context["trouble"].message == (
        "Nothing was saved: this change takes examples from their entries."
    )
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
    staff, number, django_assert_num_queries
):
    for n in range(number):
        make_entry(f"e{n}", f"phrase {n}")
    with django_assert_num_queries(23):
        staff.get(reverse("admin:errors_entry_changelist"))


@pytest.mark.parametrize("number", [1, 3])
def test_searching_takes_a_constant_number_of_queries(
    staff, number, django_assert_num_queries
):
    for n in range(number):
        make_entry(f"e{n}", f"phrase {n}", f"another phrase {n}")
    with django_assert_num_queries(23):
        page = staff.get(reverse("admin:errors_entry_changelist"), {"q": "phrase"})
    assert len(page.context["cl"].result_list) == number


def test_each_language_says_what_it_lacks(staff):
    entry = make_entry("one", handover_ja="渡す文", handover_en="Text")
    make_entry("two", handover_ja="渡す文")
    entry.title_ja = "新しい題"
    entry.save()
    page = staff.get(reverse("admin:errors_entry_changelist")).content.decode()
    old = "The original changed after this translation."
    assert f'<span class="language old" title="{old}">en△</span>' in page
    missing = "Missing: text to hand over"
    assert f'<span class="language lacking" title="{missing}">en✗</span>' in page
    assert page.count('<span class="language whole" title="Complete">ja✓</span>') == 2


def test_the_list_says_how_many_examples_lead_home(staff):
    make_entry("good", "user unknown", examples=["550 user unknown"])
    make_entry("bad", "mailbox full", examples=["mailbox full", "550 user unknown"])
    make_entry("none", "no example")
    make_entry("draft", "a draft", state="draft", examples=["a draft", "another"])
    page = staff.get(reverse("admin:errors_entry_changelist"))
    standings = {e.slug: e.standing for e in page.context["cl"].result_list}
    assert {
        slug: (one.passing, one.examples, one.is_tried)
        for slug, one in standings.items()
    } == {
        "good": (1, 1, True),
        "bad": (1, 2, True),
        "none": (0, 0, True),
        "draft": (0, 2, False),
    }
    assert '<span class="bad">1/2</span>' in page.content.decode()


@pytest.mark.parametrize(
    ("needs", "slugs"),
    [
        ("en", ["lacking"]),
        ("update", ["stale"]),
        ("pattern", ["wordless"]),
        ("example", ["lacking", "stale", "wordless"]),
        ("mending", ["broken"]),
    ],
)
def test_the_list_is_filtered_by_what_entries_need(staff, needs, slugs):
    whole = {"handover_ja": "渡す文", "handover_en": "Text"}
    make_entry("lacking", "lacking", handover_ja="渡す文")
    stale = make_entry("stale", "stale words", **whole)
    stale.title_ja = "新しい題"
    stale.save()
    make_entry("wordless", **whole)
    make_entry("broken", "broken words", examples=["nothing of it"], **whole)
    make_entry("good", "good words", examples=["good words"], **whole)
    response = staff.get(reverse("admin:errors_entry_changelist"), {"needs": needs})
    assert [e.slug for e in response.context["cl"].result_list] == slugs


def test_the_list_says_how_often_entries_were_of_use(staff):
    entry = make_entry("one", "user unknown")
    make_entry("two", "no such user")
    Tally.objects.create(
        day=timezone.localdate(), kind="explained", source="page", entry="one", count=7
    )
    for helpful in (True, False):
        Feedback.objects.create(entry=entry, helpful=helpful, place="entry")
    page = staff.get(reverse("admin:errors_entry_changelist")).content.decode()
    assert (
        '<td class="field-explained">7</td><td class="field-helpful">50%</td>' in page
    )
    assert '<td class="field-explained">0</td><td class="field-helpful">–</td>' in page


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


def test_the_line_ends_of_a_browser_change_nothing(staff):
    entry = make_entry("one", "user unknown", body_ja="一行目\n二行目")
    entry.examples.create(text="550 user\nunknown")
    data = open_page(staff, entry)
    crlf = {name: str(value).replace("\n", "\r\n") for name, value in data.items()}
    before = (Example.history.count(), based_on(entry))
    assert send(staff, entry, crlf).status_code == 302
    entry = Entry.objects.get()
    assert (Example.history.count(), based_on(entry)) == before
    assert entry.body_ja == "一行目\n二行目"


def test_an_example_of_several_lines_that_leads_elsewhere_can_be_confirmed(staff):
    entry = make_entry("one", "user unknown", examples=["550\nuser unknown"])
    data = open_page(staff, entry) | {"patterns-0-text": "no such user"}
    data["examples-0-text"] = "550\r\nuser unknown"
    response = send(staff, entry, data)
    assert (response.status_code, response.context["trouble"].is_final) == (409, False)


def test_a_stale_translation_is_flagged_and_can_be_taken_for_right(staff):
    entry = make_entry("one", body_ja="本文", body_en="Body", title_ja="題")
    entry.body_ja, entry.title_ja = "別の本文", "別の題"
    entry.save()
    response = staff.get(url_of(entry))
    assert [name for name, _ in response.context["stale"]] == ["title_en", "body_en"]
    assert response.content.decode().count('<strong class="stale">') == 2
    data = fields_of(response) | {"_still_right": ["body_en"]}
    assert send(staff, entry, data).status_code == 302
    assert Entry.objects.get().find_stale() == ["title_en"]


@pytest.mark.parametrize(
    ("group", "published", "draft"),
    [
        ("publisher", {"title_ja", "title_en", "state", "slug"}, None),
        ("editor", set(), {"title_ja", "title_en", "slug"}),
        ("translator-en", {"title_en"}, {"title_en"}),
    ],
)
def test_each_role_edits_its_fields(group, published, draft):
    asked = {"title_ja", "title_en", "state", "slug"}
    client = make_client(group)
    for state, expected in (("published", published), ("draft", draft)):
        if expected is None:
            continue
        entry = make_entry(state, "user unknown", state=state)
        response = client.get(url_of(entry))
        context = response.context
        editable = set(context["adminform"].form.fields) & asked
        assert (editable if context["has_change_permission"] else set()) == expected


def test_a_translator_saves_only_their_language():
    entry = make_entry("one", "user unknown", title_ja="題")
    client = make_client("translator-en")
    data = open_page(client, entry) | {
        "title_en": "New",
        "title_ja": "不正",
        "state": "draft",
        "patterns-0-text": "changed",
    }
    assert send(client, entry, data).status_code == 302
    entry.refresh_from_db()
    assert (entry.title_en, entry.title_ja, entry.state) == ("New", "題", "published")
    assert entry.patterns.get().text == "user unknown"


def test_a_translator_translates_what_tells_entries_apart():
    entry = make_entry("one")
    relation = entry.relations.create(other=make_entry("two"), difference_ja="違い")
    client = make_client("translator-en")
    data = open_page(client, entry) | {"relations-0-difference_en": "The difference"}
    assert send(client, entry, data).status_code == 302
    relation.refresh_from_db()
    assert (relation.difference_ja, relation.difference_en) == (
        "違い",
        "The difference",
    )


@pytest.mark.parametrize("group", ["editor", "translator-en"])
def test_who_may_not_publish_cannot(group):
    client = make_client(group)
    entry = make_entry("one", "user unknown", state="draft")
    data = open_page(client, entry) | {"state": "published"}
    send(client, entry, data)
    url = reverse("admin:errors_entry_changelist")
    client.post(url, {"action": "publish", "_selected_action": [entry.pk]})
    entry.refresh_from_db()
    assert entry.state == "draft"


def test_an_editor_may_not_touch_what_is_published():
    client = make_client("editor")
    entry = make_entry("one", "user unknown")
    assert send(client, entry, {"title_ja": "不正"}).status_code == 403
    assert client.post(url_of(entry, "delete"), {"post": "yes"}).status_code == 403
    assert Entry.objects.get().title_ja == "oneの題"


@pytest.mark.parametrize("name", ["section", "provider", "gloss"])
def test_a_translator_of_other_rows_has_their_language_alone(name):
    make_section()
    Provider.objects.create(slug="docomo", name_ja="ドコモ")
    Gloss.objects.create(text="Hi", translation_ja="やあ", role="label")
    row = {"section": Section, "provider": Provider, "gloss": Gloss}[name].objects.get()
    response = make_client("translator-en").get(url_of(row))
    assert set(response.context["adminform"].form.fields) in (
        {"title_en", "introduction_en"},
        {"name_en"},
        {"translation_en"},
    )


@pytest.mark.parametrize(("number", "queries"), [(3, 60), (150, 60 + 147)])
def test_a_wording_that_nobody_touched_costs_one_query(
    staff, number, queries, django_assert_num_queries
):
    """And 150 wordings are more fields than Django takes unless it is told."""
    entry = make_entry("one", *(f"wording {n}" for n in range(number)))
    data = open_page(staff, entry) | {"internal_note": "A note."}
    assert number < 150 or len(data) > 600  # and as many that a browser sends empty
    send(staff, entry, data)
    data = open_page(staff, entry) | {"internal_note": "Another."}
    with django_assert_num_queries(queries):
        assert send(staff, entry, data).status_code == 302
    entry.refresh_from_db()
    assert (entry.internal_note, entry.patterns.count()) == ("Another.", number)


def test_a_condition_of_a_wording_is_chosen_and_refused_as_ever(staff):
    provider = Provider.objects.create(slug="docomo", name_en='<b>"Docomo"</b>')
    entry = make_entry("one", "user unknown")
    data = open_page(staff, entry) | {"patterns-0-provider": provider.pk}
    assert send(staff, entry, data).status_code == 302
    page = staff.get(url_of(entry)).content.decode()
    assert f'<option value="{provider.pk}" selected>&lt;b&gt;&quot;Docomo' in page
    assert '<option value="anywhere" selected>' in page
    refused = send(staff, entry, data | {"patterns-0-provider": 99, "based_on": ""})
    assert refused.status_code == 409
    assert entry.patterns.get().provider == provider

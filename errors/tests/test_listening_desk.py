"""The desk's pages of what customers tell us: triage, votes, lost searches."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from errors import catalog
from errors.admin import feedback
from errors.listening import receive
from errors.models import Entry, Feedback, LostSearch, Section, Unexplained
from errors.tests.rows import make_entry, make_section
from errors.versions import versions_of

pytestmark = pytest.mark.django_db

MOON = "550 5.7.9 <taro@example.jp>: The moon is full"
LIST = "admin:errors_unexplained_changelist"


@pytest.fixture
def staff(admin_client):
    admin_client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return admin_client


@pytest.fixture
def clerk(client, django_user_model):
    """Staff who may see what came in, and nothing else."""
    user = django_user_model.objects.create_user("clerk", is_staff=True)
    for name in ("unexplained", "feedback", "lostsearch"):
        user.user_permissions.add(permission(f"view_{name}"))
    client.force_login(user)
    return client


def permission(codename):
    return Permission.objects.get(codename=codename)


def hand_in(word, times=1):
    for n in range(times):
        kind = receive(f"550 5.7.9 <taro{n}@example.jp>: The {word} is full", "ja")
    return kind


def triage(staff, kind, do):
    url = reverse("admin:errors_unexplained_triage", args=[kind.pk])
    return staff.post(url, {"do": do})


def change(staff, kind, **values):
    url = reverse("admin:errors_unexplained_change", args=[kind.pk])
    return staff.post(url, values)


# --- Triage --------------------------------------------------------------------------------


def test_list_shows_the_open_and_the_most_frequent_first(staff):
    hand_in("sun")
    hand_in("moon", 3)
    old = hand_in("star", 5)
    done = hand_in("sea", 9)
    Unexplained.objects.filter(pk=old.pk).update(last_seen="2026-01-01T00:00Z")
    Unexplained.objects.filter(pk=done.pk).update(state="ignored")
    listed = staff.get(reverse(LIST)).context["cl"].result_list
    words = [kind.wording.split()[1] for kind in listed]
    assert words == ["moon", "sun", "star", "sea"]


def test_list_marks_what_the_catalog_explains_by_now(staff):
    kind = hand_in("moon")
    make_entry("moon", "moon is full")
    catalog.forget()
    page = staff.get(reverse(LIST)).content.decode()
    kind.refresh_from_db()
    assert kind.state == "explained"
    assert "The catalog explains it by now" in page


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_a_constant_number_of_queries(
    staff, django_assert_num_queries, number
):
    for word in ("sun", "moon", "star")[:number]:
        hand_in(word)
    staff.get(reverse(LIST))
    with django_assert_num_queries(7):
        staff.get(reverse(LIST))


def test_page_shows_the_notice_and_what_customers_read_now(staff):
    make_entry("refused", title_en="Refused, who knows why").patterns.create(
        reply_code="550"
    )
    kind = receive(MOON.replace("full", "<b>full</b>"), "ja")
    page = staff.get(reverse("admin:errors_unexplained_change", args=[kind.pk]))
    html = page.content.decode()
    assert "550 5.7.9 &lt;user1@example.jp&gt;: The moon is &lt;b&gt;full" in html
    assert "Refused, who knows why" in html
    assert "reply code alone" in html


def test_one_click_begins_an_entry(staff):
    make_section()
    kind = hand_in("moon")
    response = triage(staff, kind, "draft")
    entry = Entry.objects.get()
    assert response["Location"] == reverse("admin:errors_entry_change", args=[entry.pk])
    assert entry.patterns.get().text == "The moon is full"
    page = staff.get(response["Location"]).content.decode()
    assert "The moon is full" in page


def test_a_second_click_leads_to_the_entry_already_begun(staff):
    make_section()
    kind = hand_in("moon")
    first, second = triage(staff, kind, "draft"), triage(staff, kind, "draft")
    assert first["Location"] == second["Location"]
    assert Entry.objects.count() == 1


def test_a_draft_begun_from_a_notice_is_one_version_with_its_author(staff):
    make_section()
    triage(staff, hand_in("moon"), "draft")
    (version,) = versions_of(Entry, Entry.objects.get().pk)
    assert (version.who, version.reason) == ("admin", "unexplained")
    assert [p["text"] for p in version.content["patterns"]] == ["The moon is full"]


def test_without_a_section_one_is_asked_for(staff):
    response = triage(staff, hand_in("moon"), "draft")
    assert response["Location"] == reverse("admin:errors_section_add")
    assert not Section.objects.exists()


@pytest.mark.parametrize(
    ("do", "before", "after"),
    [("ignore", "new", "ignored"), ("reopen", "ignored", "new")],
)
def test_one_click_puts_aside_and_takes_up_again(staff, do, before, after):
    kind = hand_in("moon")
    Unexplained.objects.update(state=before)
    assert triage(staff, kind, do)["Location"] == reverse(LIST)
    kind.refresh_from_db()
    assert kind.state == after


def test_many_are_put_aside_at_once(staff):
    kinds = [hand_in(word) for word in ("sun", "moon")]
    data = {"action": "ignore", "_selected_action": [kind.pk for kind in kinds]}
    staff.post(reverse(LIST), data)
    assert {kind.state for kind in Unexplained.objects.all()} == {"ignored"}


def test_wording_is_given_to_an_entry(staff):
    entry = make_entry("moon")
    kind = hand_in("moon")
    response = change(staff, kind, entry=entry.pk, phrase="the moon is full")
    assert response["Location"] == reverse(LIST)
    assert [pattern.text for pattern in entry.patterns.all()] == ["the moon is full"]
    assert "Title of moon" in staff.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize(
    ("phrase", "field", "said"),
    [
        ("", "phrase", "Please write the words."),
        ("over {quta}", "phrase", "There is no capture of this type: {quta}"),
        ("sun is full", "phrase", "With these words the notice still leads to"),
        (None, "entry", "This field is required."),
    ],
    ids=["empty", "unusable", "elsewhere", "no entry"],
)
def test_wording_that_would_not_do_is_refused_on_its_field(staff, phrase, field, said):
    entry = make_entry("moon")
    values = (
        {"phrase": "moon"} if phrase is None else {"entry": entry.pk, "phrase": phrase}
    )
    response = change(staff, hand_in("moon"), **values)
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert list(errors) == [field]
    assert said in errors[field][0]
    assert not entry.patterns.exists()
    assert Unexplained.objects.get().state == "new"


def test_wording_that_another_entry_still_wins_is_refused(staff):
    make_entry("strong", "the moon is", priority=50)
    entry = make_entry("moon")
    catalog.forget()
    kind = Unexplained.objects.create(signature="x", wording="the moon is full")
    kind.hand_ins.create(text=MOON, language="ja")
    response = change(staff, kind, entry=entry.pk, phrase="moon is full")
    (said,) = response.context["adminform"].form.errors["phrase"]
    assert said == "With these words the notice still leads to strong."


def test_triage_needs_the_right_to_change(clerk):
    kind = hand_in("moon")
    make_section()
    assert clerk.get(reverse(LIST)).status_code == 200
    for do in ("draft", "ignore"):
        assert triage(clerk, kind, do).status_code == 403
    clerk.post(reverse(LIST), {"action": "ignore", "_selected_action": [kind.pk]})
    assert Unexplained.objects.get().state == "new"
    assert change(clerk, kind, phrase="x").status_code == 403
    assert not Entry.objects.exists()


def test_entries_are_begun_by_those_who_may(clerk, django_user_model):
    user = django_user_model.objects.get(username="clerk")
    user.user_permissions.add(permission("change_unexplained"))
    kind = hand_in("moon")
    entry = make_entry("moon")
    assert triage(clerk, kind, "draft").status_code == 403
    values = {"entry": entry.pk, "phrase": "moon is full"}
    assert change(clerk, kind, **values).status_code == 403
    assert not entry.patterns.exists()
    assert triage(clerk, kind, "ignore").status_code == 302


@pytest.mark.parametrize("do", ["", "publish"])
def test_senseless_triage_is_refused(staff, do):
    assert triage(staff, hand_in("moon"), do).status_code == 403


def test_triage_is_no_link(staff):
    url = reverse("admin:errors_unexplained_triage", args=[hand_in("moon").pk])
    assert staff.get(url).status_code == 405


def test_text_goes_to_the_trial_bench(staff):
    kind = hand_in("moon")
    url = reverse("admin:errors_unexplained_change", args=[kind.pk])
    page = staff.get(url).content.decode()
    bench = reverse("admin:errors_entry_bench")
    assert f'<form id="trial" method="post" action="{bench}">' in page
    assert '<button form="trial">Try it out</button>' in page


def test_a_wording_that_would_take_an_example_is_stopped(staff):
    kind = hand_in("moon")
    make_entry("quiet", "the moon", examples=["550 5.7.9 the moon is new"])
    entry = make_entry("loud")
    answer = change(staff, kind, entry=entry.pk, phrase="the moon is")
    assert answer.status_code == 409
    assert not entry.patterns.exists()
    token = answer.context["trouble"].token
    confirmed = change(
        staff, kind, entry=entry.pk, phrase="the moon is", _confirm=token
    )
    assert confirmed.status_code == 302
    assert entry.patterns.get().text == "the moon is"


# --- Votes ---------------------------------------------------------------------------------


def vote(entry, answers, **values):
    for answer in answers.split():
        Feedback.objects.create(
            entry=entry,
            helpful=answer == "yes",
            language="ja",
            place="entry",
            **values,
        )


def test_entries_are_ranked_by_unhelpful_votes(staff):
    moon, sun, star = (make_entry(slug) for slug in ("moon", "sun", "star"))
    vote(moon, "no yes yes")
    vote(sun, "no no")
    vote(sun, "no", comment="which <server>?")
    vote(star, "yes")
    ranking = feedback.rank_entries()
    assert [(row["entry"], row["unhelpful"], row["percent"]) for row in ranking] == [
        (sun, 3, 0),
        (moon, 1, 67),
    ]
    page = staff.get(reverse("admin:errors_feedback_changelist")).content.decode()
    assert "Entries that helped least" in page
    assert page.count("<li>which &lt;server&gt;?</li>") == 1


def test_filtered_votes_stand_alone(staff):
    vote(make_entry("moon"), "no")
    url = reverse("admin:errors_feedback_changelist")
    page = staff.get(url, {"helpful__exact": "0"}).content.decode()
    assert "Entries that helped least" not in page
    assert "Title of moon" in page


@pytest.mark.parametrize("number", [1, 3])
def test_ranking_takes_a_constant_number_of_queries(
    staff, django_assert_num_queries, number
):
    for n in range(number):
        vote(make_entry(f"e{n}"), "no", comment="unclear")
    url = reverse("admin:errors_feedback_changelist")
    staff.get(url)
    with django_assert_num_queries(11):
        staff.get(url)


# --- Lost searches -------------------------------------------------------------------------


def lost(query="月が満ちた"):
    return LostSearch.objects.create(
        query=query,
        language="ja",
        count=2,
        first_seen="2026-03-01",
        last_seen="2026-03-02",
    )


@pytest.mark.parametrize("name", ["feedback", "lostsearch"])
def test_lost_search_leads_to_a_draft(staff, name):
    make_section()
    search = lost()
    page = staff.get(reverse(f"admin:errors_{name}_changelist")).content.decode()
    draft = reverse("admin:errors_lostsearch_draft", args=[search.pk])
    assert f'formaction="{draft}"' in page
    response = staff.post(draft)
    entry = Entry.objects.get()
    assert response["Location"] == reverse("admin:errors_entry_change", args=[entry.pk])
    assert entry.title_ja == "月が満ちた"


def test_lost_search_leads_to_a_synonym(staff):
    link = '<a href="/admin/errors/synonym/add/?words_ja=a%26b">'
    assert link in feedback.offer_actions(lost("a&b"))
    page = staff.get("/admin/errors/synonym/add/?words_ja=a%26b").content.decode()
    assert "a&amp;b</textarea>" in page


def test_draft_from_a_search_needs_the_right_to_add(clerk):
    make_section()
    url = reverse("admin:errors_lostsearch_draft", args=[lost().pk])
    assert clerk.post(url).status_code == 403
    assert not Entry.objects.exists()


# --- All of it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["unexplained", "feedback", "lostsearch", "tally", "loginrecord"]
)
def test_every_page_opens_under_a_strict_policy(staff, name):
    hand_in("moon")
    vote(make_entry("moon"), "no", comment="unclear")
    lost()
    response = staff.get(reverse(f"admin:errors_{name}_changelist"))
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert " style=" not in response.content.decode()


@pytest.mark.parametrize("name", ["unexplained", "feedback", "lostsearch", "tally"])
def test_nothing_is_added_by_hand(staff, name):
    assert staff.get(reverse(f"admin:errors_{name}_add")).status_code == 403

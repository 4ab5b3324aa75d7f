"""Locking: two people at one row; the second is told, sees both, and loses nothing."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from errors.models import Entry, Relation, Section
from errors.tests.admin.pages import fields_of, make_client, open_page, send, url_of
from errors.tests.rows import make_entry
from errors.versions import versions_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make_entry(
        "one", "user unknown", "no such user", examples=["550 user unknown"]
    )


@pytest.fixture
def hanako():
    return make_client("publisher", name="hanako")


@pytest.fixture
def taro():
    return make_client("publisher", name="taro")


def differences(response):
    assert response.status_code == 409
    return {row.path: row.choice for row in response.context["trouble"].differences}


def test_the_second_is_told_and_sees_both(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"title_en": "Hanako's title"})
    response = send(taro, entry, mine | {"title_en": "Taro's <title>"})
    assert differences(response) == {"title.en": "mine"}
    page = response.content.decode()
    assert "Saved by <strong>hanako</strong>" in page
    assert "Taro&#x27;s &lt;title&gt;" in page
    assert fields_of(response)["title_en"] == "Taro's <title>"
    entry.refresh_from_db()
    assert entry.title_en == "Hanako's title"


def resolve(client, entry, response, **choices):
    """Send the page again as it came back, with what was chosen."""
    trouble = response.context["trouble"]
    chosen = {f"choose-{row.path}": row.choice for row in trouble.differences}
    chosen |= {f"choose-{path}": choice for path, choice in choices.items()}
    data = fields_of(response) | chosen | {"resolving": trouble.resolving}
    return send(client, entry, data)


def test_what_each_changed_alone_is_merged(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"summary_en": "Hanako's summary"})
    response = send(taro, entry, mine | {"title_en": "Taro's title"})
    assert differences(response) == {"summary.en": "theirs", "title.en": "mine"}
    assert resolve(taro, entry, response).status_code == 302
    entry.refresh_from_db()
    assert (entry.summary_en, entry.title_en) == ("Hanako's summary", "Taro's title")
    newest = versions_of(Entry, entry.pk)[0]
    assert newest.who == "taro"


def test_patterns_that_both_added_and_took_away_are_joined(entry, hanako, taro):
    added = {"patterns-2-kind": "phrase", "patterns-2-scope": "anywhere"}
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | added | {"patterns-2-text": "hers of it"})
    response = send(
        taro,
        entry,
        mine | added | {"patterns-2-text": "his of it", "patterns-1-DELETE": "on"},
    )
    assert differences(response) == {"patterns": "both"}
    resolve(taro, entry, response)
    texts = [pattern.text for pattern in entry.patterns.all()]
    assert texts == ["user unknown", "hers of it", "his of it"]


def test_each_way_can_be_forced_knowingly(entry, hanako, taro):
    for choice, title in (("mine", "Taro's"), ("theirs", "Hanako's")):
        theirs, mine = open_page(hanako, entry), open_page(taro, entry)
        send(hanako, entry, theirs | {"title_en": "Hanako's"})
        response = send(taro, entry, mine | {"title_en": "Taro's"})
        resolve(taro, entry, response, **{"title.en": choice})
        entry.refresh_from_db()
        assert entry.title_en == title
        Entry.objects.get(pk=entry.pk).save()


def test_rows_that_the_other_deleted_are_not_lost_to_who_edited_them(
    entry, hanako, taro
):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"patterns-1-DELETE": "on"})
    response = send(taro, entry, mine | {"patterns-1-text": "user not found"})
    resolve(taro, entry, response, patterns="mine")
    texts = [pattern.text for pattern in entry.patterns.all()]
    assert texts == ["user unknown", "user not found"]


def test_a_third_save_while_choosing_asks_again(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"title_en": "Hanako's"})
    response = send(taro, entry, mine | {"title_en": "Taro's"})
    send(hanako, entry, open_page(hanako, entry) | {"title_en": "Hanako's second"})
    again = resolve(taro, entry, response)
    assert differences(again) == {"title.en": "mine"}
    entry.refresh_from_db()
    assert entry.title_en == "Hanako's second"


def test_mistakes_of_the_second_come_first_and_keep_what_was_typed(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"title_en": "Hanako's"})
    response = send(taro, entry, mine | {"reply_code": "55", "title_en": "Taro's"})
    assert response.status_code == 409
    assert response.context["trouble"].differences is None
    assert response.context["adminform"].form.errors["reply_code"]
    assert fields_of(response)["title_en"] == "Taro's"
    again = send(taro, entry, fields_of(response) | {"reply_code": "550"})
    assert differences(again) == {"title.en": "mine", "reply_code": "mine"}


def test_the_same_typed_twice_is_no_conflict(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"title_en": "The same"})
    assert send(taro, entry, mine | {"title_en": "The same"}).status_code == 302


def test_a_merge_is_rehearsed_as_any_save(entry, hanako, taro):
    other = make_entry("other", "something else")
    theirs, mine = open_page(hanako, other), open_page(taro, other)
    send(hanako, other, theirs | {"title_en": "Hanako's"})
    response = send(taro, other, mine | {"patterns-0-text": "550 user unknown"})
    stopped = resolve(taro, other, response)
    assert stopped.status_code == 409
    assert [c.slug for c in stopped.context["trouble"].cards()] == ["one"]
    assert other.patterns.get().text == "something else"


def test_choices_that_do_not_go_together_change_nothing(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"valid_until": "2024-01-01"})
    response = send(taro, entry, mine | {"valid_from": "2025-01-01"})
    again = resolve(taro, entry, response)
    assert differences(again) == {"valid_from": "mine", "valid_until": "theirs"}
    entry.refresh_from_db()
    assert entry.valid_from is None


def test_a_page_that_says_not_what_it_was_made_from_is_asked(entry, taro):
    data = open_page(taro, entry) | {"title_en": "Taro's"}
    del data["based_on"]
    assert differences(send(taro, entry, data)) == {"title.en": "mine"}


def test_a_place_that_was_typed_is_kept(entry, hanako, taro):
    theirs, mine = open_page(hanako, entry), open_page(taro, entry)
    send(hanako, entry, theirs | {"title_en": "Hanako's"})
    response = send(taro, entry, mine | {"position": "77", "summary_en": "His"})
    resolve(taro, entry, response)
    entry.refresh_from_db()
    assert (entry.position, entry.summary_en, entry.title_en) == (77, "His", "Hanako's")


def test_what_was_typed_into_a_deleted_entry_can_be_added_anew(entry, taro):
    mine, pk = open_page(taro, entry), entry.pk
    Entry.objects.all().delete()
    response = taro.post(
        reverse("admin:errors_entry_change", args=[pk]), mine | {"title_en": "Taro's"}
    )
    assert response.status_code == 409
    assert b"Somebody else deleted this" in response.content
    data = fields_of(response)
    assert data["title_en"] == "Taro's"
    again = taro.post(reverse("admin:errors_entry_add"), data)
    assert again.status_code == 302
    again = Entry.objects.get()
    assert (again.title_en, again.patterns.count()) == ("Taro's", 2)


def test_what_was_typed_while_it_was_published_becomes_a_draft_of_its_own(hanako):
    entry = make_entry("new", "user unknown", state="draft")
    jiro = make_client("editor", name="jiro")
    theirs, mine = open_page(hanako, entry), open_page(jiro, entry)
    assert send(hanako, entry, theirs | {"state": "published"}).status_code == 302
    response = send(jiro, entry, mine | {"title_en": "Jiro's"})
    assert response.status_code == 409
    assert b"Somebody else published this" in response.content
    data = fields_of(response)
    assert data["title_en"] == "Jiro's"
    again = jiro.post(reverse("admin:errors_entry_add"), data)
    assert again.status_code == 302
    draft = Entry.objects.exclude(pk=entry.pk).get()
    assert (draft.title_en, draft.state, draft.patterns.count()) == (
        "Jiro's",
        "draft",
        1,
    )
    entry.refresh_from_db()
    assert (entry.title_en, entry.state) != ("Jiro's", "draft")


def test_other_rows_are_guarded_too(entry, hanako, taro):
    section = Section.objects.get()
    theirs, mine = open_page(hanako, section), open_page(taro, section)
    send(hanako, section, theirs | {"title_en": "Hanako's"})
    response = send(taro, section, mine | {"introduction_en": "Taro's"})
    assert differences(response) == {"title.en": "theirs", "introduction.en": "mine"}
    resolve(taro, section, response)
    section.refresh_from_db()
    assert (section.title_en, section.introduction_en) == ("Hanako's", "Taro's")


def test_a_translator_merges_only_what_is_theirs(entry, hanako):
    translator = make_client("translator-en", name="translator")
    theirs, mine = open_page(hanako, entry), open_page(translator, entry)
    send(
        hanako, entry, theirs | {"title_ja": "花子の題", "patterns-1-text": "hers now"}
    )
    response = send(translator, entry, mine | {"title_en": "The translation"})
    assert differences(response) == {"title.en": "mine"}
    resolve(translator, entry, response)
    entry.refresh_from_db()
    assert (entry.title_ja, entry.title_en) == ("花子の題", "The translation")
    assert entry.patterns.last().text == "hers now"


def test_a_translator_keeps_the_rows_that_they_may_not_add(entry, hanako):
    relation = Relation.objects.create(
        entry=entry,
        other=make_entry("other", "something else"),
        difference_ja="違い",
        difference_en="Differs",
    )
    translator = make_client("translator-en", name="translator")
    theirs, mine = open_page(hanako, entry), open_page(translator, entry)
    send(hanako, entry, theirs | {"title_ja": "花子の題"})
    response = send(
        translator, entry, mine | {"relations-0-difference_en": "The translation"}
    )
    assert differences(response) == {"related": "mine"}
    assert resolve(translator, entry, response).status_code == 302
    relation = entry.relations.get()
    assert relation.other.slug == "other"
    assert relation.difference_ja == "違い"
    assert relation.difference_en == "The translation"


def test_a_translator_who_touched_no_related_entry_is_not_asked_about_them(
    entry, hanako
):
    other = make_entry("other", "something else")
    Relation.objects.create(entry=entry, other=other, difference_en="Differs")
    translator = make_client("translator-en", name="translator")
    theirs, mine = open_page(hanako, entry), open_page(translator, entry)
    send(hanako, entry, theirs | {"title_ja": "花子の題"})
    response = send(translator, entry, mine | {"title_en": "The translation"})
    assert differences(response) == {"title.en": "mine"}


def test_opening_takes_a_constant_number_of_queries(
    entry, taro, django_assert_num_queries
):
    taro.get(url_of(entry))  # the first page of a session notes when it began
    for number in (1, 3):
        for n in range(number):
            entry.patterns.create(text=f"phrase {number}{n}")
        with django_assert_num_queries(17):
            taro.get(url_of(entry))


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one writer at a time"
)
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_is_told(entry, hanako, taro):
    pages = [(client, open_page(client, entry)) for client in (hanako, taro)]
    start = threading.Barrier(2)
    codes = []

    def save(client, data, number):
        start.wait()
        codes.append(send(client, entry, data | {"title_en": f"T{number}"}).status_code)
        connection.close()

    threads = [
        threading.Thread(target=save, args=(*page, number))
        for number, page in enumerate(pages)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302, 409]

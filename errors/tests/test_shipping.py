"""Shipping: files are merged, staff's work is kept, twice changes nothing."""

import datetime
import re

import pytest
import yaml

from errors.models import (
    CatalogRevision,
    Entry,
    Gloss,
    Provider,
    Section,
    Synonym,
    Term,
)
from errors.shipping import ShippingError, load
from errors.shipping.contents import fingerprint
from errors.tests.admin.pages import before_its_turn

pytestmark = pytest.mark.django_db

ENTRY = {
    "slug": "550-user-unknown",
    "title": {"ja": "宛先がありません", "en": "No such user"},
    "summary": {"ja": "宛先がありません。", "en": "No such user."},
    "reply_code": "550",
    "reason": "userunknown",
    "stage": "mailbox",
    "providers": ["docomo"],
    "valid_from": "2025-03-13",
    "patterns": [
        "user unknown",
        {"phrase": "no such user", "provider": "docomo", "scope": "diagnostic"},
        {"regex": "quota.{0,5}over"},
        {"status_code": "5.1.1"},
    ],
    "examples": ["550 user unknown"],
    "related": [{"entry": "other", "difference": {"ja": "別です", "en": "Differs"}}],
}
OTHER = {
    "slug": "other",
    "title": {"ja": "別", "en": "Other"},
    "summary": {"ja": "別です。", "en": "Other."},
    "patterns": ["something else"],
}
DOCUMENT = {
    "section": {
        "slug": "by-number",
        "position": 20,
        "title": {"ja": "番号別", "en": "By number"},
    },
    "providers": [
        {
            "slug": "docomo",
            "name": {"ja": "ドコモ", "en": "docomo"},
            "domains": ["docomo.ne.jp"],
        }
    ],
    "glosses": [
        {
            "text": "Status:",
            "role": "label",
            "translation": {"ja": "状態", "en": "Status"},
        }
    ],
    "terms": [
        {
            "slug": "server",
            "name": {"ja": "サーバー", "en": "server"},
            "explanation": {"ja": "説明です。", "en": "A computer."},
            "avoid": {"ja": ["サーバ", "サーヴァー"]},
        }
    ],
    "entries": [ENTRY, OTHER],
}


@pytest.fixture
def ship(tmp_path):
    def write(document=DOCUMENT, **options):
        text = yaml.safe_dump(document, allow_unicode=True)
        (tmp_path / "10-catalog.yaml").write_text(
            text.replace("'2025-03-13'", "2025-03-13"), "utf-8"
        )
        return load(tmp_path, **options)

    return write


def changed(**values):
    return {**DOCUMENT, "entries": [{**ENTRY, **values}, OTHER]}


def test_load_makes_every_row(ship):
    report = ship()
    entry = Entry.objects.get(slug="550-user-unknown")
    assert len(report.created) == 6
    assert CatalogRevision.objects.get().number == 1
    assert (entry.state, entry.title_en, entry.position) == (
        "published",
        "No such user",
        10,
    )
    assert [(p.text, p.kind, p.scope, p.status_code) for p in entry.patterns.all()] == [
        ("user unknown", "phrase", "anywhere", ""),
        ("no such user", "phrase", "diagnostic", ""),
        ("quota.{0,5}over", "regex", "anywhere", ""),
        ("", "phrase", "anywhere", "5.1.1"),
    ]
    assert [(r.other.slug, r.difference_en) for r in entry.relations.all()] == [
        ("other", "Differs")
    ]
    assert (
        Section.objects.count(),
        Provider.objects.count(),
        Gloss.objects.count(),
    ) == (1, 1, 1)


def test_a_term_brings_the_words_to_avoid_one_a_line(ship):
    ship()
    term = Term.objects.get()
    assert (term.name_ja, term.avoid_ja, term.avoid_en) == (
        "サーバー",
        "サーバ\nサーヴァー",
        "",
    )
    assert ship({**DOCUMENT, "terms": []}).withdrawn == ["term server"]


def test_what_came_later_leaves_older_hashes_right(ship):
    ship()
    term = Term.objects.get()
    older = {
        "slug": "server",
        "name": {"ja": "サーバー", "en": "server"},
        "explanation": {"ja": "説明です。", "en": "A computer."},
        "avoid": {"ja": "サーバ\nサーヴァー"},
    }
    assert term.shipped_hash == fingerprint(older)
    raw: dict[str, object] = DOCUMENT["terms"][0]
    report = ship({**DOCUMENT, "terms": [{**raw, "is_everyday": True}]})
    assert report.updated == ["term server"]
    assert ship().updated == ["term server"]
    Term.objects.update(is_everyday=True)
    assert ship({**DOCUMENT, "terms": [{**raw, "avoid": {}}]}).kept == ["term server"]


def in_english(said):
    """Return what files say, without Japanese."""
    if isinstance(said, dict):
        return {key: in_english(value) for key, value in said.items() if key != "ja"}
    return [in_english(one) for one in said] if isinstance(said, list) else said


SYNONYMS = [{"slug": "full", "words": {"ja": ["満杯", "いっぱい"], "en": ["full"]}}]


def test_synonyms_bring_their_words_one_a_line(ship):
    ship({**DOCUMENT, "synonyms": SYNONYMS})
    row = Synonym.objects.get()
    assert (row.words_ja, row.words_en) == ("満杯\nいっぱい", "full")
    row.words_ja += "\nパンク"
    row.save()
    report = ship({**DOCUMENT, "synonyms": SYNONYMS})
    assert report.kept == ["synonym full"]
    assert ship({**DOCUMENT, "synonyms": SYNONYMS}, force=["full"]).kept == []
    assert ship().withdrawn == ["synonym full"]


def test_texts_in_a_language_that_is_not_shipped_are_left_alone(ship):
    """Japanese plays the language that an operator added and translated into."""
    ship(in_english(DOCUMENT))
    entry = Entry.objects.get(slug="550-user-unknown")
    assert not entry.title_ja
    entry.title_ja = "訳した題"
    entry.save()
    assert ship(in_english(DOCUMENT)).kept == []
    report = ship(in_english(changed(title={"en": "New title"})))
    entry.refresh_from_db()
    assert report.updated == ["entry 550-user-unknown"]
    assert (entry.title_en, entry.title_ja) == ("New title", "訳した題")
    assert entry.find_stale() == []


def test_loading_twice_changes_nothing(ship):
    ship()
    before = (CatalogRevision.objects.get().number, list(Entry.objects.values()))
    report = ship()
    assert (report.created, report.updated, report.kept, report.unchanged) == (
        [],
        [],
        [],
        6,
    )
    assert (
        CatalogRevision.objects.get().number,
        list(Entry.objects.values()),
    ) == before


def test_an_untouched_entry_is_updated(ship):
    ship()
    report = ship(changed(title={"ja": "新しい題", "en": "New title"}))
    assert report.updated == ["entry 550-user-unknown"]
    assert Entry.objects.get(slug="550-user-unknown").title_en == "New title"


@pytest.mark.parametrize(
    "touch",
    [
        lambda e: Entry.objects.filter(pk=e.pk).update(title_ja="社内の題"),
        lambda e: e.patterns.first().delete(),
        lambda e: e.examples.create(text="more"),
        lambda e: Entry.objects.filter(pk=e.pk).update(state="draft"),
    ],
    ids=["title", "pattern", "example", "state"],
)
def test_an_entry_that_staff_changed_is_kept_and_listed(ship, touch):
    ship()
    touch(Entry.objects.get(slug="550-user-unknown"))
    report = ship(changed(title={"ja": "新しい題", "en": "New title"}))
    assert report.kept == ["entry 550-user-unknown"]
    assert Entry.objects.get(slug="550-user-unknown").title_en == "No such user"


def test_force_overwrites_what_staff_changed(ship):
    ship()
    Entry.objects.filter(slug="550-user-unknown").update(title_en="Ours")
    ship(force=["550-user-unknown"])
    assert Entry.objects.get(slug="550-user-unknown").title_en == "No such user"


def test_a_browser_that_saved_without_a_change_has_touched_nothing(ship):
    body = {"ja": "一行目\n二行目", "en": "one\ntwo"}
    ship(changed(body=body))
    entry = Entry.objects.get(slug="550-user-unknown")
    entry.body_ja, entry.body_en = "一行目\r\n二行目", "one\r\ntwo"
    entry.save()
    assert ship(changed(body=body, reason="filtered")).kept == []


def test_an_entry_shipped_no_more_becomes_a_draft(ship):
    ship()
    report = ship({**DOCUMENT, "entries": [{**ENTRY, "related": []}]})
    assert report.withdrawn == ["entry other"]
    assert Entry.objects.get(slug="other").state == "draft"
    assert ship().updated == ["entry 550-user-unknown", "entry other"]
    assert Entry.objects.get(slug="other").state == "published"


@pytest.mark.parametrize(
    ("slug", "said"), [(550, None), ([1], "slug"), ("a b", "slug")]
)
def test_a_slug_is_read_as_text(ship, slug, said):
    other = {**OTHER, "slug": slug}
    document = {**DOCUMENT, "entries": [{**ENTRY, "related": []}, other]}
    if said is None:
        assert "entry 550" in ship(document).created
    else:
        with pytest.raises(ShippingError, match=said):
            ship(document)


def test_what_staff_save_while_a_load_waits_for_its_turn_is_kept(ship):
    ship()
    entries = Entry.objects.filter(slug="550-user-unknown")
    with before_its_turn(lambda: entries.update(title_en="Ours")):
        report = ship(changed(title={"ja": "新しい題", "en": "New title"}))
    assert report.kept == ["entry 550-user-unknown"]
    assert entries.get().title_en == "Ours"


def test_dry_run_says_but_does_nothing(ship):
    report = ship(dry_run=True)
    assert (len(report.created), Entry.objects.count()) == (6, 0)


def test_a_place_that_staff_took_is_left_to_them(ship):
    ship({**DOCUMENT, "entries": [OTHER]})
    Entry.objects.create(slug="ours", section=Section.objects.get(), position=20)
    ship({**DOCUMENT, "entries": [OTHER, {**ENTRY, "related": []}]})
    assert Entry.objects.get(slug="550-user-unknown").position == 21


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            changed(titel={"ja": "x"}),
            "10-catalog.yaml: 550-user-unknown: unknown ['titel']",
        ),
        (changed(title={}), "missing ['title']"),
        (changed(title="text"), "550-user-unknown: texts by language"),
        (changed(reply_code="5"), "550-user-unknown: .*reply_code"),
        (changed(reason="nonsense"), "550-user-unknown: .*reason"),
        (changed(patterns=["over {quta}"]), "550-user-unknown: .*quta"),
        (
            changed(patterns=[{"prase": "x"}]),
            "550-user-unknown: unknown keys of a pattern",
        ),
        (changed(patterns=[{"note": "x"}]), "550-user-unknown: .*says_something"),
        (changed(providers=["nobody"]), "550-user-unknown: .*nobody"),
        (changed(related=[{"entry": "gone"}]), "550-user-unknown: .*gone"),
        ({**DOCUMENT, "entries": [OTHER, OTHER]}, "entries shipped twice: other"),
        (
            changed(valid_until=datetime.datetime(2025, 3, 13, 10)),
            "550-user-unknown: a date without a time",
        ),
        ({"entries": [OTHER]}, "names no section"),
        (["list"], "a mapping is expected"),
        ({"entires": []}, "unknown keys"),
    ],
)
def test_a_bad_file_is_named_and_changes_nothing(ship, document, said):
    with pytest.raises(ShippingError) as caught:
        ship(document)
    assert said in str(caught.value) or re.search(said, str(caught.value))
    assert (Entry.objects.count(), Section.objects.count()) == (0, 0)


def test_broken_yaml_is_named(tmp_path):
    (tmp_path / "x.yaml").write_text("a: [", "utf-8")
    with pytest.raises(ShippingError, match=r"x\.yaml"):
        load(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(ShippingError, match=r"no \*.yaml"):
        load(tmp_path)


def test_a_gloss_shipped_no_more_goes_unless_staff_changed_it(ship):
    ship()
    kept = Gloss.objects.create(text="Ours", role="label", translation_ja="私たちの")
    assert ship({**DOCUMENT, "glosses": []}).withdrawn == ["gloss Status:"]
    ship()
    Gloss.objects.filter(text="Status:").update(translation_en="State")
    assert ship({**DOCUMENT, "glosses": []}).withdrawn == []
    assert set(Gloss.objects.values_list("text", flat=True)) == {"Status:", kept.text}


def test_a_text_cut_at_its_comma_is_refused(ship):
    title = {"ja": "題", "en": "Blocklists (RBL", "DNSBL)": None}
    with pytest.raises(ShippingError, match="needs quotes"):
        ship(changed(title=title))

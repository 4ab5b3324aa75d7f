"""Rehearsing: no change takes an Example from its entry without being told."""

import random

import pytest
from django.conf import settings

from errors.bounce.explaining import explain
from errors.models import Entry, Example, Gloss, Provider
from errors.publishing import as_if_published, build
from errors.rehearsing import find_losses, find_strays, leads_home, stand
from errors.shipping import load
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db


def make_two():
    """Make two entries, each proven; return them with the standing before a change."""
    full = make_entry("full", "mailbox full", examples=["552 mailbox full of letters"])
    make_entry("unknown", "user unknown", examples=["550 user unknown"])
    return full, stand()


def told(losses):
    return [
        (loss.entry, loss.text, loss.after.entry if loss.after else None, loss.is_new)
        for loss in losses
    ]


def test_a_longer_phrase_that_takes_an_example_is_told_with_both_reasons():
    _, before = make_two()
    make_entry("thief", "mailbox full of letters")
    (loss,) = find_losses(before)
    assert told([loss]) == [
        ("full", "552 mailbox full of letters", "thief", False),
    ]
    assert loss.before.why.endswith("12 letters of wording")
    assert loss.after.why.endswith("23 letters of wording")
    assert loss.own.why == loss.before.why
    assert loss.mark == "full\x00552 mailbox full of letters\x00thief"


def lose_pattern(entry):
    entry.patterns.all().delete()


def sink(entry):
    make_entry("generic", "letters")
    Entry.objects.filter(pk=entry.pk).update(priority=-5)


def gloss(entry):
    Gloss.objects.create(text="mailbox full of letters", role="framing")


def require(entry):
    provider = Provider.objects.create(slug="docomo", name_ja="ドコモ")
    entry.patterns.update(provider=provider)


@pytest.mark.parametrize(
    ("change", "after"),
    [(lose_pattern, None), (sink, "generic"), (gloss, None), (require, None)],
)
def test_any_change_that_loses_an_example_is_told(change, after):
    full, before = make_two()
    change(full)
    assert told(find_losses(before)) == [
        ("full", "552 mailbox full of letters", after, False)
    ]


HARMLESS = {
    "new entry": lambda full: make_entry("new", "else", examples=["something else"]),
    "draft": lambda full: make_entry("draft", "mailbox full of letters", state="draft"),
    "text": lambda full: Entry.objects.filter(pk=full.pk).update(title_ja="別の題"),
    "withdrawal": lambda full: Entry.objects.filter(pk=full.pk).update(state="draft"),
    "deletion": lambda full: full.delete(),
    "example gone": lambda full: full.examples.all().delete(),
    "more patterns": lambda full: full.patterns.create(text="mailbox is full"),
    "provider": lambda full: Provider.objects.create(slug="docomo", domains="d.jp"),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_loses_nothing_is_let_pass(change):
    full, before = make_two()
    change(full)
    assert find_losses(before) == []


def test_a_new_example_must_lead_home():
    full, before = make_two()
    full.examples.create(text="550 user unknown here")
    make_entry("new", "phrase of it", examples=["nothing of the kind"])
    assert told(find_losses(before)) == [
        ("full", "550 user unknown here", "unknown", True),
        ("new", "nothing of the kind", None, True),
    ]


def test_what_led_elsewhere_before_is_not_this_changes_fault():
    make_entry("odd", "phrase", examples=["550 user unknown"])
    _, before = make_two()
    make_entry("new", "user unknown", priority=3)
    assert told(find_losses(before)) == [("unknown", "550 user unknown", "new", False)]


def test_an_example_may_lead_home_for_one_of_its_recipients():
    text = "<a@example.jp>: 550 user unknown\n<b@example.jp>: 552 mailbox full"
    full, before = make_two()
    assert leads_home(("full", "552 mailbox full"), before.catalog)
    full.examples.create(text=text)
    assert find_losses(before) == []


def test_strays_of_a_draft_are_found_as_if_it_were_published():
    make_two()
    draft = make_entry("draft", "full of", state="draft")
    published = as_if_published(build(), draft)
    proofs = [
        ("draft", "552 mailbox full of letters"),
        ("draft", "glass full of water"),
    ]
    assert told(find_strays(proofs, published.catalog)) == [
        ("draft", "552 mailbox full of letters", "full", True)
    ]


# --- The quick way says what the slow one says ------------------------------------------------


def find_losses_slowly(before, texts_before):
    """Compile the whole catalog and explain every Example, before and after."""
    after = build().catalog
    for slug, text in Example.objects.filter(entry__state="published").values_list(
        "entry__slug", "text"
    ):
        if slug in {v.entry for v in explain(text, after).verdicts}:
            continue
        is_new = (slug, text) not in texts_before
        old = explain(text, before.catalog).verdicts
        if is_new or slug in {v.entry for v in old}:
            now = explain(text, after).verdicts[0].winner
            yield (
                slug,
                text,
                now.entry if now else None,
                now.why if now else "",
                is_new,
            )


def phrase_of(chance, texts):
    words = chance.choice(texts).split()
    start = chance.randrange(len(words))
    return " ".join(words[start : start + chance.randint(1, 5)])[:200]


def change_something(chance, texts):
    """Make a change of the kinds that staff make, some of them reckless."""
    entry = chance.choice(Entry.objects.all())
    updates = {
        "priority": chance.choice((-9, 9)),
        "outcome": "information",
        "slug": f"new-{entry.slug}"[:90],
        "state": "draft",
    }
    kind = chance.choice(("phrase", "phrase", "code", "nothing", *updates))
    if kind in updates:
        Entry.objects.filter(pk=entry.pk).update(**{kind: updates[kind]})
    elif kind == "phrase":
        entry.patterns.create(text=phrase_of(chance, texts))
    elif kind == "code":
        entry.patterns.create(reply_code=chance.choice(("5", "550")))
    else:
        entry.patterns.all().delete()


def test_the_quick_run_says_what_a_full_run_says():
    load(settings.BASE_DIR / "fixtures" / "catalog")
    texts = list(Example.objects.values_list("text", flat=True))
    chance = random.Random(5)  # noqa: S311 - nothing here is secret
    before = stand()
    lost = 0
    for _ in range(3):
        for _ in range(8):
            change_something(chance, texts)
        quick = [
            (
                loss.entry,
                loss.text,
                loss.after.entry if loss.after else None,
                loss.after.why if loss.after else "",
                loss.is_new,
            )
            for loss in find_losses(before)
        ]
        assert sorted(quick, key=str) == sorted(
            find_losses_slowly(before, before.proofs), key=str
        )
        lost += len(quick)
    assert lost > 10  # else the comparison has proved nothing


@pytest.mark.parametrize("number", [1, 3])
def test_a_rehearsal_takes_a_constant_number_of_queries(
    number, django_assert_num_queries
):
    _, before = make_two()
    for n in range(number):
        make_entry(f"new-{n}", f"phrase {n}", examples=[f"phrase {n}"])
    with django_assert_num_queries(5):
        find_losses(before)

"""Patching: some entries replaced, and everything else as if compiled anew."""

from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.patching import patch
from errors.bounce.values import EntryFacts, GlossRule, ProviderSign, Rule

SIGN = ProviderSign("docomo", ("docomo.ne.jp",), ("docomo says",))
GLOSS = GlossRule(1, "the following reason", "framing")
BASE = Catalog.build(
    [
        Rule("full", "mailbox full"),
        Rule("unknown", "user unknown"),
        Rule("by-code", reply_code="550"),
        Rule("broken", "over {quta}"),
    ],
    [EntryFacts(slug) for slug in ("full", "unknown", "by-code", "broken")],
    [SIGN],
    [GLOSS],
)


def winner(text, catalog):
    verdict = explain(text, catalog).verdicts[0]
    return verdict.entry


def test_an_entry_is_replaced_and_the_others_stay():
    patched = patch(
        BASE, ["full"], [Rule("full", "no room left")], [EntryFacts("full")]
    )
    assert winner("552 mailbox full", patched) is None
    assert winner("552 no room left", patched) == "full"
    assert winner("550 user unknown", patched) == "unknown"
    assert winner("550", patched) == "by-code"
    assert winner("552 mailbox full", BASE) == "full"


def test_rules_of_codes_alone_go_too():
    patched = patch(BASE, ["by-code"], [], [])
    assert winner("550", patched) is None
    assert "by-code" not in patched.facts


def test_a_new_entry_comes_in_and_knows_glosses_and_providers():
    rules = [
        Rule("new", "reason we know", provider="docomo"),
        Rule("new", "the following reason"),
    ]
    patched = patch(BASE, [], rules, [EntryFacts("new")])
    assert winner("docomo says: reason we know", patched) == "new"
    assert winner("reason we know", patched) is None
    assert winner("for the following reason: unclear", patched) is None
    assert patched.provider_of("a@docomo.ne.jp") == "docomo"


def test_facts_are_the_new_ones():
    patched = patch(BASE, ["full"], [], [EntryFacts("full", outcome="warning")])
    assert patched.facts["full"].outcome == "warning"


def test_rules_and_what_was_skipped_are_those_of_the_whole():
    patched = patch(BASE, ["full", "broken"], [Rule("full", "a {b}c d")], [])
    assert {rule.entry for rule in patched.rules} == {"full", "unknown", "by-code"}
    assert [rule.entry for rule, _problem in patched.skipped] == ["full"]


def test_a_patched_catalog_can_be_patched_again():
    once = patch(BASE, ["full"], [Rule("full", "no room left")], [EntryFacts("full")])
    twice = patch(once, ["unknown"], [Rule("moved", "gone")], [EntryFacts("moved")])
    assert winner("552 no room left", twice) == "full"
    assert winner("550 user unknown", twice) == "by-code"
    assert winner("553 gone", twice) == "moved"

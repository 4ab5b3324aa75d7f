"""Ranking: who wins, written as pairs, so that the order is read off the tests."""

import datetime

import pytest

from errors.bounce.matching import Catalog
from errors.bounce.ranking import gravest, rank
from errors.bounce.values import (
    Bounce,
    EntryFacts,
    ProviderSign,
    Recipient,
    Region,
    Rule,
    Span,
)

TEXT = "framing words here\n550 5.7.1 mailbox is full of quota"
DIAGNOSTIC = Span(19, len(TEXT))
TODAY = datetime.date(2026, 1, 1)


def verdicts(rules, bounce, **more):
    catalog = Catalog.build(rules, **more)
    return rank(bounce, catalog.match(bounce), catalog, TODAY)


def bounce_of(**more):
    recipient = {
        "address": "taro@example.jp",
        "reply_code": "550",
        "status": "5.7.1",
        "diagnostics": (DIAGNOSTIC,),
        **more,
    }
    return Bounce(text=TEXT, kind="failure", recipients=(Recipient(**recipient),))


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        pytest.param(
            {"priority": 1, "status_code": "5.7.1"},
            {"text": "mailbox is full"},
            id="priority",
        ),
        pytest.param(
            {"text": "mailbox"},
            {"text": "framing words here"},
            id="diagnostic over elsewhere",
        ),
        pytest.param(
            {"text": "framing words"},
            {"status_code": "5.7.1"},
            id="wording over status",
        ),
        pytest.param(
            {"status_code": "5.7.1"}, {"reply_code": "550"}, id="status over reply"
        ),
        pytest.param(
            {"reply_code": "550"}, {"status_code": "5.7"}, id="reply over class"
        ),
        pytest.param(
            {"text": "mailbox", "provider": "docomo"},
            {"text": "mailbox is full of quota"},
            id="provider over length",
        ),
        pytest.param(
            {"text": "mailbox", "reply_code": "550"},
            {"text": "mailbox is full"},
            id="code over length",
        ),
        pytest.param({"text": "mailbox is full"}, {"text": "of quota"}, id="length"),
        pytest.param(
            {"text": "mailbox"},
            {"text": "mailbox is full", "priority": -10},
            id="generic loses",
        ),
        pytest.param(
            {"reply_code": "5"},
            {"text": "mailbox is full", "valid_until": datetime.date(2020, 1, 1)},
            id="outdated loses",
        ),
    ],
)
def test_stronger_evidence_wins(stronger, weaker):
    rules = [Rule(entry="weaker", **weaker), Rule(entry="stronger", **stronger)]
    signs = [ProviderSign("docomo", ("example.jp",))]
    (verdict,) = verdicts(rules, bounce_of(), providers=signs)
    assert [verdict.entry, *(o.entry for o in verdict.others)] == ["stronger", "weaker"]


@pytest.mark.parametrize(
    "rule",
    [
        {"text": "mailbox", "reply_code": "551"},
        {"text": "mailbox", "status_code": "5.1"},
        {"text": "mailbox", "provider": "docomo"},
        {"text": "mailbox", "command": "DATA"},
        {"reply_code": "550", "status_code": "5.1.1"},
    ],
)
def test_unmet_requirement_is_no_candidate(rule):
    (verdict,) = verdicts([Rule(entry="e", **rule)], bounce_of(command="RCPT"))
    assert (verdict.entry, verdict.certainty) == (None, "none")


def test_command_tells_the_same_words_apart():
    rules = [
        Rule(entry="address", text="mailbox", command="RCPT"),
        Rule(entry="filter", text="mailbox", command="DATA"),
    ]
    assert [
        verdicts(rules, bounce_of(command=c))[0].entry for c in ("RCPT", "DATA")
    ] == ["address", "filter"]


def test_codes_of_the_entry_break_a_tie_before_the_slug():
    rules = [Rule(entry="a", text="mailbox"), Rule(entry="b", text="is full")]
    facts = [EntryFacts("a", status_code="5.2.2"), EntryFacts("b", status_code="5.7.1")]
    (verdict,) = verdicts(rules, bounce_of(), entries=facts)
    assert verdict.entry == "b"


def test_equal_evidence_is_decided_by_slug_whatever_the_order():
    rules = [Rule(entry="b", text="mailbox"), Rule(entry="a", text="mailbox")]
    assert {verdicts(r, bounce_of())[0].entry for r in (rules, rules[::-1])} == {"a"}


def test_words_met_across_a_blank_line_lose_to_words_in_one_piece():
    text = "Action by: recipient\n\nUnknown to us. Mailbox full."
    recipient = Recipient("a@example.jp", diagnostics=(Span(0, len(text)),))
    bounce = Bounce(text=text, kind="failure", recipients=(recipient,))
    rules = [
        Rule(entry="unknown", text="recipient unknown"),
        Rule(entry="full", text="mailbox full"),
    ]
    (verdict,) = verdicts(rules, bounce)
    assert [verdict.entry, *(o.entry for o in verdict.others)] == ["full", "unknown"]


def test_a_candidate_keeps_all_its_words_in_the_diagnostics():
    rules = [Rule(entry="full", text="is full"), Rule(entry="full", text="of quota")]
    bounce = bounce_of()
    (verdict,) = verdicts(rules, bounce)
    words = [span.of(bounce.text) for span in verdict.winner.spans]
    assert words == ["of quota", "is full"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mailbox is full", ["Mailbox is full", "mailbox is full", "is full"]),
        ("The line is full", ["mailbox is full", "is full"]),
    ],
    ids=["as much", "less"],
)
def test_words_outside_the_diagnostic_count_when_they_say_as_much(said, words):
    text = f"{said}, sorry.\n\n552 mailbox is full"
    recipient = Recipient(
        "a@example.jp", diagnostics=(Span(len(text) - 19, len(text)),)
    )
    bounce = Bounce(text=text, kind="failure", recipients=(recipient,))
    rules = [Rule(entry="full", text="mailbox is full"), Rule("full", text="is full")]
    (verdict,) = verdicts(rules, bounce)
    assert {*words} == {span.of(text) for span in verdict.winner.spans}


def test_the_address_is_a_value_whether_a_pattern_captured_it_or_not():
    (verdict,) = verdicts([Rule(entry="full", text="is full")], bounce_of())
    values = {value.name: value.text for value in verdict.winner.values}
    assert values == {"address": "taro@example.jp"}


def test_each_recipient_has_its_own_winner():
    text = "a@example.jp: user unknown\nb@example.jp: mailbox full\n"
    bounce = Bounce(
        text=text,
        kind="failure",
        recipients=(
            Recipient("a@example.jp", diagnostics=(Span(0, 26),)),
            Recipient("b@example.jp", diagnostics=(Span(27, 54),)),
        ),
    )
    rules = [
        Rule(entry="unknown", text="user unknown"),
        Rule(entry="full", text="mailbox full"),
    ]
    assert [(v.entry, v.others) for v in verdicts(rules, bounce)] == [
        ("unknown", ()),
        ("full", ()),
    ]


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("mx.example.net", "nobody"),
        ("mx.icloud.com", "icloud"),
        ("127.0.0.1", "icloud"),
        ("localhost", "icloud"),
        (None, "icloud"),
    ],
)
def test_of_equal_words_nobodys_win_where_another_host_refused(host, entry):
    rules = [
        Rule(entry="icloud", text="mailbox is full", provider="icloud"),
        Rule(entry="nobody", text="mailbox is full"),
    ]
    bounce = bounce_of(remote_mta=host)._replace(reporting_mta="mr1.icloud.com")
    signs = [ProviderSign("icloud", domains=("icloud.com",))]
    (verdict,) = verdicts(rules, bounce, providers=signs)
    assert verdict.entry == entry


def test_longer_words_of_the_provider_win_whoever_refused():
    rules = [
        Rule(entry="icloud", text="mailbox is full of quota", provider="icloud"),
        Rule(entry="nobody", text="mailbox is full"),
    ]
    bounce = bounce_of(remote_mta="mx.example.net")
    bounce = bounce._replace(reporting_mta="mr1.icloud.com")
    signs = [ProviderSign("icloud", domains=("icloud.com",))]
    (verdict,) = verdicts(rules, bounce, providers=signs)
    assert verdict.entry == "icloud"


def test_mail_system_writes_its_words_anywhere():
    rules = [
        Rule(entry="postfix", text="mailbox is full", provider="postfix"),
        Rule(entry="nobody", text="mailbox is full"),
    ]
    signs = [ProviderSign("postfix", signatures=("framing words here",))]
    bounce = bounce_of(remote_mta="mx.example.net")
    (verdict,) = verdicts(rules, bounce, providers=signs)
    assert verdict.entry == "postfix"


def test_signature_in_the_own_words_counts_whatever_the_host():
    rules = [
        Rule(entry="gate", text="mailbox", provider="gate"),
        Rule(entry="anybody", text="mailbox is full"),
    ]
    signs = [ProviderSign("gate", domains=("gate.jp",), signatures=("of quota",))]
    bounce = bounce_of(remote_mta="mx.example.net")
    (verdict,) = verdicts(rules, bounce, providers=signs)
    assert verdict.entry == "gate"


def test_words_across_two_recipients_decide_about_neither():
    text = "a@example.jp: mailbox full\nb@example.jp: host not found\n"
    bounce = Bounce(
        text=text,
        kind="failure",
        recipients=(
            Recipient("a@example.jp", diagnostics=(Span(0, 26),)),
            Recipient("b@example.jp", diagnostics=(Span(27, 55),)),
        ),
    )
    rules = [
        Rule(entry="unknown", text="mailbox * not found"),
        Rule(entry="full", text="mailbox full"),
        Rule(entry="host", text="host not found"),
    ]
    assert [v.entry for v in verdicts(rules, bounce)] == ["full", "host"]


def test_x_0_0_says_no_more_than_its_class():
    rules = [
        Rule(entry="zero", status_code="5.0.0"),
        Rule(entry="reply", reply_code="550"),
    ]
    (verdict,) = verdicts(rules, bounce_of(status="5.0.0"))
    assert [verdict.entry, verdict.others[0].certainty] == ["reply", "class"]


@pytest.mark.parametrize("kind", ["delivered", "auto-reply", "feedback"])
def test_no_failure_explains_what_did_not_fail(kind):
    bounce = Bounce(
        text="your mailbox is full of joy",
        kind=kind,
        regions=(Region("narrative", Span(0, 27)),),
    )
    rules = [
        Rule(entry="full", text="mailbox is full"),
        Rule(entry="info", text="of joy"),
    ]
    facts = [EntryFacts("full"), EntryFacts("info", outcome="information")]
    (verdict,) = verdicts(rules, bounce, entries=facts)
    assert (verdict.entry, verdict.others) == ("info", ())


def test_verdict_without_recipient_still_has_its_place():
    (verdict,) = verdicts([], Bounce(text="hello"))
    assert verdict.recipient == Recipient()


def test_why_reads_as_one_line():
    rule = Rule(
        entry="e", text="mailbox", provider="docomo", reply_code="550", priority=2
    )
    signs = [ProviderSign("docomo", ("example.jp",))]
    (verdict,) = verdicts([rule], bounce_of(), providers=signs)
    assert verdict.winner.why == (
        "priority 2 · wording in this recipient's diagnostic · provider of the recipient"
        " · 3 digits of codes required · 7 letters of wording"
    )


def test_gravest_verdict_makes_the_headline():
    text = "wait here; gone there"
    bounce = Bounce(
        text=text,
        kind="failure",
        recipients=(
            Recipient("a@b.c", diagnostics=(Span(0, 10),)),
            Recipient("d@e.f", diagnostics=(Span(10, 21),)),
        ),
    )
    facts = [
        EntryFacts("wait", outcome="temporary"),
        EntryFacts("gone", outcome="permanent"),
    ]
    catalog = Catalog.build(
        [Rule(entry="wait", text="wait here"), Rule(entry="gone", text="gone there")],
        facts,
    )
    assert gravest(rank(bounce, catalog.match(bounce), catalog, TODAY), catalog) == 1

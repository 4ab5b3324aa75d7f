"""Matching: which rules a text meets, where, and that hostile text stays cheap."""

import pytest

from errors.bounce.matching import MAX_MATCHED, Catalog, code_prefixes
from errors.bounce.values import (
    Bounce,
    GlossRule,
    ProviderSign,
    Recipient,
    Region,
    Rule,
    Span,
)


def match(text, *rules, **more):
    catalog = Catalog.build(rules, **more)
    return catalog.match(Bounce(text=text))


def words(matches, text):
    return [(m.rule.entry, m.span.of(text)) for m in matches.wordings]


@pytest.mark.parametrize(
    ("phrase", "text", "shown"),
    [
        ("user unknown", "550 5.1.1 User Unknown", "User Unknown"),
        ("user unknown", "> ... User\n> unknown", "User\n> unknown"),
        ("user unknown", "Ｕｓｅｒ　ｕｎｋｎｏｗｎ", "Ｕｓｅｒ　ｕｎｋｎｏｗｎ"),
        ("容量を超えて", "メールボックスの容量を\n超えています", "容量を\n超えて"),
        ("over * quota", "is over its quota now", "over its quota"),
        (
            "<{address}>... user unknown",
            "550 <A@example.jp>... User unknown",
            "<A@example.jp>... User unknown",
        ),
    ],
)
def test_phrase_is_found_where_it_stands(phrase, text, shown):
    found = match(text, Rule(entry="e", text=phrase))
    assert words(found, text) == [("e", shown)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("user unknown", "superuser unknown"),
        ("user unknown", "user unknowns"),
        ("over * quota", "over" + " and on" * 20 + " quota"),
        ("user unknown", "user is unknown"),
    ],
)
def test_phrase_leaves_other_texts_alone(phrase, text):
    assert match(text, Rule(entry="e", text=phrase)).wordings == ()


def test_values_keep_the_spelling_of_the_text():
    text = "552 Message is too large; 10485760 Bytes max for Taro@Example.JP now"
    rule = Rule(entry="e", text="too large; {limit:size} max for {address} now")
    (found,) = match(text, rule).wordings
    assert [(v.name, v.type, v.text, v.span.of(text)) for v in found.values] == [
        ("limit", "size", "10485760 Bytes", "10485760 Bytes"),
        ("address", "address", "Taro@Example.JP", "Taro@Example.JP"),
    ]


def test_every_place_of_a_phrase_is_found():
    text = "user unknown; user unknown\nuser unknown"
    assert len(match(text, Rule(entry="e", text="user unknown")).wordings) == 3


def test_expression_runs_on_the_folded_text():
    text = "Quota  has been\nEXCEEDED"
    rule = Rule(entry="e", text="quota (has been )?exceeded", kind="regex")
    assert words(match(text, rule), text) == [("e", "Quota  has been\nEXCEEDED")]


def test_returned_message_is_never_matched():
    text = "refused\n--\nuser unknown"
    bounce = Bounce(text=text, regions=(Region("returned", Span(11, len(text))),))
    catalog = Catalog.build([Rule(entry="e", text="user unknown")])
    assert catalog.match(bounce).wordings == ()


def test_matching_stops_at_its_limit_and_says_so():
    text = "x" * MAX_MATCHED + " user unknown"
    found = match(text, Rule(entry="e", text="user unknown"))
    assert (found.wordings, found.truncated) == ((), True)


def test_wording_outside_its_rules_scope_is_not_met():
    text = "Subject: mailbox full\n\nmailbox full"
    regions = (Region("header", Span(0, 23)), Region("narrative", Span(23, len(text))))
    rule = Rule(entry="e", text="mailbox full", scope="subject")
    found = Catalog.build([rule]).match(Bounce(text=text, regions=regions))
    assert [m.span.start for m in found.wordings] == [9]


def told(text, *rules):
    bounce = Bounce(text=text, regions=(Region("narrative", Span(0, len(text))),))
    return words(Catalog.build(rules).match(bounce), text)


FULL, REFUSED = (
    Rule(entry="full", text="mailbox full"),
    Rule(entry="no", text="refused"),
)


@pytest.mark.parametrize(
    "line",
    [
        "  Subject: Quota exceeded, mailbox full",
        "件名: mailbox full?",
        "> Betreff: Mailbox full",
        "Wed 2013-03-06 10:12:37: [12:1] *  Subject: re: mailbox full",
    ],
)
def test_quoted_subject_does_not_tell_why_the_mail_came_back(line):
    text = f"Your message\n{line}\ndid not arrive: 550 refused"
    assert told(text, FULL, REFUSED) == [("no", "refused")]


def test_subject_tells_where_nothing_else_does():
    text = "a@x.jp\nSubject: mailbox full\nWhat is this?"
    assert told(text, FULL, REFUSED) == [("full", "mailbox full")]


@pytest.mark.parametrize(
    "subject", ["Undelivered: mailbox full", "Delayed: mailbox full"]
)
def test_subject_of_the_bounce_itself_tells(subject):
    text = f"See:\nSubject: {subject}\n550 refused"
    assert len(told(text, FULL, REFUSED)) == 2


def test_gloss_hides_the_wording_it_covers():
    text = "could not be delivered. Mailbox full. It could not be delivered for long"
    rules = [
        Rule(entry="generic", text="not be delivered"),
        Rule(entry="full", text="mailbox full"),
    ]
    gloss = GlossRule(1, "could not be delivered.", "framing")
    found = match(text, *rules, glosses=[gloss])
    assert {(m.rule.entry, m.span.start) for m in found.wordings} == {
        ("full", 24),
        ("generic", 47),
    }
    assert [g.span for g in found.glosses] == [Span(0, 23)]


def test_of_nested_glosses_the_longest_is_kept():
    glosses = [
        GlossRule(1, "not be delivered", "framing"),
        GlossRule(2, "could not be delivered to one", "framing"),
    ]
    found = match(
        "It could not be delivered to one; it was not be delivered", glosses=glosses
    )
    assert [(g.gloss.key, g.span.start) for g in found.glosses] == [(2, 3), (1, 41)]


def test_label_counts_at_the_beginning_of_a_line_only():
    gloss = GlossRule(1, "Status:", "label")
    assert [
        g.span.start
        for g in match("Status: 5.1.1\nthe status: ok", glosses=[gloss]).glosses
    ] == [0]


def test_provider_is_known_by_its_signature_and_by_its_hosts():
    sign = ProviderSign("docomo", ("docomo.ne.jp",), ("mfsmax says",))
    catalog = Catalog.build([], providers=[sign])
    assert catalog.match(Bounce(text="MFSMAX says no")).providers == ("docomo",)
    assert catalog.provider_of("taro@mail.DOCOMO.ne.jp") == "docomo"
    assert catalog.provider_of("notdocomo.ne.jp") == ""
    assert catalog.provider_of("jp") == ""


def test_unusable_rule_is_skipped_and_named():
    bad, good = (
        Rule(entry="bad", text="over {quta}"),
        Rule(entry="good", text="over quota"),
    )
    catalog = Catalog.build([bad, good])
    assert [(rule.entry, problem.reason) for rule, problem in catalog.skipped] == [
        ("bad", "unknown-type")
    ]
    assert [
        m.rule.entry for m in catalog.match(Bounce(text="over quota")).wordings
    ] == ["good"]


def test_code_rules_are_found_by_code_and_its_beginning():
    rules = [
        Rule(entry="exact", status_code="5.2.2"),
        Rule(entry="subject", status_code="5.2"),
        Rule(entry="class", reply_code="5"),
        Rule(entry="other", status_code="5.1"),
    ]
    bounce = Bounce(text="x", recipients=(Recipient(status="5.2.2", reply_code="552"),))
    assert {m.rule.entry for m in Catalog.build(rules).match(bounce).codes} == {
        "exact",
        "subject",
        "class",
    }


def test_code_prefixes_go_from_exact_to_class():
    assert code_prefixes("5.10.22") == ("5.10.22", "5.10", "5")


@pytest.mark.parametrize(
    "text", ["user ", "over ", "a@", "user unknown ", "<" * 9, "\n> "]
)
def test_hostile_repetition_yields_bounded_hits(text):
    rules = [
        Rule(entry="a", text="user unknown"),
        Rule(entry="b", text="<{address}>... user"),
        Rule(entry="c", text="over * quota * of {size}"),
    ]
    hostile = (text * MAX_MATCHED)[:MAX_MATCHED]
    assert len(match(hostile, *rules).wordings) <= 3 * 2000


def test_only_what_is_met_counts_towards_the_limit():
    text = "xuser unknown " * 2000 + "user unknown"
    found = match(text, Rule(entry="e", text="user unknown"))
    assert [m.span.end for m in found.wordings] == [len(text)]

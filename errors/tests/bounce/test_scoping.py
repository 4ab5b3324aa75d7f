"""Scopes: where in one bounce a rule may look."""

import pytest

from errors.bounce.scoping import Scopes
from errors.bounce.values import Bounce, Recipient, Region, Rule, Span

TEXT = "Subject: mailbox\n full\n\nat mx.example.jp: mailbox full: mailbox full"
HEADER = Span(0, 23)
IN_SUBJECT, IN_WORDS, IN_DIAGNOSTIC = Span(9, 22), Span(42, 54), Span(56, 68)
HOST = Span(27, 40)


def places(scope, bounce, *spans):
    rule = Rule(entry="e", text="mailbox full", scope=scope)
    return [span for span in spans if Scopes(bounce).those_of((rule,), span)]


@pytest.fixture
def bounce():
    return Bounce(
        text=TEXT,
        regions=(
            Region("header", HEADER),
            Region("narrative", Span(23, len(TEXT))),
        ),
        recipients=(Recipient(diagnostics=(IN_DIAGNOSTIC,)),),
        reporting_mta="MX.example.jp",
    )


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("anywhere", [IN_WORDS, IN_DIAGNOSTIC, HOST]),
        ("subject", [IN_SUBJECT]),
        ("diagnostic", [IN_DIAGNOSTIC]),
        ("reporting-host", [HOST]),
    ],
)
def test_scope_decides_where_a_rule_counts(bounce, scope, allowed):
    everywhere = (IN_SUBJECT, IN_WORDS, IN_DIAGNOSTIC, HOST)
    assert set(places(scope, bounce, *everywhere)) == set(allowed)


def test_subject_that_was_read_as_the_reason_counts():
    bounce = Bounce(
        text=TEXT,
        regions=(Region("header", HEADER), Region("narrative", Span(23, len(TEXT)))),
        recipients=(Recipient(diagnostics=(IN_SUBJECT,)),),
    )
    assert places("anywhere", bounce, IN_SUBJECT) == [IN_SUBJECT]


def test_header_alone_may_say_it():
    bounce = Bounce(text=TEXT[:23], regions=(Region("header", HEADER),))
    assert places("anywhere", bounce, IN_SUBJECT) == [IN_SUBJECT]


def test_without_a_diagnostic_the_whole_text_is_one():
    assert places("diagnostic", Bounce(text=TEXT), IN_WORDS) == [IN_WORDS]


def test_without_a_header_the_first_line_is_the_subject():
    bounce = Bounce(text="mailbox full\nmailbox full")
    assert places("subject", bounce, Span(0, 12), Span(13, 25)) == [Span(0, 12)]


def test_without_a_reporting_host_no_rule_of_one_is_met():
    assert places("reporting-host", Bounce(text=TEXT), HOST) == []

"""Whence a returned message came."""

import pytest

from errors.bounce.tracing import HEADER_MAX, Trace, read_trace
from errors.bounce.values import Bounce, Region, Span

HEADER = """\
Received: from {client} by mx.example.net {way}; Fri, 6 Mar 2026 03:20:09 +0000
From: "Winner Desk" <hanako@example.jp>
Subject: You have won

"""


def trace_of(header, body="Click."):
    text = f"It came back.\n{header}{body}"
    start = text.index("\n") + 1
    returned = Region("returned", Span(start, len(text)))
    return read_trace(Bounce(text, regions=(returned,)))


def test_trace_tells_sender_and_hosts():
    header = HEADER.format(client="localhost (unknown [203.0.113.9])", way="with ESMTP")
    trace = trace_of(header)
    assert trace == Trace(
        sender="hanako@example.jp",
        hosts=("mx.example.net",),
        is_signed_in=False,
        failed_checks=(),
    )
    assert trace.is_foreign()


@pytest.mark.parametrize(
    "way",
    ["with ESMTPSA", "with ESMTPA", "with utf8smtpsa", "with HTTPS", "with local"],
)
def test_user_whom_the_server_knows_is_not_foreign(way):
    trace = trace_of(HEADER.format(client="pc (unknown [203.0.113.9])", way=way))
    assert trace.is_signed_in
    assert not trace.is_foreign()


@pytest.mark.parametrize("way", ["with ESMTPS", "with SMTP", "without SMTPSA"])
def test_mail_taken_without_sign_in_is_told_so(way):
    assert not trace_of(HEADER.format(client="pc", way=way)).is_signed_in


@pytest.mark.parametrize(
    ("client", "is_foreign"),
    [
        ("smtp.example.jp", False),
        ("example.jp", False),
        ("notexample.jp", True),
        ("example.jp.example.net", True),
    ],
)
def test_host_of_the_senders_domain_is_not_foreign(client, is_foreign):
    trace = trace_of(HEADER.format(client=client, way="with SMTP"))
    assert trace.is_foreign() == is_foreign


def test_failed_checks_are_named_once():
    header = (
        "Authentication-Results: mx.example.net; spf=softfail x; dkim=none;\n"
        " dmarc=fail header.from=example.jp\n"
        "Authentication-Results: mx.example.org; spf=fail\n"
        "From: hanako@example.jp\n\n"
    )
    assert trace_of(header).failed_checks == ("spf", "dmarc")


def test_header_without_way_accuses_nobody():
    assert not trace_of("From: hanako@example.jp\nSubject: x\n\n").is_foreign()


def test_body_of_the_returned_message_is_not_read():
    trace = trace_of(
        "From: hanako@example.jp\n\n", "Received: from mx.example.net\nspf=fail"
    )
    assert (trace.hosts, trace.failed_checks) == ((), ())


def test_nothing_returned_has_no_trace():
    assert read_trace(Bounce("550 User unknown")) is None


@pytest.mark.parametrize("piece", ["a", "a.", "Received: from a\n", "with  ", " \n "])
def test_hostile_header_is_read(piece):
    assert trace_of(piece * HEADER_MAX) is not None

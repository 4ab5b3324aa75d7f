"""Explaining: the whole path on pasted text, without a database."""

import pytest

from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.values import EntryFacts, Rule

CATALOG = Catalog.build(
    [
        Rule(entry="unknown", text="user unknown"),
        Rule(entry="full", text="mailbox is full"),
        Rule(entry="phishing", text="log in here to keep your mailbox"),
    ],
    [
        EntryFacts("unknown", reason="userunknown"),
        EntryFacts("full", reason="mailboxfull", outcome="temporary"),
        EntryFacts("phishing", outcome="information"),
    ],
)
SUBJECT_ALONE = """\
From: MAILER-DAEMON@mail.example.jp
Subject: {subject}

The original message was received today.
"""
SOURCE = """\
From: MAILER-DAEMON@mail.example.jp
To: hanako@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.jp

Final-Recipient: rfc822; taro@example.jp
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <taro@example.jp>... User unknown

--b
Content-Type: message/rfc822

From: hanako@example.com
Subject: your mailbox is full of letters

The mailbox is full, they say.
--b--
"""


@pytest.mark.parametrize(
    "paste", [SOURCE, SOURCE.encode(), SOURCE.replace("\n", "\r\n")]
)
def test_a_whole_source_is_explained_by_its_diagnostic(paste):
    answer = explain(paste, CATALOG)
    (verdict,) = answer.verdicts
    assert (answer.bounce.kind, verdict.entry, verdict.certainty) == (
        "failure",
        "unknown",
        "wording",
    )
    assert (verdict.recipient.address, verdict.recipient.status) == (
        "taro@example.jp",
        "5.1.1",
    )
    assert answer.reasons == ("userunknown",)
    causes = [
        h.span.of(answer.bounce.text) for h in answer.highlights if h.role == "cause"
    ]
    assert causes == ["User unknown"]


def test_the_returned_message_never_decides():
    answer = explain(SOURCE.replace("... User unknown", " gone"), CATALOG)
    assert [v.entry for v in answer.verdicts] == [None]


def test_words_that_the_catalog_knows_make_a_fragment_a_failure():
    answer = explain("They say the mailbox is full", CATALOG)
    assert (answer.bounce.kind, answer.verdicts[0].entry) == ("failure", "full")


def test_a_warning_about_a_fake_does_not_make_it_a_failure():
    answer = explain("Dear user, log in here to keep your mailbox", CATALOG)
    assert (answer.bounce.kind, answer.verdicts[0].entry) == (
        "not-a-bounce",
        "phishing",
    )


def test_an_ordinary_mail_is_not_explained_as_a_failure():
    mail = (
        "Received: from a.example.jp by b.example.jp; Mon, 6 Jul 2026 10:00:00 +0900\n"
        "From: hanako@example.com\nTo: taro@example.jp\nSubject: news\n"
        "Message-ID: <1@example.com>\nDate: Mon, 6 Jul 2026 10:00:00 +0900\n\n"
        "My mailbox is full of letters from you.\n"
    )
    answer = explain(mail, CATALOG)
    assert (answer.bounce.kind, answer.verdicts[0].entry) == ("not-a-bounce", None)


@pytest.mark.parametrize(
    "paste",
    [
        "",
        "\0",
        "\ud800",
        b"\xff\xfe",
        "<script>alert(1)</script>",
        "a" * 2**20,
        "> " * 9999,
    ],
    ids=["empty", "nul", "surrogate", "bytes", "html", "one letter", "quotes"],
)
def test_anything_gets_an_answer(paste):
    answer = explain(paste, CATALOG)
    assert (len(answer.verdicts), answer.headline) == (1, 0)


def test_words_in_a_subject_decide_only_as_a_reason_of_sendmail():
    reason = SUBJECT_ALONE.format(subject="Returned mail: User unknown")
    own = SUBJECT_ALONE.format(subject="Undeliverable: My mailbox is full of letters")
    entries = [explain(text, CATALOG).verdicts[0].entry for text in (reason, own)]
    assert entries == ["unknown", None]

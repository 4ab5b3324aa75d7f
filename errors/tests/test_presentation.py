"""The view model of the result page."""

import pytest
from django.utils.safestring import SafeString

from errors import catalog
from errors.bounce import explaining
from errors.models import Gloss, Pattern
from errors.presentation import result_page
from errors.presentation.support import hide_people
from errors.presentation.text import MARKS_MAX, RETURNED_MAX, SHOWN_MAX
from errors.presentation.values import (
    Fact,
    Forgery,
    Link,
    Note,
    RecipientGroup,
    Segment,
)
from errors.presentation.way import way_to
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

SOURCE = """\
From: MAILER-DAEMON@mail.example.com
To: sender@example.com
Subject: Undelivered Mail
Date: Mon, 3 Mar 2025 10:20:30 +0900
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail did not get through.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; taro@example.jp
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.jp
Diagnostic-Code: smtp; 550 5.1.1 <taro@example.jp>... User unknown

--b
Content-Type: message/rfc822

From: sender@example.com
To: taro@example.jp
Subject: Hello

A private letter.

--b--
"""


def page_of(text, language="en"):
    published = catalog.current()
    explanation = explaining.explain(text, published.catalog)
    return result_page(explanation, published, language)


def rows_of(page):
    return [row for block in page.blocks for row in block.rows]


def text_of(page):
    return "\n".join(row.text for row in rows_of(page))


def marked(page, role):
    return [
        segment.text
        for row in rows_of(page)
        for segment in row.segments
        if segment.role == role
    ]


def test_source_is_answered_whole():
    make_entry("user-unknown", "user unknown", stage="mailbox", actor="sender")
    page = page_of(SOURCE)
    assert page.headline.title == "A summary."
    assert page.headline.tone == "stop"
    assert (
        page.headline.arrival == "It will not arrive by itself, however long you wait."
    )
    assert page.headline.action == "You can fix this yourself."
    assert (page.headline.caution, page.headline.scope) == ("", "")
    assert page.facts == (
        Fact("Recipient", "taro@example.jp", is_quote=True),
        Fact("Who must act", "You, the sender"),
        Fact("How sure", "The wording matches"),
        Fact("The deciding words", "User unknown", anchor="cause", is_quote=True),
    )
    assert [step.state for step in page.way.steps] == ["past"] * 6 + ["stop"]
    assert [answer.slug for answer in page.answers] == ["user-unknown"]
    assert isinstance(page.answers[0].advice, SafeString)
    assert page.groups == ()
    assert marked(page, "cause") == ["User unknown"]
    assert page.is_found
    assert page.forgery == Forgery(subject="Hello", signs=())


REPORT = """\
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender

This is the mail system at host mx.example.com.

<taro@example.jp>: host mx.example.jp[192.0.2.1] said: {} user unknown
    (in reply to RCPT TO command)
"""


@pytest.mark.parametrize(
    ("text", "outcome", "tone", "arrival"),
    [
        ("550 user unknown", "permanent", "stop", "however long you wait"),
        (
            "450 user unknown",
            "permanent",
            "wait",
            "only arrive if the cause is removed",
        ),
        ("450 user unknown", "temporary", "wait", "It may still arrive by itself"),
        ("550 user unknown", "temporary", "stop", "The server has given up"),
        (REPORT.format(450), "permanent", "stop", "however long you wait"),
        (REPORT.format(450), "temporary", "stop", "The server has given up"),
    ],
)
def test_temporary_reply_alone_is_not_the_end(text, outcome, tone, arrival):
    make_entry("user-unknown", "user unknown", outcome=outcome)
    headline = page_of(text).headline
    assert headline.tone == tone
    assert arrival in headline.arrival


def test_text_is_answered_in_the_language_asked_for():
    make_entry("user-unknown", "user unknown")
    page = page_of(SOURCE, "ja")
    assert page.headline.title == "要約です。"
    assert page.headline.arrival == "待っていても、自動では届きません。"
    assert page.answers[0].url == "/ja/errors/user-unknown/"


def test_entry_without_english_falls_back_to_japanese():
    make_entry("user-unknown", "user unknown", summary_en="")
    assert page_of(SOURCE).headline.title == "要約です。"


def test_captured_values_stand_in_every_text():
    make_entry(
        "too-large",
        "message is too large; {size}",
        summary_en="Above {size|the limit}.",
        body_en="Limit: **{size|unknown}**",
        advice_en="1. Stay below {size|it}.",
        handover_en="Your limit is {size|unknown}.",
    )
    page = page_of("552 <a@example.jp> message is too large; 10485760 bytes max")
    answer = page.answers[0]
    assert (page.headline.title, answer.summary) == ("Above 10 MB.",) * 2
    assert "<strong>10 MB</strong>" in answer.body
    assert "Stay below 10 MB." in answer.advice
    assert answer.handover == "Your limit is 10 MB."


def test_captured_value_cannot_bring_html():
    make_entry("word", "called {word} here", advice_en="1. It is {word|it}.")
    page = page_of("550 5.1.1 called a&b here")
    assert "It is a&amp;b." in page.answers[0].advice


def test_each_recipient_has_its_own_answer():
    make_entry("unknown", "user unknown")
    make_entry("full", "mailbox full", summary_en="It is full.")
    page = page_of(
        "<a@example.jp>: 550 5.1.1 User unknown\n\n<b@example.jp>: 552 5.2.2 Mailbox full\n"
    )
    numbers = {answer.slug: answer.number for answer in page.answers}
    assert sorted(numbers.values()) == [1, 2]
    assert [group.number for group in page.groups] == [1, 2]
    assert (
        RecipientGroup(
            addresses=("b@example.jp",),
            more=0,
            tone="stop",
            fate="Did not arrive",
            cause="Title of full",
            number=numbers["full"],
            certainty="The wording matches",
        )
        in page.groups
    )
    assert page.headline.scope == "1 other recipient has an answer of its own, below."
    assert len(page.answers) == 2


def test_recipients_of_one_fate_share_an_answer():
    make_entry("unknown", "user unknown")
    page = page_of(
        "<a@example.jp>: 550 5.1.1 User unknown\n\n<b@example.jp>: 550 5.1.1 User unknown\n"
    )
    assert [answer.recipients for answer in page.answers] == [
        ("a@example.jp", "b@example.jp")
    ]
    assert [group.addresses for group in page.groups] == [
        ("a@example.jp", "b@example.jp")
    ]
    assert page.facts[0] == Fact("Recipient", "a@example.jp and 1 other", is_quote=True)
    assert page.headline.scope == ""


def test_answer_by_the_code_alone_says_so():
    entry = make_entry("unknown")
    Pattern.objects.create(entry=entry, status_code="5.1.1")
    page = page_of("550 5.1.1 <a@example.jp>: go away")
    assert "judge by the code 5.1.1 alone" in page.headline.caution
    assert Fact("How sure", "By its status code alone") in page.facts
    leads = {cause.lead for row in rows_of(page) for cause in row.causes}
    assert leads == {"Judged by the code in these words"}


def test_nothing_found_still_decodes():
    page = page_of("<hanako@example.jp>:\n550 5.7.26 Quux frobnicated at mx.example.jp")
    assert not page.is_found
    assert page.headline.title == "The mail came back, but we could not tell why"
    assert (page.answers, page.way) == ((), None)
    decoded = {row.text: row.meanings[0] for row in page.decoded}
    assert decoded["5.7.26"] == "Several sender checks (SPF, DKIM, DMARC) failed"
    assert decoded["550"] == "The mailbox is not available, or the mail was refused"


def test_delay_does_not_alarm():
    make_entry("late", "still trying", outcome="warning", actor="nobody")
    page = page_of("Warning: message still not delivered, still trying for 4 hours")
    assert page.headline.tone == "wait"
    assert page.headline.action == "Nobody needs to do anything: please wait."
    assert page.way.tone == "wait"


def test_nobody_is_asked_to_wait_once_the_server_has_given_up():
    make_entry("unknown", "user unknown", outcome="temporary", actor="nobody")
    assert page_of("450 user unknown").headline.action.startswith("Nobody needs")
    given_up = page_of(REPORT.format(450)).headline
    assert given_up.action == "Please send it again after a while."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello, how are you?", "We found no mail error in this text"),
        ("\0", "We found no mail error in this text"),
    ],
)
def test_what_is_no_bounce_is_called_so(text, title):
    assert page_of(text).headline.title == title


def test_glosses_translate_and_are_no_cause():
    make_entry("unknown", "user unknown")
    Gloss.objects.create(
        text="the following recipients failed",
        role="framing",
        translation_en="These people did not get it.",
        translation_ja="次の宛先に届きませんでした。",
    )
    page = page_of("The following recipients failed\n550 5.1.1 User unknown\n")
    rows = rows_of(page)
    assert rows[0].notes == (Note("These people did not get it."),)
    assert rows[0].causes == ()


def test_mark_leads_to_its_explanation():
    make_entry("unknown", "user unknown")
    page = page_of("550 5.1.1 User unknown")
    rows = {row.text: row for row in page.decoded}
    segments = [s for block in page.blocks for row in block.rows for s in row.segments]
    assert (
        Segment("5.1.1", "status-code", rows["5.1.1"].anchor, rows["5.1.1"].meanings[0])
        in segments
    )


@pytest.mark.parametrize(
    "text",
    [
        SOURCE,
        "550 5.1.1 User unknown",
        "\n\n  550 5.1.1\nUser\nunknown\n\n\nmore\n",
        "User unknown" * 30,
        "あ550 5.1.1ユーザー\nUser unknown",
    ],
    ids=["source", "line", "blank lines", "repeated", "japanese"],
)
def test_no_letter_of_the_text_is_lost_or_doubled(text):
    make_entry("unknown", "user unknown")
    explanation = explaining.explain(text, catalog.current().catalog)
    page = result_page(explanation, catalog.current(), "en")
    assert text_of(page).split() == explanation.bounce.text.split()


def test_returned_message_is_folded():
    make_entry("unknown", "user unknown")
    page = page_of(SOURCE)
    returned = [block for block in page.blocks if block.kind == "returned"]
    assert [block.is_folded for block in returned] == [True]
    assert "A private letter." in text_of(page)


def test_long_text_is_cut_and_said_to_be():
    page = page_of("no word. " * (SHOWN_MAX // 9 + 100))
    assert SHOWN_MAX - 10 < len(text_of(page)) <= SHOWN_MAX
    assert "Only the beginning of the text is shown here." in page.notes


def test_short_text_is_not_said_to_be_cut():
    assert page_of("a" * 100).notes == ()


def test_long_returned_message_is_cut():
    page = page_of(SOURCE.replace("A private letter.", "letter " * RETURNED_MAX))
    (returned,) = (block for block in page.blocks if block.kind == "returned")
    assert (
        sum(len(segment.text) for segment in returned.rows[0].segments) <= RETURNED_MAX
    )


def test_many_marks_are_limited():
    page = page_of("550 5.1.1\n" * (2 * MARKS_MAX))
    marks = len(marked(page, "reply-code")) + len(marked(page, "status-code"))
    assert marks <= MARKS_MAX
    assert text_of(page).split() == ["550", "5.1.1"] * (2 * MARKS_MAX)


def test_summary_for_support_names_no_person():
    make_entry("unknown", "user unknown")
    page = page_of(SOURCE)
    assert page.summary.splitlines() == [
        "A summary.",
        "Entry: unknown (The wording matches)",
        "Server that reported it: mail.example.com",
        "Date: 2025-03-03",
        "Recipient: ***@example.jp",
        "Codes: 550 5.1.1",
        "Server that answered: mx.example.jp",
        "Its words: 550 5.1.1 <***@example.jp>... User unknown",
    ]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("<taro.yamada+x@example.jp> unknown", "<***@example.jp> unknown"),
        ("a@example.jp,b@example.jp", "***@example.jp,***@example.jp"),
        ("twitter: @example", "twitter: @example"),
        ("no address", "no address"),
    ],
)
def test_hide_people_blanks_local_parts_alone(text, hidden):
    assert hide_people(text) == hidden


def test_other_candidates_are_offered():
    make_entry("unknown", "user unknown in local recipient table")
    make_entry("other", "user unknown")
    page = page_of("550 5.1.1 User unknown in local recipient table")
    assert page.others == (Link("Title of other", "/en/errors/other/", "A summary."),)


@pytest.mark.parametrize(
    ("stage", "states"),
    [
        ("program", ["stop"] + ["ahead"] * 6),
        ("policy", ["past"] * 5 + ["stop", "ahead"]),
        ("mailbox", ["past"] * 6 + ["stop"]),
    ],
)
def test_way_is_past_up_to_the_stop(stage, states):
    assert [step.state for step in way_to(stage).steps] == states


def test_page_of_an_entry_withdrawn_meanwhile_is_still_made():
    entry = make_entry("unknown", "user unknown")
    published = catalog.current()
    explanation = explaining.explain("550 User unknown", published.catalog)
    entry.delete()
    catalog.forget()
    page = result_page(explanation, catalog.current(), "en")
    assert not page.is_found

"""Parts of the result page: quiet lines, forged senders, the time line, what else it could be."""

import datetime

import pytest
from django.utils import translation

from errors import catalog
from errors.bounce import explaining
from errors.models import Pattern, Relation
from errors.presentation.answers import ADDRESSES_MAX, OTHERS_MAX, find_others
from errors.presentation.case import Case
from errors.presentation.forgery import find_forgery
from errors.presentation.headline import first_sentence, headline_of
from errors.presentation.quiet import HEAD, NEAR, QUIET_MIN, fold_quiet, is_long
from errors.presentation.support import support_summary
from errors.presentation.timeline import is_over, timeline_of
from errors.presentation.values import Link, Moment, Note, Row, Segment
from errors.tests.rows import make_entry
from errors.tests.test_presentation import page_of, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


TOKYO = datetime.timezone(datetime.timedelta(hours=9))


def case_of(text, *, now=datetime.datetime(2026, 3, 5, tzinfo=TOKYO), language="en"):
    published = catalog.current()
    explanation = explaining.explain(text, published.catalog)
    return Case(explanation, published, language, now)


# --- quiet lines -------------------------------------------------------------------------


def plain(number):
    return [Row((Segment(f"line {n}"),)) for n in range(number)]


def news():
    return Row((Segment("550", "reply-code"),), is_news=True)


def told(parts):
    return [
        (bool(part.folded), sum(len(r.text.split("\n")) for r in part.rows))
        for part in parts
    ]


def test_quiet_lines_far_from_news_are_folded():
    rows = [*plain(20), news(), *plain(20)]
    parts = fold_quiet(rows, may_fold=True)
    assert told(parts) == [
        (False, HEAD),
        (True, 20 - HEAD - NEAR),
        (False, 2 * NEAR + 1),
        (True, 20 - NEAR),
    ]


def test_few_quiet_lines_stay_open():
    rows = [*plain(HEAD), *plain(QUIET_MIN - 1), *plain(NEAR), news()]
    assert told(fold_quiet(rows, may_fold=True)) == [(False, len(rows))]


def test_short_bounce_is_not_folded():
    assert not is_long(["\n" * 5, "550 User unknown"])
    assert told(fold_quiet(plain(50), may_fold=False)) == [(False, 50)]


def test_one_endless_line_is_long():
    assert is_long(["x" * 5000])


def test_folding_loses_no_line():
    rows = [*plain(30), news(), *plain(9), news(), *plain(2)]
    parts = fold_quiet(rows, may_fold=True)
    shown = "\n".join(row.text for part in parts for row in part.rows)
    assert shown == "\n".join(row.text for row in rows)


def test_what_a_bounce_says_twice_is_no_news():
    make_entry("unknown", "user unknown")
    said = "550 5.1.1 User unknown\n"
    page = page_of(said + "a\n" * 15 + said + "b\n" * 15)
    assert [
        bool(row.causes and row.causes[0].note) for row in rows_of(page) if row.causes
    ] == [True, False]
    assert page.has_folds


# --- forged senders ----------------------------------------------------------------------

RETURNED = """\
From: MAILER-DAEMON@mx.example.net
To: hanako@example.jp
Subject: Undelivered Mail Returned to Sender
Date: Wed, 4 Mar 2026 10:00:00 +0900
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Not delivered: 550 5.1.1 User unknown

--b
Content-Type: message/rfc822

Received: from {client} by mx.example.net with {way}; Wed, 4 Mar 2026 09:59:00 +0900
{field}From: hanako@example.jp
Subject: {subject}

Hello
--b--
"""


def returned(client="pc", way="ESMTPSA", field="", subject="Order"):
    return RETURNED.format(client=client, way=way, field=field, subject=subject)


def test_mail_handed_in_by_its_user_shows_no_sign_of_forgery():
    forgery = find_forgery(case_of(returned()))
    assert (forgery.subject, forgery.signs) == ("Order", ())


def test_mail_from_strangers_shows_a_sign_of_forgery():
    forgery = find_forgery(case_of(returned(way="ESMTP")))
    assert forgery.signs == (
        "It was handed in without a password, and no server of example.jp is named on its way.",
    )


def test_failed_check_of_the_sender_is_a_sign_of_forgery():
    field = "Authentication-Results: mx.example.net; spf=fail; dmarc=fail\n"
    (sign,) = find_forgery(case_of(returned(field=field))).signs
    assert "(SPF, DMARC failed)" in sign


@pytest.mark.parametrize("text", ["550 5.1.1 User unknown", "Hello"])
def test_text_without_returned_mail_accuses_nobody(text):
    forgery = find_forgery(case_of(text))
    assert forgery is None or forgery.signs == ()


def test_subject_of_the_returned_mail_cannot_bring_html(client):
    html = client.post(
        "/en/explain/", {"text": returned(way="ESMTP", subject="<b>x</b>")}
    ).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x</b>" not in html


# --- the time line -----------------------------------------------------------------------

DELAY = """\
From: MAILER-DAEMON@mx.example.net
To: hanako@example.jp
Subject: Delayed
Date: Wed, 4 Mar 2026 05:05:12 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Still trying.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Wed, 4 Mar 2026 10:04:58 +0900

Final-Recipient: rfc822; taro@example.com
Action: delayed
Status: 4.4.1
Will-Retry-Until: Mon, 9 Mar 2026 10:04:58 +0900
--b--
"""


def test_time_line_tells_sent_tried_and_given_up():
    assert timeline_of(case_of(DELAY)) == (
        Moment(
            "Taken by the server", "2026-03-04T10:04:58+09:00", "March 4, 2026, 10:04"
        ),
        Moment(
            "This notice: still trying",
            "2026-03-04T14:05:12+09:00",
            "March 4, 2026, 14:05",
            gap="4 hours later",
        ),
        Moment(
            "The server gives up",
            "2026-03-09T10:04:58+09:00",
            "March 9, 2026, 10:04",
            gap="4 days 19 hours later",
            is_ahead=True,
        ),
    )


@pytest.mark.parametrize(
    ("day", "over", "words"),
    [
        (5, False, "It may still arrive by itself: the server keeps trying."),
        (10, True, "The server has stopped trying by now"),
    ],
)
def test_delay_whose_time_is_over_says_so(day, over, words):
    case = case_of(DELAY, now=datetime.datetime(2026, 3, day, tzinfo=TOKYO))
    assert is_over(case) == over
    assert words in headline_of(case).arrival


@pytest.mark.parametrize(
    "until", ["soon", "Mon, 9 Mar 2026 10:04:58", "Fri, 31 Dec 9999 23:59:59 -1200"]
)
def test_time_that_cannot_be_placed_is_left_out(until):
    text = DELAY.replace("Mon, 9 Mar 2026 10:04:58 +0900", until)
    assert len(timeline_of(case_of(text))) == 2


def test_one_moment_is_no_line():
    text = "\n".join(line for line in DELAY.split("\n") if "Date" not in line)
    assert timeline_of(case_of(text)) == ()


def test_dates_beside_lines_can_be_said_in_another_zone():
    notes = [note for row in rows_of(page_of(DELAY)) for note in row.notes]
    assert Note("March 4, 2026, 14:05", "2026-03-04T14:05:12+09:00") in notes


# --- the headline ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "rest"),
    [
        ("Full. Make room.", "Full.", "Make room."),
        ("いっぱいです。空けてください。", "いっぱいです。", "空けてください。"),
        (
            "The code is 5.1.1 here. Ask mx.example.jp.",
            "The code is 5.1.1 here.",
            "Ask mx.example.jp.",
        ),
        ("Only one.", "Only one.", ""),
        ("It is “no.” Ask.", "It is “no.”", "Ask."),
        ("", "", ""),
    ],
)
def test_title_is_the_first_sentence(text, first, rest):
    assert first_sentence(text) == (first, rest)


def test_fraud_is_no_news_of_a_mail():
    make_entry(
        "fraud",
        "verify your account",
        outcome="information",
        reason="spamdetected",
        stage="mailbox",
    )
    page = page_of("Your mailbox is full. Click to verify your account")
    assert page.headline.tone == "care"
    assert page.headline.status == "Take care"
    assert page.headline.arrival == "It does not tell you that a mail of yours failed."
    assert (page.way, page.forgery) == (None, None)


def test_code_alone_draws_its_stop_with_doubt():
    entry = make_entry("refused", stage="policy")
    Pattern.objects.create(entry=entry, status_code="5.7.1")
    assert page_of("550 5.7.1 go away").way.stop == "probably stopped here"


def test_class_of_a_code_names_nobody_and_no_place():
    entry = make_entry("permanent", status_code="")
    Pattern.objects.create(entry=entry, status_code="5")
    page = page_of("<a@example.jp>: mumble (#5.9.9)")
    assert page.headline.action == ""
    assert page.way is None
    assert "Who must act" not in [fact.label for fact in page.facts]


# --- what else it could be ---------------------------------------------------------------


def test_entry_often_mistaken_for_it_is_offered_with_the_difference():
    full = make_entry("full", "mailbox full")
    other = make_entry("disk", "disk full")
    Relation.objects.create(
        entry=full, other=other, difference_en="The disk, not the box."
    )
    assert find_others(case_of("552 mailbox full")) == (
        Link("Title of disk", "/en/errors/disk/", "The disk, not the box."),
    )


def test_entry_without_a_telling_difference_is_not_offered():
    full = make_entry("full", "mailbox full")
    Relation.objects.create(entry=full, other=make_entry("disk", "disk full"))
    assert find_others(case_of("552 mailbox full")) == ()


def test_draft_is_not_offered():
    full = make_entry("full", "mailbox full")
    draft = make_entry("disk", "disk full", state="draft")
    Relation.objects.create(entry=full, other=draft, difference_en="The disk.")
    assert find_others(case_of("552 mailbox full")) == ()


def test_what_only_its_code_suggests_is_not_offered_beside_a_wording():
    make_entry("full", "mailbox full")
    entry = make_entry("code")
    Pattern.objects.create(entry=entry, reply_code="552")
    assert find_others(case_of("552 mailbox full")) == ()


def test_few_others_are_offered():
    full = make_entry("full", "mailbox full")
    for number in range(OTHERS_MAX + 2):
        other = make_entry(f"other-{number}", f"word {number}")
        Relation.objects.create(entry=full, other=other, difference_en="It differs.")
    assert len(find_others(case_of("552 mailbox full"))) == OTHERS_MAX


# --- several recipients ------------------------------------------------------------------


def test_recipients_beyond_what_a_page_lists_are_counted():
    make_entry("unknown", "user unknown")
    lines = [
        f"<u{n}@example.jp>: 550 5.1.1 User unknown" for n in range(ADDRESSES_MAX + 5)
    ]
    (group,) = page_of("\n\n".join(lines)).groups
    assert (len(group.addresses), group.more) == (ADDRESSES_MAX, 5)


def test_summary_for_support_says_once_what_is_the_same():
    make_entry("unknown", "user unknown")
    case = case_of(
        "<a@example.jp>: 550 5.1.1 User unknown\n\n<b@example.jp>: 550 5.1.1 User unknown\n"
    )
    lines = support_summary(case, headline_of(case)).splitlines()
    assert lines.count("Recipient: ***@example.jp") == 1
    assert lines[-1] == "So many such recipients: 2"


def test_text_about_several_people_names_none_of_them():
    make_entry(
        "unknown", "<{address}> user unknown", summary_en="No box for {address|them}."
    )
    one, other = (f"550 5.1.1 <{name}@example.jp> user unknown" for name in "ab")
    assert page_of(one).headline.title == "No box for a@example.jp."
    both = page_of(f"<a@example.jp>: {one}\n\n<b@example.jp>: {other}\n")
    assert both.headline.title == "No box for them."
    assert both.answers[0].summary == "No box for them."

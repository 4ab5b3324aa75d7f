import pytest

from errors.bounce import addressing
from errors.bounce.values import Span


def addresses_of(text):
    return [found.address for found in addressing.find_addresses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<taro@example.jp>:", ["taro@example.jp"]),
        ("宛先taro@example.jpへ", ["taro@example.jp"]),
        ("'taro@example.jp'.", ["taro@example.jp"]),
        ('"a..b"@docomo.example.ne.jp', ['"a..b"@docomo.example.ne.jp']),
        ("a..b.@docomo.example.ne.jp", ["a..b.@docomo.example.ne.jp"]),
        ("x+y=example.com@example.jp", ["x+y=example.com@example.jp"]),
        ("taro@[192.0.2.1]", ["taro@[192.0.2.1]"]),
        ("taro@localhost jiro@b.jp", ["taro@localhost", "jiro@b.jp"]),
        ("rfc822;taro@example.jp", ["taro@example.jp"]),
        ("a@ @b @ @@", []),
    ],
)
def test_find_addresses(text, expected):
    assert addresses_of(text) == expected


def failed(text, senders=()):
    mentions = addressing.find_mentions(text, [Span(0, len(text))])
    return addressing.failed_addresses(mentions, frozenset(senders))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("failed:\n\n  a@x.jp\n    550 no\n  b@x.jp\n    552 no", ["a@x.jp", "b@x.jp"]),
        ("<a@x.jp>: host said: 553 5.1.8 <c@x.jp>... Domain unknown", ["a@x.jp"]),
        ("wasn't delivered to a@x.jp because of postmaster@y.jp", ["a@x.jp"]),
        ("RCPT TO:<a@x.jp> after MAIL FROM:<c@x.jp>", ["a@x.jp"]),
        ("To: c@x.jp\ndid not reach:\na@x.jp on Mon", ["a@x.jp"]),
        ("<a@x.jp> (expanded from <c@x.jp>): user unknown", ["a@x.jp"]),
        ("Hello c@x.jp,\nnobody named", []),
        ("https://x.jp/?to=c@x.jp", []),
        ("550 5.1.1 <a@x.jp>... User unknown", ["a@x.jp"]),
        ("次の宛先: a@x.jp に届きません", ["a@x.jp"]),
        ("发件人(c@x.jp)\n收件人(a@x.jp)", ["a@x.jp"]),
        ("a@x.jp was refused. Questions to:\n\n  list-owner@x.jp\n", ["a@x.jp"]),
        ("<list-owner@x.jp>:\nuser is over quota", ["list-owner@x.jp"]),
        ("list-owner@x.jp: user is over quota", ["list-owner@x.jp"]),
        ("wasn't delivered to press-request@x.jp because", ["press-request@x.jp"]),
        ("address(es) failed:\n\n  shop-owner@x.jp\n    no", ["shop-owner@x.jp"]),
        ("<a@x.jp>:\nSorry. Please forward this message to b-owner@x.jp", ["a@x.jp"]),
        ("to=<a@x.jp>, orig_to=<c@x.jp>, ctladdr=<d@x.jp>, stat=no", ["a@x.jp"]),
        ('"From": "c@x.jp", "message-id": "<1@x.jp>", "email": "a@x.jp"', ["a@x.jp"]),
        (
            "cannot send to a@x.jp\n550 5.1.8 <c@x.jp>: Sender address rejected",
            ["a@x.jp"],
        ),
        ("553 <a@x.jp>: not owned by user c@x.jp", ["a@x.jp"]),
        ("Recipient: a@x.jp\nSender: c@x.jp\nReason: 550 no", ["a@x.jp"]),
        ("<a@x.jp>:\nSender domain is not allowed. (#5.7.1)", ["a@x.jp"]),
    ],
)
def test_failed_addresses(text, expected):
    assert failed(text) == expected


def test_failed_addresses_are_no_senders_unless_there_is_nobody_else():
    assert failed("mentions c@x.jp and a@x.jp", senders=["c@x.jp"]) == ["a@x.jp"]


def portions_of(text, *people):
    span = Span(0, len(text))
    mentions = addressing.find_mentions(text, [span])
    portions = addressing.find_portions(text, mentions, people, [span])
    return {who: [one.of(text) for one in spans] for who, spans in portions.items()}


def test_words_about_a_recipient_begin_with_their_line_however_long_it_is():
    line = (
        "Mail could not be delivered, the answer of the server was: 553 5.7.1 "
        + "x" * 30
    )
    text = f"Something else\n{line} for a@x.jp was no"
    mention = addressing.find_mentions(text, [Span(0, len(text))])[0]
    assert text[mention.begin :].startswith("Mail could not")


def test_portions_run_to_the_next_recipient():
    text = "<a@x.jp>: 550 no\n<b@x.jp>: 552 full\n"
    assert portions_of(text, "a@x.jp", "b@x.jp") == {
        "a@x.jp": [">: 550 no\n<"],
        "b@x.jp": [">: 552 full\n"],
    }


def test_a_portion_begins_where_its_recipient_is_first_named():
    text = (
        "a@x.jp after RCPT TO:<a@x.jp>: 550 no b@x.jp after RCPT TO:<b@x.jp>: 552 full"
    )
    words = portions_of(text, "a@x.jp", "b@x.jp")
    assert words["b@x.jp"] == ["b@x.jp after RCPT TO:<b@x.jp>: 552 full"]


def test_words_about_a_recipient_begin_with_the_dialogue_that_led_to_it():
    text = (
        "While talking to mx.x.jp:\n>>> DATA\n<<< 550 no such mail\n"
        "554 <a@x.jp>... Remote protocol error\n"
        "While talking to mx.y.jp:\n>>> DATA\n<<< 552 too large\n"
        "552 <b@y.jp>... Message is too large\n554 <c@y.jp>... Service unavailable\n"
    )
    words = portions_of(text, "a@x.jp", "b@y.jp", "c@y.jp")
    (a,), (b,), (c,) = words.values()
    assert "550 no such mail" in a
    assert "552 too large" not in a
    assert b.startswith("While talking to mx.y.jp:\n>>> DATA\n<<< 552")
    assert "552" not in c


def test_a_dialogue_that_refused_somebody_else_is_theirs():
    text = (
        "... while talking to mx1.x.jp.:\n>>> RCPT To:<a@x.jp>\n<<< 451 later\n"
        "... while talking to mx2.x.jp.:\n>>> RCPT To:<a@x.jp>\n<<< 550 no\n"
        "550 5.1.1 <a@x.jp>... User unknown\n"
        ">>> RCPT To:<b@x.jp>\n<<< 552 full\n552 5.2.2 <b@x.jp>... Mailbox full\n"
    )
    (a,), (b,) = portions_of(text, "a@x.jp", "b@x.jp").values()
    assert a.endswith(">>> RCPT To:<")
    assert b.startswith(">\n<<< 552 full")

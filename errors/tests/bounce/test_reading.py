import json
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from errors.bounce.pasting import draft
from errors.bounce.reading import NOTES, explore, read

SAMPLES = Path(__file__).parent.parent / "samples" / "reading"

TARO = "taro@example.com"
# kind, then per recipient: address, reply code, status, command, how the best words begin
EXPECTED = {
    "arf.eml": ("feedback", (TARO, None, None, None, "This is an email abuse")),
    "delivered.eml": ("delivered", (TARO, None, "2.0.0", None, "delivery via local")),
    "docomo.txt": (
        "failure",
        (
            "taro.yamada@docomo.example.ne.jp",
            "550",
            "5.0.0",
            "DATA",
            "550 Unknown user",
        ),
    ),
    "exchange-online-ja.txt": (
        "failure",
        (TARO, "550", "5.1.1", None, "550 5.1.1 <taro"),
    ),
    "exim.eml": ("failure", (TARO, "552", "5.3.4", "MAIL", "552 5.3.4 Message size")),
    "forwarded.txt": ("failure", (TARO, "552", "5.3.4", "MAIL", "552 5.3.4 Message")),
    "gmail-ja.txt": ("failure", (TARO, "550", "5.1.1", None, "550 5.1.1 The email")),
    "html-only.eml": ("failure", (TARO, "550", "5.4.1", None, "550 5.4.1 Recipient")),
    "html-source.txt": ("failure", (TARO, "554", "5.4.14", None, "554 5.4.14 Hop")),
    "interscan.txt": ("failure", (TARO, "550", "5.1.1", "RCPT", "550 5.1.1 unknown")),
    "james.txt": ("failure", (TARO, "550", "5.7.1", None, "550 5.7.1 Unable to relay")),
    "mfilter-jis.eml": ("failure", (TARO, "550", "5.1.1", "RCPT", "550 5.1.1 No such")),
    "mimecast.txt": ("failure", (TARO, None, "5.4.1", None, "5.4.1 Recipient address")),
    "ordinary-ja.txt": ("not-a-bounce",),
    "ordinary.eml": ("not-a-bounce",),
    "out-of-office.eml": ("auto-reply",),
    "outlook-0x800ccc0f-ja.txt": ("client-error", (None, None, None, None, "タスク")),
    "outlook-express-ja.txt": ("failure", (TARO, "550", "5.7.1", None, "550 5.7.1 <t")),
    "outlook-ndr-ja.txt": ("failure", (TARO, "550", "5.7.1", None, "550 5.7.1 <taro@")),
    "postfix-delay.txt": ("delay", (TARO, None, None, None, "connect to mx.example")),
    "postfix.eml": (
        "failure",
        (TARO, "550", "5.1.1", "RCPT", "550 5.1.1 <taro@example.com>: Recipient"),
        ("jiro@example.net", "552", "5.2.2", "DATA", "552 5.2.2 Over quota"),
    ),
    "procmail.txt": (
        "failure",
        ("taro@example.jp", "550", "5.0.0", None, '550 5.0.0 "|/usr/bin/procmail"'),
    ),
    "qmail-two.txt": (
        "failure",
        (TARO, "550", "5.1.1", "RCPT", "550 5.1.1 <taro@example.com>: Recipient"),
        ("jiro@example.net", None, "5.1.2", None, "Sorry, I couldn't find any host"),
    ),
    "quoted-twice.txt": ("failure", (TARO, "550", "5.1.1", "RCPT", "550 5.1.1\n> > <")),
    "report-one-line.txt": (
        "failure",
        (TARO, "552", "5.2.2", None, "552 5.2.2 Mailbox full"),
        ("jiro@example.com", None, "4.4.1", None, ""),
    ),
    "sendmail.eml": (
        "failure",
        ("taro@docomo.example.ne.jp", "550", "5.1.1", "DATA", "550 Unknown user"),
    ),
    "ses.eml": ("failure", (TARO, "550", "5.1.1", None, "550 5.1.1 user unknown")),
    "softbank.txt": (
        "failure",
        ("taro@softbank.example.ne.jp", "550", None, None, "550 Invalid recipient"),
    ),
    "success.txt": ("delivered", (TARO, None, None, None, "Action: Delivered")),
    "thunderbird-ja.txt": ("failure", (TARO, None, "5.7.1", None, "5.7.1 <taro@")),
    "vacation-ja.txt": ("auto-reply",),
}


def sample(name):
    path = SAMPLES / name
    return path.read_bytes() if name.endswith(".eml") else path.read_text("utf-8")


def facts(bounce, expected):
    """Return kind and recipients as the table writes them."""
    return (
        bounce.kind,
        *(
            (
                r.address,
                r.reply_code,
                r.status,
                r.command,
                best(bounce, r)[: len(row[4])],
            )
            for r, row in zip(bounce.recipients, expected[1:], strict=True)
        ),
    )


def best(bounce, recipient):
    return recipient.diagnostics[0].of(bounce.text) if recipient.diagnostics else ""


def test_every_sample_has_its_row():
    assert {path.name for path in SAMPLES.iterdir()} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_is_read(name):
    assert facts(read(sample(name)), EXPECTED[name]) == EXPECTED[name]


@pytest.mark.parametrize("name", [n for n in EXPECTED if n.endswith(".eml")])
def test_source_reads_alike_as_text_and_as_bytes(name):
    source = sample(name)
    assert read(source.decode("latin-1")) == read(source)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("name", ["qmail-two.txt", "docomo.txt", "procmail.txt"])
def test_newlines_make_no_difference(name, newline):
    text = sample(name)
    assert read(text.replace("\n", newline)) == read(text)


LINEWISE = ("qmail-two.txt", "docomo.txt", "exchange-online-ja.txt", "james.txt")


@pytest.mark.parametrize("name", LINEWISE)
@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
        lambda text: " ".join(text.split()),
    ],
    ids=["quoted", "on one line"],
)
def test_mangled_paste_gives_the_same_codes(name, mangle):
    bounce = read(mangle(sample(name)))
    found = [(r.address, r.reply_code, r.status) for r in bounce.recipients]
    assert found == [row[:3] for row in EXPECTED[name][1:]]


def test_full_width_digits_and_letters_are_read_and_shown_as_pasted():
    text = "<taro@example.com>: ５５０　５．１．１　Ｕｓｅｒ　ｕｎｋｎｏｗｎ"
    bounce = read(text)
    assert bounce.text == text
    (recipient,) = bounce.recipients
    assert (recipient.reply_code, recipient.status) == ("550", "5.1.1")
    assert best(bounce, recipient) == "５５０　５．１．１　Ｕｓｅｒ　ｕｎｋｎｏｗｎ"


def test_returned_message_never_decides():
    bounce = read(sample("postfix.eml"))
    returned = next(r for r in bounce.regions if r.kind == "returned")
    assert "554 5.7.1" in returned.span.of(bounce.text)
    assert all(r.reply_code != "554" for r in bounce.recipients)
    spans = [span for r in bounce.recipients for span in r.diagnostics]
    assert not any(span.overlaps(returned.span) for span in spans)


def test_facts_of_the_whole_message():
    bounce = read(sample("postfix.eml"))
    assert bounce.subject == "Undelivered Mail Returned to Sender"
    assert bounce.returned_subject == "Fwd: 554 5.7.1 Relay access denied"
    assert bounce.reporting_mta == "mx.example.jp"
    assert bounce.arrival_date == "Mon,  2 Mar 2026 09:59:58 +0900 (JST)".replace(
        "  ", " "
    )
    assert bounce.date == date(2026, 3, 2)
    assert bounce.mailer == "postfix"
    assert [r.kind for r in bounce.regions] == [
        "header",
        "narrative",
        "report",
        "returned",
    ]
    assert [r.remote_mta for r in bounce.recipients] == [
        "mx.example.com",
        "mx.example.net",
    ]


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [("550", "550", None), ("5.1.1", None, "5.1.1"), ("  552 5.2.2\n", "552", "5.2.2")],
)
def test_bare_code_is_carried_without_an_address(text, code, status):
    (recipient,) = read(text).recipients
    assert (recipient.address, recipient.reply_code, recipient.status) == (
        None,
        code,
        status,
    )


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Returned mail: User unknown", "User unknown"),
        ("Returned mail: see transcript for details", None),
        ("Undeliverable: User unknown, they say", None),
    ],
)
def test_reason_that_only_the_subject_names_is_read(subject, words):
    bounce = read(
        f"From: MAILER-DAEMON@x.jp\nSubject: {subject}\nDate: today\n\nSorry."
    )
    (recipient,) = bounce.recipients
    said = [span.of(bounce.text) for span in recipient.diagnostics]
    assert said == ["Sorry."] + ([words] if words else [])


@pytest.mark.parametrize(
    "line",
    [
        "<mail.x.jp #5.1.1 smtp;550 5.1.1 User unknown>",
        "(reason: 550 5.1.1 User unknown)\n> <",
        "<x smtp;550 5.1.1 User unknown>)",
        "said: 550 5.1.1 User unknown",
    ],
)
def test_reply_ends_before_marks_that_close_nothing_in_it(line):
    bounce = read(f"Undeliverable mail.\n\na@x.jp\n    {line}\n\nRegards")
    said = [span.of(bounce.text) for span in bounce.recipients[0].diagnostics]
    assert said[0] == "550 5.1.1 User unknown"


@pytest.mark.parametrize(
    "words",
    [
        "host mx.x.jp said: 550 5.1.1 No such user <a@x.jp>",
        "552 5.3.4 size 5000 > limit 4000 for <a@x.jp>",
        "550 a) mailbox (closed)",
        "550 remote server returned an error ->",
    ],
)
def test_reply_keeps_the_marks_that_belong_to_it(words):
    bounce = read(f"<a@x.jp>: {words}\n")
    said = [span.of(bounce.text) for span in bounce.recipients[0].diagnostics]
    assert words in said


def test_code_behind_its_own_words_begins_nothing():
    text = "<a@x.jp>:\nCNAME lookup failed temporarily. (#4.4.3)\nI'm not going to try again"
    bounce = read(f"This is the qmail-send program\n\n{text}\n\n<b@x.jp>:\nSorry")
    said = bounce.recipients[0].diagnostics[0].of(bounce.text)
    assert said.startswith("CNAME lookup failed")


def report(status, diagnostic, words=""):
    return f"""Received: from a
Subject: Returned mail
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

{words}

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.x.jp

Final-Recipient: rfc822; a@x.jp
Action: failed
Status: {status}
Diagnostic-Code: {diagnostic}

--x--
"""


@pytest.mark.parametrize(
    ("status", "diagnostic", "words", "expected"),
    [
        ("5.2.0", "X-Unix; 73", "550 5.0.0 <a@x.jp>... Can't create output", "5.2.0"),
        ("5.2.0", "smtp; 550 5.1.1 no", "", "5.1.1"),
        ("5.0.0", "smtp; 550 5.1.1 no", "", "5.1.1"),
        ("2.0.0", "smtp; 550 5.1.1 no", "", "5.1.1"),
        ("2.0.0", "smtp; 250 OK", "<<< 550 <a@x.jp>... User unknown", None),
    ],
)
def test_status_that_says_more_is_taken(status, diagnostic, words, expected):
    bounce = read(report(status, diagnostic, words))
    (recipient,) = bounce.recipients
    assert recipient.status == expected
    assert "250" not in recipient.diagnostics[0].of(bounce.text)


@pytest.mark.parametrize("codec", ["latin-1", "cp932"])
def test_words_that_were_damaged_before_they_were_sent_are_repaired(codec):
    meant = "メールボックスの容量を超えています。"
    damaged = meant.encode().decode(codec, "replace")
    text = f"Received: from a\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{damaged}\n"
    assert "容量" in read(text.encode()).text


def test_command_is_read_from_the_words_before_a_bare_line():
    text = "mx.x.jp did not like our RCPT TO:550 5.2.1 <a@x.jp>: User unknown"
    assert read(text).recipients[0].command == "RCPT"


@pytest.mark.parametrize("text", ["", " \n", "こんにちは", "Lunch at noon?"])
def test_small_talk_is_no_bounce(text):
    bounce = read(text)
    assert (bounce.kind, bounce.recipients) == ("not-a-bounce", ())


def test_notes_are_documented():
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 500
    assert read(many).notes == ("parts-cut",)
    assert read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken").notes == (
        "outlook-unreadable",
    )
    assert {"parts-cut", "outlook-unreadable", "unreadable"} <= NOTES.keys()


# --- properties --------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "550 ",
            "5.1.1 ",
            "<taro@example.com>",
            ": ",
            "\n",
            "\n\n",
            "> ",
            "--b\n",
            "=?utf-8?B?",
        ),
        *(
            "Final-Recipient: rfc822; ",
            "Diagnostic-Code: smtp; ",
            "Action: failed\n",
            "\x1b$B",
        ),
        *(
            "From: ",
            "Received: from a\n",
            "Content-Type: multipart/mixed; boundary=b\n",
            "$B",
        ),
        *(
            "----- Original message -----\n",
            "RCPT TO:",
            "宛先",
            "５５０",
            "\u3000",
            "\x00",
            "\r",
        ),
        *(
            "<div>",
            "</pre>",
            "&lt;",
            '{"notificationType":"Bounce"',
            '\\"',
            "\ud800",
            "=E3=81",
        ),
    ]
)
# Letters that a search without regard to case takes for ASCII, though they are none.
TWINS = str.maketrans("siSIkK", "ſıſıKK")
HOSTILE = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.one_of(
            PIECES, PIECES.map(lambda p: p.translate(TWINS)), st.text(max_size=8)
        ),
        max_size=60,
    ).map("".join),
)


def check(bounce):
    """Whatever was pasted: regions in order and apart, all offsets within the text."""
    edges = [edge for r in bounce.regions for edge in (r.span.start, r.span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(bounce.text) for edge in edges)
    for recipient in bounce.recipients:
        for span in recipient.diagnostics:
            assert 0 <= span.start < span.end <= len(bounce.text)
    assert "\r" not in bounce.text
    bounce.text.encode("utf-8")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_letters_of_odd_case_are_read(name):
    text = sample(name)
    text = text if isinstance(text, str) else text.decode("utf-8", "replace")
    check(explore(draft(text.translate(TWINS))))


@given(HOSTILE)
def test_any_text_is_read(text):
    bounce = explore(draft(text))  # not `read`, whose last net would hide a fault
    check(bounce)


@given(
    st.one_of(
        st.binary(max_size=400), HOSTILE.map(lambda t: t.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_read(data):
    check(explore(draft(data)))


@given(st.sampled_from(sorted(EXPECTED)), st.data())
def test_any_damage_to_a_bounce_is_read(name, data):
    source = bytearray(
        sample(name) if name.endswith(".eml") else sample(name).encode("utf-8")
    )
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(source) - 1))
        source[at : at + data.draw(st.integers(0, 40))] = data.draw(
            st.binary(max_size=6)
        )
    check(explore(draft(bytes(source))))


def calls_to_read(text):
    """Count the function calls, ours and built in: work without a clock."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        explore(draft(text))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "<taro@example.com>: 550 5.1.1 no\n",
        "Final-Recipient: rfc822; taro@example.com\nAction: failed\n\n",
        "taro@example.com ",
        "550 ",
        "> ",
        "-- ",
        "original message follows\n",
        "Received: from a\n",
        '"emailAddress":"taro@example.com",',
        "<div><p>",
        "$B",
    ],
)
@pytest.mark.parametrize(
    "head",
    ["", "Received: a\nContent-Type: multipart/report; boundary=b\n\n--b\n\n"],
    ids=["text", "source"],
)
def test_work_grows_with_the_length_only(unit, head):
    once, twice = (calls_to_read(head + unit * n) for n in (200, 400))
    assert twice <= 2.2 * once + 200


# --- the shared corpus, where there is one ---------------------------------------------------

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.exists(), reason="no corpus beside the checkout")
def test_corpus_recipients_and_codes():
    labels = json.loads((CORPUS / "labels.json").read_text("utf-8"))
    missed = []
    for name, gold in labels.items():
        source = (CORPUS / "mails" / name).read_bytes()
        found = {(r.reply_code, r.status) for r in read(source).recipients}
        if gold["kind"] != "failure":
            continue
        for wanted in gold["recipients"]:
            text = source.decode("latin-1")
            for index, code in enumerate((wanted["reply_code"], wanted["status"])):
                if code and code in text and code not in {f[index] for f in found}:
                    missed.append((name, code))
    assert len(missed) <= len(labels) // 50


@pytest.mark.parametrize(
    "unit", [*"-=_*~>|<([{\"'.,:;/\\@#&$%+?! \t\n\r0259aZéあ容İ\x00", "- ", "a."]
)
def test_a_mebibyte_of_anything_is_read(unit):
    """Within an expression no call is counted: one that is not linear would never end."""
    text = "550 5.1.1 user unknown\n" + unit * (2**20 // len(unit))
    assert read(text).recipients[0].reply_code == "550"


def test_returned_header_is_read_whatever_letters_stand_in_it():
    text = """From: MAILER-DAEMON@mx.example.jp
Subject: Undelivered Mail

Your mail could not be delivered. 550 5.1.1 unknown user.

Original message headers:

Return-Path: <hanako@example.com>
Subject: İstanbul
From: hanako@example.com
To: taro@example.jp
"""
    assert [r.address for r in read(text).recipients] == ["taro@example.jp"]

import base64
import quopri

import pytest

from errors.bounce import pasting

SENTENCE = "宛先のメールアドレスが見つかりません 550 5.1.1 taro@example.jp"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Received: from a\nSubject: x\n\nbody", True),
        ("From a@b Mon\nReturn-Path: <>\nSubject: x\n\nbody", True),
        ("Content-Type: text/plain\n\nbody", True),
        ("From: a@example.jp\nTo: b@example.jp\nSubject: x\n\nbody", False),
        ("Message: Received: x", False),
        ("<taro@example.jp>: 550 no", False),
        ("", False),
    ],
)
def test_is_source(text, expected):
    assert pasting.is_source(text) is expected


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_file_saved_as_utf16_is_read_as_the_source_it_is(order):
    source = f"\ufeffReceived: from a\nSubject: x\nFrom: a@example.jp\n\n{SENTENCE}"
    draft = pasting.draft(source.encode(order))
    assert draft.is_source
    assert draft.text.endswith(f"\n\n{SENTENCE}")


def test_parts_pasted_without_the_header_above_them():
    text = "--b1\nContent-Type: text/plain\n\n550 no\n--b1--\n"
    assert pasting.draft(text).text == "550 no"


@pytest.mark.parametrize(
    "armoured",
    [
        quopri.encodestring(SENTENCE.encode()).decode(),
        base64.b64encode(SENTENCE.encode()).decode(),
        base64.encodebytes(SENTENCE.encode("iso2022_jp")).decode(),
    ],
    ids=["quoted-printable", "base64", "base64 of JIS"],
)
def test_armour_pasted_without_its_header(armoured):
    assert pasting.draft(armoured).text.strip() == SENTENCE


@pytest.mark.parametrize(
    "text",
    [
        "SIZE=2048 550 no",
        "550 a=b c=d",
        "x" * 60,
        "see http://example.com/?p=3D",
        "605 Not delivering to an address that bounced before",
    ],
)
def test_plain_text_is_not_taken_for_armour(text):
    assert pasting.draft(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "From: postmaster@example.jp\nTo: a@example.jp\nSubject: Returned\n mail\n\nbody",
        "差出人: postmaster@example.jp\n宛先： a@example.jp\n件名: Returned\n mail\n\nbody",
        "> From: postmaster@example.jp\n> To: a@example.jp\n> Subject: Returned\n> mail\n>\n> body",
    ],
    ids=["English", "Japanese", "quoted"],
)
def test_shown_header(text):
    draft = pasting.draft(text)
    assert draft.text == text
    assert draft.headers == {
        "from": "postmaster@example.jp",
        "to": "a@example.jp",
        "subject": "Returned mail",
    }
    assert [region.kind for region in draft.regions] == ["header", "narrative"]


def test_shown_header_run_together_ends_with_its_date():
    text = (
        "From: postmaster@example.jp To: a@example.jp Subject: Returned mail"
        " Date: Mon, 2 Mar 2026 10:00:00 +0900 (JST) Hi. 550 no"
    )
    draft = pasting.draft(text)
    assert draft.headers["subject"] == "Returned mail"
    assert draft.regions[-1].span.of(text) == " Hi. 550 no"


def test_header_of_a_bounce_that_a_person_forwarded():
    text = """From: hanako@example.jp
Subject: Fwd: Undelivered Mail

What is this?

From: MAILER-DAEMON@example.com
To: hanako@example.jp
Subject: Undelivered Mail Returned to Sender

<taro@example.com>: 550 no
"""
    assert pasting.draft(text).headers["from"] == "MAILER-DAEMON@example.com"


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@example.com",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae@example.jp>",
    ],
)
def test_header_of_the_person_who_forwarded_a_bounce_tells_nothing(sender):
    outer = "差出人: a@example.jp\n件名: FW: 配信不能\n宛先: support@example.jp\n"
    inner = f"From: {sender}\nTo: a@example.jp\nSubject: 配信不能\n"
    sheet = pasting.draft(
        f"{outer}\nPlease look\n\n{inner}\n<taro@example.com>: 550 no"
    )
    kinds = [(r.kind, r.span.of(sheet.text)[:4].strip()) for r in sheet.regions]
    assert kinds == [
        ("header", "差出人:"),
        ("narrative", "Ple"),
        ("header", "From"),
        ("narrative", "<ta"),
    ]


@pytest.mark.parametrize(
    "labels",
    [
        ("Von", "Gesendet", "An", "Betreff"),
        ("De", "Envoyé", "À", "Objet"),
        ("Da", "Inviato", "A", "Oggetto"),
        ("От", "Отправлено", "Кому", "Тема"),
        ("发件人", "发送时间", "收件人", "主题"),
        ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
        ("差出人", "日時", "宛先(To)", "標題"),
    ],
)
def test_shown_header_in_any_language(labels):
    values = ("MAILER-DAEMON@b.jp", "2020-03-05 10:00", "hanako@b.jp", "Undelivered")
    lines = [f"{label}: {value}" for label, value in zip(labels, values, strict=True)]
    headers = pasting.draft("\n".join([*lines, "", "550 no"])).headers
    assert headers == dict(zip(("from", "date", "to", "subject"), values, strict=True))


def test_a_lone_subject_is_a_header_of_what_follows():
    assert pasting.draft("件名: 自動返信\n\n不在です").headers == {
        "subject": "自動返信"
    }
    assert pasting.draft("Subject: Returned mail: User unknown").headers == {}


@pytest.mark.parametrize(
    "text",
    [
        "Subject: Test\n<bar@b.jp>: user unknown\n\nReporting",
        "De: a@b.fr\nA: bar@b.jp\n550 5.1.1 User unknown\n\nMerci",
        "Data: 550 5.7.1 Message rejected\nTo: bar@b.jp",
        "Para: bar@b.jp\nData: 01/02/2024\nErro: 552 5.2.2 Mailbox full",
    ],
)
def test_what_looks_like_a_header_is_none(text):
    assert pasting.draft(text).headers == {}


@pytest.mark.parametrize("text", ["Ｕｓｅｒ　ｕｎｋｎｏｗｎ", "ﾒｰﾙﾎﾞｯｸｽ", "ﾟ"])
def test_bytes_keep_their_first_letter(text):
    assert pasting.draft(text.encode()).text == text
    assert pasting.draft(text.encode("utf-8-sig")).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> 550 no\n> > 5.1.1", "  550 no    \n5.1.1"),
        ("５５０　５．１．１", "550 5.1.1"),
        (">>> RCPT TO:<a@example.jp>\n<<< 550", ">>> RCPT TO:<a@example.jp>\n<<< 550"),
        ("plain", "plain"),
    ],
)
def test_unquoted_keeps_every_offset(text, expected):
    assert pasting.unquoted(text) == expected
    assert len(expected) == len(text)


def test_forwarded_as_attachment_by_a_person():
    source = b"""From: hanako@example.jp
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See attachment
--b
Content-Type: message/rfc822

From: MAILER-DAEMON@example.com
Subject: failure notice

<taro@example.com>: 550 no
--b--
"""
    draft = pasting.draft(source)
    assert draft.headers["subject"] == "failure notice"

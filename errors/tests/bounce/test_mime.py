import base64

import pytest

from errors.bounce import mime

REPORT = b"""From: MAILER-DAEMON@example.jp
To: hanako@example.jp
Subject: =?iso-2022-jp?B?GyRCR1s/Lk5USVQbKEI=?= =?utf-8?Q?_x?=
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="b1"

This is a MIME-encapsulated message.

--b1
Content-Type: text/plain; charset=iso-2022-jp

\x1b$B07;d\x1b(B
--b1
Content-Type: Message/Delivery-Status

Reporting-MTA: dns; mx.example.jp

Final-Recipient: rfc822; taro@example.com
--b1
Content-Type: message/rfc822

Received: from a
Subject: =?utf-8?B?44OG44K544OI?=
Content-Transfer-Encoding: quoted-printable

caf=C3=A9 550 5.7.1
--b1--
epilogue
"""


def pieces_of(source):
    return [(piece.kind, piece.text) for piece in mime.read_letter(source).pieces]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_report_in_pieces(newline):
    letter = mime.read_letter(REPORT.replace(b"\n", newline))
    assert [piece.kind for piece in letter.pieces] == [
        "narrative",
        "report",
        "returned",
    ]
    assert letter.pieces[1].text.startswith(
        "Reporting-MTA: dns; mx.example.jp\n\nFinal"
    )
    assert letter.pieces[2].text == (
        "Received: from a\nSubject: テスト\nContent-Transfer-Encoding: quoted-printable"
        "\n\ncafé 550 5.7.1"
    )
    assert letter.report_type == "delivery-status"
    assert letter.headers["to"] == "hanako@example.jp"


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("unicode-1-1-utf-7", "utf-7", "Empfänger unbekannt +1"),
        ('"UTF-7"', "utf-7", "宛先が見つかりません"),
        ("hz-gb-2312", "hz", "收件人邮箱已满"),
        ("iso-2022-kr", "iso2022_kr", "용량이 초과되었습니다"),
    ],
)
def test_seven_bit_text_is_decoded_by_any_name_of_its_charset(label, codec, text):
    head = f"From: a@example.jp\nContent-Type: text/plain; charset={label}\n\n"
    letter = mime.read_letter(head.encode() + text.encode(codec))
    assert [piece.text for piece in letter.pieces] == [text]


def test_plain_text_mislabelled_as_seven_bit_stays_as_it_is():
    head = b"Content-Type: text/plain; charset=unicode-1-1-utf-7\n\n"
    text = "<taro+news@example.jp>: 550 5.1.1 a ~{ b"
    assert pieces_of(head + text.encode()) == [("narrative", text)]


def test_header_words_in_several_charsets():
    words = mime.decode_words(
        "=?utf-8?B?44OG?= =?utf-8?B?44K544OI?= =?utf-8?q?=20a_b?="
    )
    assert words == "テスト a b"


def test_word_split_within_a_character():
    encoded = [base64.b64encode(part).decode() for part in (b"\xe3\x83", b"\x86x")]
    assert mime.decode_words(" ".join(f"=?utf-8?B?{e}?=" for e in encoded)) == "テx"


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("base64", b"NTUwIFVzZXIg\ndW5rbm93bg==", "550 User unknown"),
        ("base64", b"NTUwIFVzZXIgdW5rbm93bg=\n!!", "550 User unknown"),
        ("Quoted-Printable", b"550 User=\n unknown=3D", "550 User unknown="),
        ("8bit", b"550 User unknown", "550 User unknown"),
    ],
)
def test_transfer_encodings(encoding, body, expected):
    source = b"Content-Transfer-Encoding: " + encoding.encode() + b"\n\n" + body
    assert pieces_of(source) == [("narrative", expected)]


def test_alternative_takes_the_plain_text_unless_it_is_empty():
    source = b"""Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

%s
--b
Content-Type: text/html

<p>550 <b>no</b></p>
--b--
"""
    assert pieces_of(source % b"plain") == [("narrative", "plain")]
    assert pieces_of(source % b"") == [("narrative", "550 no")]


def test_multipart_whose_boundary_is_not_the_declared_one():
    source = b"""Content-Type: multipart/report; boundary="declared"

--used
Content-Type: text/plain

550 no
--used--
"""
    assert pieces_of(source) == [("narrative", "550 no")]


def test_boundaries_that_begin_alike_are_told_apart():
    assert mime.split_parts("--ab\n1\n--abc\n2\n--ab--\n", "ab") == ["1\n--abc\n2"]


def test_parts_beyond_the_limit_are_cut_with_a_note():
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    source = b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 10_000
    letter = mime.read_letter(source)
    assert len(letter.pieces) <= mime.MAX_PARTS
    assert letter.notes == ("parts-cut",)


def test_nesting_beyond_the_limit_is_cut_with_a_note():
    levels = range(mime.MAX_NESTING + 5)
    source = "\n".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}' for n in levels
    )
    assert mime.read_letter(source.encode()).notes == ("nesting-cut",)


def test_returned_message_is_cut_with_a_note():
    source = b"Content-Type: message/rfc822\n\nSubject: x\n\n" + b"y" * 100_000
    letter = mime.read_letter(source)
    assert len(letter.pieces[0].text) == mime.MAX_RETURNED
    assert letter.notes == ("returned-cut",)


def test_message_without_a_body_or_header():
    assert pieces_of(b"Subject: x") == []
    assert pieces_of(b"\nonly a body") == [("narrative", "only a body")]
    assert pieces_of(b"") == []

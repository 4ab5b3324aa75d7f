"""What a person forwards in a mail is found: attached as a message or a file, or inline."""

import base64

import pytest

from errors.bounce.forwarding import MAX_PARTS, find_forwarded

BOUNCE = b"""\
From: MAILER-DAEMON@mx.example.jp
To: hanako@example.jp
Subject: Undelivered
Date: Tue, 1 Jul 2025 10:00:00 +0900

550 5.1.1 <taro@example.jp>... User unknown
"""


def mail(*parts, kind="mixed"):
    """Return a multipart mail of parts, each (header, body)."""
    out = [
        b"From: hanako@example.jp\nContent-Type: multipart/%b; boundary=xx\n\n"
        % kind.encode()
    ]
    out += [b"--xx\n" + header + b"\n\n" + body + b"\n" for header, body in parts]
    return b"".join([*out, b"--xx--\n"])


TEXT = (b"Content-Type: text/plain; charset=utf-8", "助けてください".encode())
ENCODED = base64.encodebytes(BOUNCE)


@pytest.mark.parametrize(
    "part",
    [
        (b"Content-Type: message/rfc822", BOUNCE),
        (b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", ENCODED),
        (
            b'Content-Type: application/octet-stream; name="b.eml"\n'
            b"Content-Transfer-Encoding: base64",
            ENCODED,
        ),
        (
            b"Content-Type: application/x-unknown\nContent-Transfer-Encoding: quoted-printable",
            BOUNCE,
        ),
    ],
    ids=["message", "message in base64", "file", "file without a name"],
)
def test_attached_mail_is_found(part):
    found = find_forwarded(mail(TEXT, part))
    assert isinstance(found, bytes)
    assert found.strip() == BOUNCE.strip()


def test_attached_mail_within_alternatives_and_with_crlf_is_found():
    inner = mail(TEXT, (b"Content-Type: message/rfc822", BOUNCE), kind="mixed")
    outer = inner.replace(b"\n", b"\r\n")
    assert find_forwarded(outer).strip() == BOUNCE.strip()


def test_outlook_message_is_found():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256))
    header = (
        b"Content-Type: application/vnd.ms-outlook\nContent-Transfer-Encoding: base64"
    )
    assert find_forwarded(mail(TEXT, (header, base64.encodebytes(data)))) == data


def test_inline_text_is_found():
    quoted = b"> 550 5.1.1 <taro@example.jp>... User unknown"
    found = find_forwarded(mail((b"Content-Type: text/plain", b"FYI\n" + quoted)))
    assert found == "FYI\n" + quoted.decode()


def test_mail_of_one_part_in_iso_2022_jp_is_found():
    body = "容量が超過しました 552".encode("iso-2022-jp")
    source = (
        b"From: a@example.jp\nContent-Type: text/plain; charset=iso-2022-jp\n\n" + body
    )
    assert find_forwarded(source) == "容量が超過しました 552"


@pytest.mark.parametrize(
    "part",
    [
        (
            b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64",
            b"JVBERi0xLjc=",
        ),
        (b"Content-Type: application/octet-stream", b"From: only one field"),
        (b"Content-Type: image/png\nContent-Transfer-Encoding: base64", ENCODED),
    ],
    ids=["pdf", "no mail", "picture"],
)
def test_other_attachment_is_left_alone(part):
    assert find_forwarded(mail(TEXT, part)) == "助けてください"


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\0" * 1000,
        b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n"
        + b"--x\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 2_000,
        b"Content-Type: message/rfc822\n\n" * 2_000,
    ],
    ids=["empty", "nul", "many parts", "nested parts", "nested messages"],
)
def test_hostile_mail_is_read(hostile):
    assert isinstance(find_forwarded(hostile), str | bytes)


def test_parts_are_bounded():
    late = [TEXT] * MAX_PARTS + [(b"Content-Type: message/rfc822", BOUNCE)]
    assert isinstance(find_forwarded(mail(*late)), str)

"""Whom a program may answer (RFC 3834), and whose word is believed (RFC 8601)."""

import pytest

from errors.mailin.authentication import is_authentic
from errors.mailin.letters import read_letter
from errors.mailin.manners import why_not

OWN = "explain@faq.example.jp"
PLAIN = (
    "From: Hanako <hanako@example.jp>\nTo: explain@faq.example.jp\nSubject: Fwd: help\n"
)


def letter_of(*fields, sender="hanako@example.jp"):
    return read_letter(
        (PLAIN + "".join(f"{f}\n" for f in fields) + "\nbody").encode(), sender
    )


@pytest.mark.parametrize(
    "fields",
    [
        [],
        ["Auto-Submitted: no"],
        ["Precedence: first-class"],
        ["References: <1@example.jp> <2@faq.example.jp>"],
        ["Content-Type: multipart/mixed; boundary=x"],
    ],
    ids=str,
)
def test_person_is_answered(fields):
    assert why_not(letter_of(*fields), OWN) == ""


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        (["Auto-Submitted: auto-replied"], "automatic"),
        (["Auto-Submitted: AUTO-generated; owner-email=x"], "automatic"),
        (["Content-Type: multipart/report; report-type=delivery-status"], "automatic"),
        (["X-Auto-Response-Suppress: All"], "automatic"),
        (["X-Loop: yes"], "automatic"),
        (["List-Id: <users.example.jp>"], "list"),
        (["List-Unsubscribe: <mailto:x@example.jp>"], "list"),
        (["Precedence: BULK"], "bulk"),
        (["precedence: list"], "bulk"),
        (["In-Reply-To: <17.2.3.faqsite@faq.example.jp>"], "answer"),
        (["References: <1@example.jp> <17.2.3.faqsite@FAQ.example.jp>"], "answer"),
    ],
    ids=str,
)
def test_program_is_not_answered(fields, word):
    assert why_not(letter_of(*fields), OWN) == word


@pytest.mark.parametrize(
    ("sender", "word"),
    [
        ("", "null-sender"),
        ("<>", "null-sender"),
        ("rubbish", "null-sender"),
        ("MAILER-DAEMON", "null-sender"),  # Postfix's ${sender} for the null sender
        ("a@b\nBcc: c@d", "null-sender"),
        ("MAILER-DAEMON@example.jp", "machine"),
        ("owner-users@example.jp", "machine"),
        ("users-bounces@example.jp", "machine"),
        ("bounce+abc=example.com@example.jp", "machine"),
        ("no-reply@example.jp", "machine"),
        ("donotreply.shop@example.jp", "machine"),
        (OWN, "own"),
        ("hanako@example.jp", ""),
        ("<Hanako@Example.JP>", ""),
        ("bouncer@example.jp", ""),
        ("rooty@example.jp", ""),
    ],
)
def test_sender_of_the_envelope_decides(sender, word):
    assert why_not(letter_of(sender=sender), OWN) == word


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        (b"Return-Path: <hanako@example.jp>\n", "hanako@example.jp"),
        (b"Return-Path: <>\n", ""),
        (b"From hanako@example.jp Tue Jul  1 10:00:00 2025\n", "hanako@example.jp"),
        (b"From MAILER-DAEMON Tue Jul  1 10:00:00 2025\n", ""),
        (b"From: not-the-envelope@example.jp\n", ""),
    ],
)
def test_sender_is_the_one_that_the_mail_server_noted(head, sender):
    assert read_letter(head + b"Subject: x\n\nbody").sender == sender


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\0\xff",
        b"From: " + b"x" * 300_000,
        b": \n" * 10_000,
        b"Subject: =?x?B?\xff?=\n",
    ],
)
def test_hostile_header_is_read(hostile):
    letter = read_letter(hostile)
    assert (letter.sender, letter.message_id, letter.references) == ("", "", [])
    assert "\n" not in letter.subject


# --- Authentication-Results ------------------------------------------------------------

MX = "mx.example.jp"


@pytest.mark.parametrize(
    "value",
    [
        f"{MX}; spf=pass smtp.mailfrom=example.jp",
        f"{MX}; spf=pass smtp.mailfrom=hanako@example.jp",
        f"{MX}; dkim=pass header.d=example.jp",
        f"{MX.upper()} 1; none; dmarc=pass (p=none) header.from=example.jp",
        f"{MX}; dkim=fail header.d=x.example; dkim = pass (good; (very)) header.d = example.jp",
        f"{MX};\n\tdkim/1=pass\n\theader.i=@example.jp",
    ],
)
def test_sender_whose_domain_is_vouched_for_is_known(value):
    assert is_authentic(letter_of(f"Authentication-Results: {value}"), MX)


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [f"{MX}; none"],
        [f"{MX}; spf=fail smtp.mailfrom=example.jp"],
        [f"{MX}; spf=pass smtp.mailfrom=other.example"],
        [f"{MX}; spf=pass smtp.helo=example.jp"],
        [f"{MX}; dkim=pass header.d=other.example"],
        [f"{MX}; dkim=pass header.d=jp"],
        [f"{MX}; dkim=pass header.d=ample.jp"],
        [f"{MX}; arc=pass header.d=example.jp"],
        ["mx.elsewhere.example; spf=pass smtp.mailfrom=example.jp"],
        [f"{MX}; spf=fail", f"{MX}; spf=pass smtp.mailfrom=example.jp"],
        [f"{MX}; spf=fail (dkim=pass header.d=example.jp)"],
        [f'{MX}; spf=fail smtp.mailfrom="; dkim=pass header.d=example.jp ;"@x.example'],
        [f'{MX}; spf=fail smtp.mailfrom="\\"; dkim=pass header.d=example.jp"'],
        [f"{MX}; spf=fail (a ; dkim=pass header.d=example.jp"],
    ],
    ids=str,
)
def test_sender_whose_domain_is_not_vouched_for_is_unknown(fields):
    letter = letter_of(*(f"Authentication-Results: {value}" for value in fields))
    assert not is_authentic(letter, MX)


def test_nobody_is_known_without_a_server_to_believe():
    letter = letter_of("Authentication-Results: ; spf=pass smtp.mailfrom=example.jp")
    assert not is_authentic(letter, "")

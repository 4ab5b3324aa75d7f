"""Bounces to measure with: written by us, or all the mails of a folder."""

import base64
import itertools
import quopri
import random
from collections.abc import Iterator
from pathlib import Path

_NARRATIVE = (
    "This is the mail system at host {host}.\n\n"
    "I'm sorry to have to inform you that your message could not be delivered to one or\n"
    "more recipients. It's attached below.\n"
)
_NARRATIVE_JA = "あなたのメールは次の宛先に配達できませんでした。\n詳しくは添付の報告をご覧ください。\n"
_REPLIES = (
    ("550", "5.1.1", "<{to}>: Recipient address rejected: User unknown"),
    ("552", "5.2.2", "<{to}>: Mailbox full, over quota"),
    ("554", "5.7.1", "<{to}>: Relay access denied"),
    ("451", "4.4.1", "Name server timeout"),
    ("552", "5.3.4", "Message size exceeds fixed limit of 10485760"),
    ("550", "5.7.26", "Unauthenticated mail from {host} is not accepted"),
)
_BODY = (
    "Dear Sir or Madam,\n\nplease find our order of {n} boxes below. We would be glad to"
    " hear from you.\n\n"
)
_CODECS = ("utf-8", "iso-2022-jp", "shift_jis", "us-ascii")


def written_mails(count: int = 120) -> list[bytes]:
    """Make bounces of several systems, sizes and encodings, always the same ones."""
    chance = random.Random(20)  # noqa: S311 - nothing here is secret
    makers = itertools.cycle((_report, _report, _transcript, _plain))
    return [maker(chance) for maker in itertools.islice(makers, count)]


def mails_of(folder: Path) -> list[bytes]:
    """Read every file of a folder as a mail."""
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]


def growing_mails(smallest: int = 1024, largest: int = 1024**2) -> Iterator[bytes]:
    """Make one mail at doubling sizes, the growth before the returned message."""
    line = (
        b"The following address failed for a reason that this line repeats at length.\n"
    )
    reply = b"550 5.1.1 <taro@example.jp>... User unknown\n"
    head = b"From: MAILER-DAEMON@example.jp\nSubject: Returned mail\n\n"
    size = smallest
    while size <= largest:
        lines = (size - len(head) - len(reply)) // len(line)
        yield head + line * lines + reply
        size *= 2


def _report(chance: random.Random) -> bytes:
    """A delivery report (RFC 3464), as Postfix and Exchange write them."""
    code, status, words = chance.choice(_REPLIES)
    names = {
        "to": f"taro{chance.randrange(999)}@example.jp",
        "host": "mail.example.com",
    }
    charset = chance.choice(_CODECS)
    narrative = _NARRATIVE.format(**names)
    if charset != "us-ascii":
        narrative += _NARRATIVE_JA
    diagnostic = f"{code} {status} {words.format(**names)}"
    fields = (
        f"Reporting-MTA: dns; {names['host']}\nArrival-Date: Mon, 5 Jan 2026 10:00:00 +0900\n\n"
        f"Final-Recipient: rfc822; {names['to']}\nAction: failed\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.example.jp\nDiagnostic-Code: smtp; {diagnostic}\n"
    )
    encoding, body = _encoded(narrative + diagnostic + "\n", charset, chance)
    parts = (
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        + body,
        b"Content-Type: message/delivery-status\n\n" + fields.encode(),
        b"Content-Type: message/rfc822\n\n" + _returned(names["to"], chance),
    )
    head = _head("Undelivered Mail Returned to Sender", names["host"]) + (
        b"MIME-Version: 1.0\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\n\n'
    )
    return head + b"".join(b"--=_b\n" + part + b"\n" for part in parts) + b"--=_b--\n"


def _transcript(chance: random.Random) -> bytes:
    """Free text with an SMTP dialogue, as sendmail writes it."""
    code, status, words = chance.choice(_REPLIES)
    to = f"hanako{chance.randrange(999)}@example.jp"
    reply = words.format(to=to, host="mail.example.com")
    text = (
        "   ----- The following addresses had permanent fatal errors -----\n"
        f"<{to}>\n    (reason: {code} {status} {reply})\n\n"
        "   ----- Transcript of session follows -----\n... while talking to mx.example.jp.:\n"
        f">>> RCPT To:<{to}>\n<<< {code} {status} {reply}\n"
        "   ----- Message header follows -----\n"
    )
    return (
        _head("Returned mail: see transcript for details")
        + b"\n"
        + text.encode()
        + _returned(to, chance)
    )


def _plain(chance: random.Random) -> bytes:
    """Free text alone, as Exim and qmail write it."""
    code, status, words = chance.choice(_REPLIES)
    to = f"jiro{chance.randrange(999)}@example.jp"
    reply = words.format(to=to, host="mail.example.com")
    text = (
        "A message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {to}\n    host mx.example.jp [192.0.2.1]\n    {code} {status} {reply}\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n"
    )
    return (
        _head("Mail delivery failed: returning message to sender")
        + b"\n"
        + text.encode()
        + _returned(to, chance)
    )


def _head(subject: str, host: str = "mail.example.com") -> bytes:
    return (
        f"Return-Path: <>\nX-Original-To: shop@example.com\nDelivered-To: shop@example.com\n"
        f"{_trace(host, 'mx.example.jp')}{_trace('localhost', host)}"
        f"Message-Id: <20260105010001.4ABC123@{host}>\nAuto-Submitted: auto-replied\n"
        f"From: Mail Delivery System <MAILER-DAEMON@{host}>\nTo: shop@example.com\n"
        f"Subject: {subject}\nDate: Mon, 5 Jan 2026 10:00:01 +0900\n"
    ).encode()


def _trace(sender: str, receiver: str) -> str:
    """A trace field (RFC 5321 section 4.4), as every server on the way adds one."""
    return (
        f"Received: from {sender} ({sender} [192.0.2.7])\n\tby {receiver} (Postfix) with ESMTPS"
        " id 4ABC123\n\tfor <shop@example.com>; Mon, 5 Jan 2026 10:00:01 +0900 (JST)\n"
    )


_SIGNATURE = (
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=mail;\n"
    "\tt=1767574800; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n"
    "\th=From:To:Subject:Date:Message-ID; b=" + "Zm9vYmFy" * 20 + "\n"
)


def _returned(to: str, chance: random.Random) -> bytes:
    body = "".join(_BODY.format(n=n) for n in range(chance.randrange(2, 40)))
    return (
        f"{_trace('shop.example.com', 'mail.example.com')}{_SIGNATURE}"
        f"From: shop@example.com\nTo: {to}\nSubject: Our order\n"
        "Date: Mon, 5 Jan 2026 09:59:58 +0900\nMessage-ID: <1@shop.example.com>\n"
        "MIME-Version: 1.0\nUser-Agent: Example Mail 1.0\n"
        f"Content-Type: text/plain; charset=us-ascii\n\n{body}"
    ).encode()


def _encoded(text: str, charset: str, chance: random.Random) -> tuple[str, bytes]:
    body = text.encode(charset, "replace")
    encoding = chance.choice(("base64", "quoted-printable", "8bit"))
    if encoding == "base64":
        return encoding, base64.encodebytes(body)
    return encoding, quopri.encodestring(body) if encoding != "8bit" else body

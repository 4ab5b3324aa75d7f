import re

import pytest
from hypothesis import given, strategies as st

from errors.bounce.redacting import anonymise, find_private, redact
from errors.bounce.values import Region, Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<taro@example.jp>: 550 5.1.1 no", "<user1@example.jp>: 550 5.1.1 no"),
        ("taro@b.jp jiro@b.jp TARO@b.jp", "user1@b.jp user2@b.jp user1@b.jp"),
        ("taro.y@b.jp: taro.y is unknown", "user1@b.jp: user1 is unknown"),
        ("宛先：taro@b.jp 送信先taro@b.jp", "宛先：user1@b.jp 送信先user1@b.jp"),
        ("ｔａｒｏ＠example.jp", "user1＠example.jp"),
        ("mail to postmaster@b.jp", "mail to postmaster@b.jp"),
        ("mx.b.jp[203.0.113.9] said: 550", "mx.b.jp[192.0.2.1] said: 550"),
        ("[2001:db8:cafe::1] blocked", "[2001:db8::1] blocked"),
        ("at 12:30:45, 550 5.7.1 no", "at 12:30:45, 550 5.7.1 no"),
        ("Message-ID: <1a@mx.b.jp>", "Message-ID: <message1@id.invalid>"),
        ("From: 山田太郎 <taro@b.jp>", "From: user1 <user2@b.jp>"),
        ("Von: Tarō <taro@b.jp>\nAn: a", "Von: user1 <user2@b.jp>\nAn: a"),
        ("主题: 内部", "主题: […]"),
        ("Subject: Undeliverable: my secret", "Subject: Undeliverable: […]"),
        ("件名: 配信不能: 内密の件", "件名: 配信不能: […]"),
        (
            "Subject: Returned mail: User unknown",
            "Subject: Returned mail: User unknown",
        ),
        (
            "Subject: Delivery error\n\nSubject: secret",
            "Subject: Delivery error\n\nSubject: […]",
        ),
        (
            "https://support.google.com/mail/?p=NoSuchUser",
            "https://support.google.com/mail/?p=NoSuchUser",
        ),
        ("https://b.jp/u/9f8e7d6c5b4a39?id=77", "https://b.jp/u/…?id=…"),
        ("https://b.jp/?email=taro%40b.jp&x=1", "https://b.jp/?email=…&x=1"),
    ],
)
def test_anonymise(text, expected):
    assert anonymise(text) == expected


def test_returned_message_goes_as_a_whole():
    text = "550 no\n\nDear Taro, our secret"
    regions = [Region("returned", Span(8, len(text)))]
    assert anonymise(text, regions) == "550 no\n\n[…]"
    assert "secret" not in redact(text, regions)


def test_redact_keeps_every_offset():
    text = "<taro@example.jp>: 550 no\n[203.0.113.9]"
    assert redact(text) == "<••••@example.jp>: 550 no\n[•••••••••••]"


local_parts = st.from_regex(r"[a-z][a-z0-9._+-]{3,20}[a-z0-9]", fullmatch=True).filter(
    lambda local: ".." not in local
)
around = st.text("aé宛 \n<>()[]:;,.@\"'550", max_size=20)


@given(local_parts, around, around)
def test_no_local_part_survives(local, before, after):
    text = f"{before} <{local}@example.jp>: {local} {after}"
    left = re.sub(r"user\d+", "", anonymise(text))
    assert not re.search(rf"(?<!\w){re.escape(local)}(?!\w)", left)


@given(st.ip_addresses(v=4).map(str), around)
def test_no_address_of_a_client_survives(ip, before):
    text = f"{before} client [{ip}] 550 5.7.1 blocked"
    found = anonymise(text)
    assert f"[{ip}]" not in found or ip.startswith("192.0.2.")
    assert found.endswith("550 5.7.1 blocked")


@given(st.text(max_size=300))
def test_any_text_can_be_redacted(text):
    found = find_private(text)
    assert len(redact(text)) == len(text)
    ends = [private.span.end for private in found]
    assert all(a <= b.span.start for a, b in zip(ends, found[1:], strict=False))
    assert isinstance(anonymise(text), str)

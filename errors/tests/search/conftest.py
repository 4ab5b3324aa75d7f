"""A small index, as plain documents."""

import pytest

from errors.search import Document, Index

DOCUMENTS = (
    Document(
        slug="over-quota",
        section="common",
        actor="recipient",
        texts={
            ("code", ""): "552 5.2.2",
            ("title", "ja"): "over quota（相手のメールボックスがいっぱいです）",
            ("title", "en"): "Over quota: the recipient’s mailbox is full",
            ("summary", "ja"): "相手の容量が足りず、届きませんでした。",
            ("summary", "en"): "The mailbox has no room.",
            ("wording", ""): "552 5.2.2 Mailbox full\nquota exceeded",
        },
    ),
    Document(
        slug="user-unknown",
        section="common",
        actor="sender",
        texts={
            ("code", ""): "550 5.1.1",
            ("title", "ja"): "550 User unknown（宛先のアドレスが存在しません）",
            ("title", "en"): "550 User unknown: there is no such address",
            ("summary", "ja"): "サーバーに宛先がありません。",
            ("summary", "en"): "Their server knows no such recipient.",
            ("wording", ""): "550 5.1.1 User unknown",
        },
    ),
    Document(
        slug="gmail-full",
        section="google",
        actor="recipient",
        providers=("gmail",),
        texts={
            ("code", ""): "552 5.2.2",
            ("title", "ja"): "Gmail：相手の容量がいっぱいです",
            ("title", "en"): "Gmail: the recipient’s storage is full",
            ("provider", ""): "gmail\ngmail.com",
            ("provider", "ja"): "Gmail",
            ("wording", ""): "The email account is over quota",
        },
    ),
    Document(
        slug="banned-ip",
        section="microsoft",
        actor="host",
        providers=("outlook",),
        texts={
            ("code", ""): "550 5.7.606",
            ("title", "ja"): "5.7.606 Access denied（送信元が拒否されています）",
            ("title", "en"): "5.7.606 Access denied, banned sending IP",
            ("provider", ""): "outlook\noutlook.com",
            ("body", "ja"): "迷惑メールの送信元と判定されました。",
        },
    ),
)
SYNONYMS = (
    ("容量オーバー", "いっぱい", "over quota", "mailbox full"),
    ("アウトルック", "Outlook"),
)


@pytest.fixture(scope="session")
def index():
    return Index.build(DOCUMENTS, SYNONYMS)

import pytest

from errors.bounce.reading import read


def source(header, body=""):
    return f"Received: from a\n{header}\nMIME-Version: 1.0\n\n{body}\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (source("Subject: Undelivered Mail", "nobody"), "failure"),
        (source("From: MAILER-DAEMON@b.jp", "could not be delivered"), "failure"),
        (
            source("From: a@b.jp\nSubject: Meeting", "The delivery failed us"),
            "not-a-bounce",
        ),
        (source("From: postmaster@b.jp\nSubject: Newsletter", "News"), "not-a-bounce"),
        (
            source("From: a@b.jp\nSubject: Re: Undelivered Mail", "You too?"),
            "not-a-bounce",
        ),
        (
            source("From: a@b.jp\nSubject: [x] Antw: Warning: delayed mail", "Ah"),
            "not-a-bounce",
        ),
        (
            source(
                "From: a@b.jp\nSubject: Re: Undelivered Mail",
                "See:\n> This is the mail system at host mx.b.jp.\n> <c@d.jp>: 550 no",
            ),
            "failure",
        ),
        (source("From: postmaster@b.jp\nSubject: Delayed mail", "wait"), "delay"),
        (
            source("Subject: Warning: message 1 delayed", "has not yet been delivered"),
            "delay",
        ),
        (
            source(
                "Subject: Mail failure", "It was delayed. I've given up: permanent."
            ),
            "failure",
        ),
        (source("Subject: Delivery report (success)", "fine"), "delivered"),
        (
            source("Auto-Submitted: auto-replied\nSubject: Away", "Back soon"),
            "auto-reply",
        ),
        (source("Subject: 自動応答: 件"), "auto-reply"),
        ("Betreff: Automatische Antwort: X\n\nIch bin nicht da.", "auto-reply"),
        ("主题: 自动回复: 报价\n\n我正在休假。", "auto-reply"),
        ("件名: 中継済み: 件\n\na@b.jp への配信は完了しました。", "delivered"),
        (source("From: a@b.jp\nSubject: Delivered: order 1", "Here"), "not-a-bounce"),
        (source("From: postmaster@b.jp\nSubject: Delivered: order 1"), "delivered"),
        ("Zustellung an folgende Empfänger wurde abgeschlossen:\na@b.jp", "delivered"),
        ("Gmail は引き続き 46 時間再試行します。451 4.7.1", "delay"),
        ("46 時間再試行しましたが、配信できませんでした。550 5.1.1", "failure"),
        (
            source("From: postmaster@b.jp\nSubject: Delivered: x", "550 5.1.1 no"),
            "failure",
        ),
        (source("From: a@b.jp\nSubject: 退信政策", "..."), "not-a-bounce"),
        (source("From: a@b.jp\nSubject: No entregado: x", "."), "not-a-bounce"),
        (source("From: a@b.jp\nSubject: 부재중 전화 알림", "."), "not-a-bounce"),
        ("再試行を続けましたが、配信できませんでした。\n<a@b.jp>", "failure"),
        ("送信に失敗しました。再試行しますか？", "failure"),
        ("再試行します。しばらくお待ちください。", "not-a-bounce"),
        ("Your parcel was successfully delivered to the door.", "not-a-bounce"),
        (source("Return-Path: <>\nSubject: Returned post for a@b.jp"), "failure"),
        (source("Subject: complaint about message from 192.0.2.1"), "feedback"),
        ("エラー 0x800CCC0E: サーバーに接続できません", "client-error"),
        ("0x800CCC79 550 5.7.1 Relaying denied", "failure"),
        ("メールは送信できませんでした", "failure"),
        ("No se pudo entregar a los siguientes destinatarios:\na@b.jp", "failure"),
        ("Bezorging is mislukt bij deze geadresseerden:\na@b.jp", "failure"),
        ("未能传递到以下收件人:\na@b.jp", "failure"),
        (source("From: a@b.jp\nSubject: Onbestelbaar: Offerte", "x"), "failure"),
        ("Mailbox full", "failure"),
        (
            source(
                "Return-Path: <>\nFrom: scan@b.jp",
                "a@b.jp へのメールは配信されていません。",
            ),
            "failure",
        ),
        ("THIS IS A WARNING ONLY. It will be retried.", "delay"),
        ("Hello", "not-a-bounce"),
        (
            "Delivery incomplete: a@b.jp. Gmail will retry for 46 more hours. You'll be"
            " notified if the delivery fails permanently.",
            "delay",
        ),
        (
            "配信未完了 a@b.jp\nGmail では、あと 46 時間再試行を行い、失敗した場合は通知します。",
            "delay",
        ),
        (
            "to=<a@b.jp>, dsn=4.2.0, status=deferred (host mx.b.jp said: 450 4.2.0 x)",
            "delay",
        ),
        (
            "to=<a@b.jp>, status=deferred (x)\nto=<a@b.jp>, status=bounced (550 no)",
            "failure",
        ),
        (
            source(
                "From: Mail news <news@b.jp>\nSubject: What 'User unknown' means\n"
                "List-Unsubscribe: <https://b.jp/u>",
                "Final-looking words: 550 5.1.1 could not be delivered",
            ),
            "not-a-bounce",
        ),
        (
            source(
                "Return-Path: <>\nFrom: MAILER-DAEMON@b.jp\nList-Unsubscribe: <x>",
                "a@b.jp could not be delivered",
            ),
            "failure",
        ),
        (
            source("From: x-bounces@b.jp", "Your message was automatically rejected."),
            "failure",
        ),
    ],
)
def test_kind(text, kind):
    assert read(text).kind == kind


@pytest.mark.parametrize(
    "header",
    [
        "From: desk@b.jp\nAuto-Submitted: auto-replied\nSubject: [Ticket#2025031110000552] x: Mail delivery failed",
        "From: desk@b.jp\nSubject: Automatic reply: Undeliverable: Quotation",
        "From: desk@b.jp\nSubject: 【自動返信】 配信エラーのお問い合わせ",
        "From: desk@b.jp\nSubject: Out of Office: Undelivered Mail",
    ],
)
def test_automatic_reply_that_quotes_the_subject_of_a_bounce_is_none(header):
    assert read(source(header, "Thank you for your mail.")).kind == "auto-reply"


@pytest.mark.parametrize(
    "header",
    [
        "From: admin@b.jp\nAuto-Submitted: auto-replied\nSubject: 配信エラーのお知らせ",
        "From: MAILER-DAEMON@b.jp\nAuto-Submitted: auto-replied\nSubject: [T#1] x: Undelivered Mail",
        "Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: [T#1] x: Undelivered Mail",
        "From: a@b.jp\nSubject: [Automated response] Message rejected",
        "From: a@b.jp\nAuto-Submitted: auto-replied\nSubject: メール配信エラーのお知らせ",
        "From: a@b.jp\nAuto-Submitted: auto-replied\nSubject: Notice: Undelivered mail",
    ],
)
def test_bounce_that_calls_itself_automatic_is_one(header):
    assert read(source(header, "It could not be delivered.")).kind == "failure"


def test_bounce_that_came_through_a_group_is_one():
    header = (
        "Return-Path: <g+bnc@b.jp>\nFrom: MAILER-DAEMON@b.jp\nList-Unsubscribe: <x>"
    )
    assert read(source(header, "a@b.jp could not be delivered")).kind == "failure"


def receipt(words, disposition):
    return f"""Return-Path: <>
From: postmaster@b.jp
Subject: Your mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=x

--x

{words}

--x
Content-Type: message/disposition-notification

Final-Recipient: rfc822; taro@b.jp
Disposition: {disposition}

--x--
"""


@pytest.mark.parametrize(
    ("words", "disposition", "kind"),
    [
        (
            "Your message to <taro@b.jp> was automatically rejected: no",
            "deleted",
            "failure",
        ),
        ("The reason given: 550 5.1.1 User unknown", "deleted", "failure"),
        ("Your message was deleted without being read.", "deleted", "delivered"),
        ("Subject: Mail delivery failed\nwas deleted unread.", "deleted", "delivered"),
        ("Your message could not be delivered? It was read.", "displayed", "delivered"),
    ],
)
def test_receipt_is_a_failure_when_a_filter_threw_the_mail_away(
    words, disposition, kind
):
    disposition = f"automatic-action/MDN-sent-automatically; {disposition}"
    assert read(receipt(words, disposition)).kind == kind

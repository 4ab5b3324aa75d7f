"""A forwarded bounce gets its explanation, once, and nothing of it stays."""

import base64
import io
import logging
import os
import re
import smtplib
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from redis.exceptions import ConnectionError as RedisConnectionError

from errors import catalog
from errors.mailin import answering
from errors.mailin.answering import find_problem, handle
from errors.mailin.letters import read_letter
from errors.management.commands import mailservice
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

SENDER = "hanako@example.jp"
INLINE = """\
Subject: Fwd: Undelivered Mail Returned to Sender
Message-ID: <2@example.jp>
References: <1@mx.example.jp>
From: Hanako <hanako@example.jp>
To: explain@faq.example.jp
Accept-Language: en-GB, en
Content-Type: text/plain; charset=utf-8

Please help.

> From: MAILER-DAEMON@mx.secret.example
> To: hanako@example.jp
>
> <taro.secret@example.jp>: host mx.secret.example said:
> 552 5.3.4 Message is too large; exceeds the maximum size of 10485760
"""


@pytest.fixture(autouse=True)
def _site(settings):
    settings.MAIL_ADDRESS = "explain@faq.example.jp"
    settings.SITE_URL = "https://faq.example.jp"
    make_entry(
        "too-large",
        "exceeds the maximum size of {size}",
        summary_en="Mails above {size|the limit} are refused by {host|them}.",
        advice_en="1. Send less than {size|the limit}.",
        reply_code="552",
        status_code="5.3.4",
    )


def mail(**changes):
    """Return the mail with header fields changed, added, or left out (None)."""
    head, _, body = INLINE.partition("\n\n")
    for name, value in changes.items():
        field = name.replace("_", "-")
        head = re.sub(rf"(?mi)^{field}: .*\n?", "", head)
        head = head.rstrip("\n") + (f"\n{field}: {value}" if value else "")
    return f"{head}\n\n{body}".encode()


def plain(message: EmailMultiAlternatives) -> str:
    return str(message.body)


# --- The answer ------------------------------------------------------------------------


def test_forwarded_bounce_is_answered(mailoutbox):
    assert handle(mail(), SENDER) == "answered"
    (answer,) = mailoutbox
    assert answer.to == [SENDER]
    assert answer.subject == "About the mail that came back"
    assert "Mails above 10 MB are refused by them." in plain(answer)
    assert "1. Send less than 10 MB." in plain(answer)
    assert "https://faq.example.jp/en/case/failure/too-large~552-5.3.4~" in plain(
        answer
    )
    ((html, kind),) = answer.alternatives
    assert kind == "text/html"
    assert "<li>Send less than 10 MB.</li>" in html


def test_answer_is_a_good_automatic_reply(mailoutbox):
    handle(mail(), SENDER)
    headers = mailoutbox[0].message()
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["In-Reply-To"] == "<2@example.jp>"
    assert headers["References"] == "<1@mx.example.jp> <2@example.jp>"
    assert headers["From"].endswith("<explain@faq.example.jp>")
    assert headers["Message-ID"].endswith(".faqsite@faq.example.jp>")
    assert headers["Content-Language"] == "en"


def test_answer_bears_the_name_of_its_language(mailoutbox, settings):
    settings.SITE_NAME = "サンプルホスティング"
    settings.BRAND_TEXTS = {("SITE_NAME", "en"): "Example Hosting"}
    handle(mail(), SENDER)
    sender = mailoutbox[0].message()["From"]
    assert sender == "Example Hosting <explain@faq.example.jp>"


def test_answer_speaks_no_language_that_the_site_does_not(settings):
    settings.LANGUAGES = [("en", "English")]
    letter = read_letter(mail(Subject="戻ってきたメール"), SENDER)
    assert answering.language_of(letter) == "en"


def test_answer_leaves_by_a_return_path_of_its_own(mailoutbox, settings):
    settings.MAIL_RETURN_PATH = "nobody@faq.example.jp"
    handle(mail(), SENDER)
    assert mailoutbox[0].from_email == "nobody@faq.example.jp"
    assert "explain@faq.example.jp" in mailoutbox[0].message()["From"]


def test_answer_holds_nothing_of_the_mail(mailoutbox, caplog):
    caplog.set_level(logging.DEBUG)
    handle(mail(), SENDER)
    said = mailoutbox[0].message().as_string() + str(mailoutbox[0].alternatives)
    for word in ("secret", "taro", "Please help", "Undelivered", "Hanako"):
        assert word not in said + caplog.text
    assert SENDER not in caplog.text


@pytest.mark.parametrize(
    ("changes", "language"),
    [
        ({"Accept_Language": None}, "ja"),
        ({"Accept_Language": "en-US"}, "en"),
        ({"Accept_Language": "fr, en;q=0.5"}, "en"),
        ({"Accept_Language": None, "Content_Language": "en-US"}, "en"),
        ({"Subject": "=?utf-8?B?6Lui6YCBOiBFcnJvcg==?="}, "ja"),
        ({"Subject": "戻ってきたメール"}, "ja"),
        ({"Accept_Language": "; ,,"}, "ja"),
    ],
    ids=str,
)
def test_answer_speaks_the_language_of_the_sender(mailoutbox, changes, language):
    handle(mail(**changes), SENDER)
    headers = mailoutbox[0].message()
    assert headers["Content-Language"] == language
    assert f'<html lang="{language}">' in mailoutbox[0].alternatives[0][0]


def test_answer_names_the_support_of_its_language(mailoutbox, settings):
    settings.SUPPORT_URL = "https://www.example.jp/support/"
    settings.BRAND_TEXTS = {("SUPPORT_URL", "en"): "https://www.example.jp/en/support/"}
    handle(mail(), SENDER)
    assert "support: https://www.example.jp/en/support/\n" in plain(mailoutbox[0])


def test_attached_bounce_is_answered(mailoutbox):
    bounce = b"From: MAILER-DAEMON@x.example\nSubject: x\nDate: x\n\n552 exceeds the maximum size of 5000000"
    source = (
        b"From: a@b.example\nAccept-Language: en\nContent-Type: multipart/mixed; boundary=q\n\n"
        b"--q\nContent-Type: text/plain\n\nsee attached\n"
        b'--q\nContent-Type: application/octet-stream; name="x.eml"\n'
        b"Content-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(bounce)
        + b"--q--\n"
    )
    assert handle(source, SENDER) == "answered"
    assert "5 MB" in plain(mailoutbox[0])


# --- Loops and strangers ---------------------------------------------------------------


def test_mail_is_answered_once(mailoutbox):
    assert [handle(mail(), SENDER) for _ in range(2)] == ["answered", "again"]
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (
            {},
            {"Message_ID": "<3@example.jp>"},
            "again",
        ),  # both follow <1@mx.example.jp>
        ({}, {"Message_ID": "<3@example.jp>", "References": "<2@example.jp>"}, "again"),
        ({}, {"Message_ID": "<3@example.jp>", "References": None}, "answered"),
        ({"Message_ID": None, "References": None},) * 2 + ("again",),
    ],
)
def test_thread_is_answered_once(mailoutbox, first, second, word):
    handle(mail(**first), SENDER)
    assert handle(mail(**second), SENDER) == word


def test_another_sender_of_the_same_bounce_is_answered(mailoutbox):
    handle(mail(), SENDER)
    assert handle(mail(Message_ID="<7@example.com>"), "jiro@example.com") == "answered"


def test_two_programs_do_not_talk(mailoutbox):
    """What we send is refused by our own rules, whatever the other side makes of it."""
    handle(mail(), SENDER)
    reply = mailoutbox[0].message()
    theirs = mail(
        References=f"<1@x> {reply['Message-ID']}", Message_ID="<8@example.jp>"
    )
    assert handle(theirs, SENDER) == "answer"
    assert handle(reply.as_bytes(), "explain@faq.example.jp") == "own"
    assert handle(reply.as_bytes(), SENDER) != "answered"


@pytest.mark.parametrize(
    ("changes", "sender", "word"),
    [
        ({}, "", "null-sender"),
        ({}, None, "null-sender"),
        ({"Auto_Submitted": "auto-replied"}, SENDER, "automatic"),
        ({"List_Id": "<a.b>"}, SENDER, "list"),
    ],
)
def test_mail_that_must_not_be_answered_is_not(mailoutbox, changes, sender, word):
    assert handle(mail(**changes), sender) == word
    assert mailoutbox == []


def test_sender_has_a_limit(mailoutbox, settings):
    settings.MAIL_RATE_LIMIT = 2
    mails = [mail(Message_ID=f"<{n}@x>", References=None) for n in range(3)]
    assert [handle(one, SENDER) for one in mails] == [
        "answered",
        "answered",
        "too-many",
    ]
    assert handle(mail(Message_ID="<9@x>"), "other@example.jp") == "answered"


def test_mail_without_a_bounce_is_answered_to_known_senders_alone(mailoutbox, settings):
    settings.MAIL_AUTHSERV_ID = "mx.faq.example.jp"
    vouched = {
        "Authentication_Results": "mx.faq.example.jp; spf=pass smtp.mailfrom=example.jp"
    }
    text = b"\n\nBuy our watches!"
    stranger, known = mail(), mail(**vouched, Message_ID="<6@x>", References=None)
    assert handle(stranger.partition(b"\n\n")[0] + text, SENDER) == "no-bounce"
    assert handle(known.partition(b"\n\n")[0] + text, SENDER) == "answered"
    assert "We found no mail error in this text" in plain(mailoutbox[0])
    assert "watches" not in plain(mailoutbox[0])
    assert mailoutbox[0].subject == "Re: Fwd: Undelivered Mail Returned to Sender"


@pytest.mark.parametrize(
    ("results", "word"),
    [
        ("mx.faq.example.jp; dkim=pass header.d=example.jp", "answered"),
        ("mx.faq.example.jp; dkim=fail header.d=example.jp", "not-authentic"),
        ("elsewhere.example; dkim=pass header.d=example.jp", "not-authentic"),
        (None, "not-authentic"),
    ],
)
def test_sender_that_fails_dkim_and_spf_is_refused_by_setting(
    mailoutbox, settings, results, word
):
    settings.MAIL_AUTHSERV_ID = "mx.faq.example.jp"
    settings.MAIL_REQUIRE_AUTHENTICATION = True
    assert handle(mail(Authentication_Results=results), SENDER) == word


HOSTILE_SUBJECTS = [
    "x\r\nBcc: victim@example.jp",
    "=?utf-8?Q?x=0D=0ABcc:_victim@example.jp?=",
    "=?utf-8?Q?x=0ABcc:_victim@example.jp?=",
]


@pytest.mark.parametrize("subject", HOSTILE_SUBJECTS)
def test_header_cannot_be_injected(mailoutbox, settings, subject):
    settings.MAIL_AUTHSERV_ID = "mx"
    changes = {
        "Subject": subject,
        "Authentication_Results": "mx; spf=pass smtp.mailfrom=example.jp",
        "Message_ID": "<a@b>\r\nX-Evil: 1",
    }
    assert handle(mail(**changes), SENDER) == "answered"
    message = mailoutbox[0].message()
    assert (message["Bcc"], message["X-Evil"], mailoutbox[0].recipients()) == (
        None,
        None,
        [SENDER],
    )


# --- What is away ----------------------------------------------------------------------

AWAY = [
    OSError("no relay"),
    smtplib.SMTPServerDisconnected("gone"),
    OperationalError("no database"),
    RedisConnectionError("no cache"),
]


@pytest.mark.parametrize("trouble", AWAY, ids=lambda error: type(error).__name__)
def test_mail_that_could_not_be_answered_is_answered_later(
    monkeypatch, mailoutbox, trouble
):
    def away(*_args, **_options):
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", away)
        with pytest.raises(answering.AWAY):
            handle(mail(), SENDER)
    assert handle(mail(), SENDER) == "answered"
    assert len(mailoutbox) == 1


def test_mail_is_answered_later_where_there_never_was_a_catalog(mailoutbox):
    def no_database(*_args):
        raise OperationalError("no database")

    catalog.forget()
    with (
        connection.execute_wrapper(no_database),
        pytest.raises(answering.AWAY),
    ):
        handle(mail(), SENDER)
    catalog.forget()
    assert handle(mail(), SENDER) == "answered"
    assert len(mailoutbox) == 1


# --- The commands ----------------------------------------------------------------------


@pytest.fixture
def lasting(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path,
        }
    }


def pipe(monkeypatch, data, *arguments):
    stdin = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr(sys, "stdin", stdin)
    call_command("answermail", *arguments)


@pytest.mark.usefixtures("lasting")
def test_pipe_answers(monkeypatch, mailoutbox):
    pipe(monkeypatch, mail(), "--sender", SENDER)
    pipe(monkeypatch, mail(), "--sender", SENDER)
    pipe(monkeypatch, b"Return-Path: <x@example.jp>\n" + mail(Message_ID="<5@x>"))
    assert [answer.to for answer in mailoutbox] == [[SENDER], ["x@example.jp"]]


@pytest.mark.usefixtures("lasting")
def test_pipe_reads_up_to_its_limit(monkeypatch, mailoutbox, settings):
    settings.MAIL_MAX_BYTES = len(mail())
    pipe(monkeypatch, mail() + b"x" * 5_000_000, "--sender", SENDER)
    assert len(mailoutbox) == 1


@pytest.mark.usefixtures("lasting")
@pytest.mark.parametrize(
    ("data", "trouble", "status"),
    [
        (b" \n", None, os.EX_DATAERR),
        (mail(), OSError("taro.secret"), os.EX_TEMPFAIL),
        (mail(), RedisConnectionError("taro.secret"), os.EX_TEMPFAIL),
        (mail(), ValueError("taro.secret"), os.EX_SOFTWARE),
    ],
    ids=["empty", "relay away", "cache away", "fault of ours"],
)
def test_exit_status_tells_the_mail_server_what_to_do(
    monkeypatch, data, trouble, status, caplog
):
    def fail(*_args, **_options):
        raise trouble

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    with pytest.raises(CommandError) as raised:
        pipe(monkeypatch, data, "--sender", SENDER)
    assert raised.value.returncode == status
    assert "secret" not in str(raised.value) + caplog.text


@pytest.mark.parametrize(
    "memory",
    [
        {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        {
            "BACKEND": "errors.rediscache.ForgivingRedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        },
    ],
    ids=["none", "redis-is-away"],
)
def test_pipe_without_a_lasting_memory_lets_the_mail_wait(
    monkeypatch, settings, memory
):
    settings.CACHES = {"default": memory}
    with pytest.raises(CommandError, match="CACHE_URL") as raised:
        pipe(monkeypatch, mail(), "--sender", SENDER)
    assert raised.value.returncode == os.EX_TEMPFAIL


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"MAIL_ADDRESS": ""}, "MAIL_ADDRESS"),
        ({"MAIL_REQUIRE_AUTHENTICATION": True}, "MAIL_AUTHSERV_ID"),
        ({}, ""),
    ],
)
def test_missing_setting_is_named(settings, changes, named):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert named in find_problem()
    assert bool(named) == bool(find_problem())


def test_process_ends_with_the_exit_status(tmp_path):
    """The real thing, once: interpreter, settings, standard input, exit status."""
    done = subprocess.run(
        [sys.executable, "manage.py", "answermail", "--sender", SENDER],
        input=mail(),
        cwd=project.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite://:memory:"},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == os.EX_TEMPFAIL
    assert done.stderr.decode().strip() == "CommandError: MAIL_ADDRESS is not set."


@pytest.fixture
def service(monkeypatch, tmp_path):
    """Serve LMTP on a socket, with answers that need no other thread's database."""
    taken = []

    def take(mail, sender):
        taken.append((mail, sender))
        if b"away" in mail:
            raise OSError("taro.secret")
        if b"broken" in mail:
            raise ValueError("taro.secret")

    monkeypatch.setattr(mailservice, "handle", take)
    controller = mailservice.make_controller(str(tmp_path / "lmtp"), None)
    controller.start()
    yield str(tmp_path / "lmtp"), taken
    controller.stop()


def test_service_speaks_lmtp_and_logs_nothing_of_it(service, caplog):
    caplog.set_level(logging.DEBUG)
    place, taken = service
    with smtplib.LMTP(place) as connection:
        refused = connection.sendmail(SENDER, ["explain@faq.example.jp"], mail())
    assert refused == {}
    ((content, sender),) = taken
    assert sender == SENDER
    assert content.replace(b"\r\n", b"\n").strip() == mail().strip()
    assert SENDER not in caplog.text


@pytest.mark.parametrize(("word", "code"), [(b"away", 451), (b"broken", 554)])
def test_service_tells_the_mail_server_what_to_do(service, caplog, word, code):
    place, _ = service
    with smtplib.LMTP(place) as connection:
        connection.ehlo_or_helo_if_needed()
        connection.mail(SENDER)
        connection.rcpt("explain@faq.example.jp")
        assert connection.data(b"Subject: x\r\n\r\n" + word)[0] == code
    assert "secret" not in caplog.text


def test_service_takes_the_null_sender(service):
    place, taken = service
    with smtplib.LMTP(place) as connection:
        connection.sendmail("", ["explain@faq.example.jp"], mail())
    assert taken[0][1] in ("", "<>")

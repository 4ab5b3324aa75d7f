"""Logs and error mails hold no personal data: each test lays bait and looks for it."""

import io
import json
import logging
import logging.config

import pytest
from django.core import mail

from errors.logs import logging_config
from errors.tests.rows import make_entry
from errors.views import explaining

PASTE = (
    "From: Hanako Himitsu <hanako@secret.example>\n550 5.1.1 secret-words user unknown"
)
BAIT = ("hanako", "Himitsu", "secret", "550 5.1.1", "203.0.113.77", "cookie-value")


@pytest.fixture
def log(settings):
    """Log as in production, into a text; error mails go to the test's mailbox."""
    settings.ADMINS = [("Staff", "staff@example.jp")]
    stream = io.StringIO()
    config = logging_config(is_json=True, level="DEBUG")
    config["handlers"]["console"]["stream"] = stream
    before = [(one, one.handlers[:], one.level) for one in _loggers()]
    logging.config.dictConfig(config)
    yield stream
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def _loggers():
    names = ("django", "django.request", "django.security.DisallowedHost")
    return [logging.getLogger(), *map(logging.getLogger, names)]


def events(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def assert_nothing_leaked(stream):
    sent = "".join(str(message.message()) for message in mail.outbox)
    for bait in BAIT:
        assert bait not in stream.getvalue()
        assert bait not in sent


def ask(client, **options):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "cookie-value"
    return client.post(
        "/en/explain/?q=secret",
        {"text": PASTE, "email": "hanako@secret.example"},
        REMOTE_ADDR="203.0.113.77",
        headers={"x-forwarded-for": "203.0.113.77", "user-agent": "Himitsu browser"},
        **options,
    )


@pytest.mark.django_db
def test_explained_paste_leaves_no_trace(client, log):
    make_entry("unknown", "user unknown")
    assert ask(client).status_code == 200
    assert_nothing_leaked(log)


@pytest.mark.django_db
def test_crash_is_told_by_type_and_place_alone(client, log, monkeypatch):
    def broken(paste, catalog):
        raise ValueError(f"cannot read {paste!r}") from KeyError(paste)

    make_entry("unknown", "user unknown")
    monkeypatch.setattr(explaining.explaining, "explain", broken)
    assert ask(client).status_code == 500
    (event,) = [event for event in events(log) if event["level"] == "error"]
    assert event["event"] == "Internal Server Error: /en/explain/"
    assert event["logger"] == "django.request"
    assert event["exception"][0] == "builtins.ValueError"
    assert event["exception"][-1] == "builtins.KeyError"
    assert any("in broken" in line for line in event["exception"])
    (message,) = mail.outbox
    assert "builtins.ValueError" in message.body
    assert "in broken" in message.body
    assert_nothing_leaked(log)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/ja/hanako@secret.example", "/ja/errors/himitsu/?q=hanako"]
)
def test_address_that_leads_nowhere_is_not_logged(client, log, path):
    assert client.get(path).status_code == 404
    assert_nothing_leaked(log)
    assert "himitsu" not in log.getvalue()


def test_foreign_host_is_not_logged(client, log, settings):
    settings.ALLOWED_HOSTS = ["faq.example.jp"]
    answer = client.get("/ja/", headers={"host": "himitsu.example"})
    assert answer.status_code == 400
    assert "himitsu" not in log.getvalue()
    assert mail.outbox == []


def test_query_and_addresses_in_a_message_are_blanked(log):
    logging.getLogger("gunicorn.error").error(
        "Error handling request %s of %s", "/ja/?q=hanako", "hanako@secret.example"
    )
    (event,) = events(log)
    assert event["event"] == "Error handling request /ja/?… of ••••••@secret.example"
    assert event["level"] == "error"


def test_exception_that_was_raised_twice_is_told_once(log):
    try:
        raise RuntimeError("hanako")
    except RuntimeError as problem:
        problem.__context__ = problem.__cause__ = None
        logging.getLogger("x").exception("failed")
    (event,) = events(log)
    assert event["exception"][0] == "builtins.RuntimeError"
    assert_nothing_leaked(log)

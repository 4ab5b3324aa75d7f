"""Answer mails as a service: LMTP for a mail server on the same machine (docs/mail-in.md)."""

import logging
import signal
from argparse import ArgumentParser
from typing import Any

from aiosmtpd.controller import Controller, UnixSocketController
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from errors.mailin.answering import AWAY, find_problem, handle

logger = logging.getLogger(__name__)
# aiosmtpd logs each command with the addresses in it.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Answerer:
    """Takes each mail over LMTP (RFC 2033) and answers it before it says that it has it."""

    async def handle_DATA(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        mail = content if isinstance(content, bytes) else str(content or "").encode()
        reply = await sync_to_async(answer)(mail, envelope.mail_from or "")
        return "\r\n".join([reply] * len(envelope.rcpt_tos))  # one each, RFC 2033


def answer(mail: bytes, sender: str) -> str:
    """Answer a mail; return the reply for the mail server: it keeps the mail at 4xx."""
    close_old_connections()
    try:
        handle(mail, sender)
    except AWAY as error:
        logger.warning("A mail has to wait: %s", type(error).__name__)
        return "451 4.3.0 Try again later"
    except Exception as error:
        # Without the traceback's message, which may be the mail's.
        logger.error("A mail could not be answered: %s", type(error).__name__)
        return "554 5.3.0 Not answered"
    finally:
        close_old_connections()
    return "250 2.0.0 Taken"


class Command(BaseCommand):
    help = "Answer mails over LMTP, on a socket or a port of this machine alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--socket", help="Listen on this Unix socket.")
        place.add_argument("--port", type=int, help="Listen on this port of 127.0.0.1.")

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := find_problem():
            raise CommandError(problem)
        controller = make_controller(options["socket"], options["port"])
        controller.start()
        logger.info("Mails are answered.")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        controller.stop()


class _SpeaksLmtp:
    """Makes a controller of aiosmtpd speak LMTP."""

    handler: Any
    SMTP_kwargs: dict[str, Any]

    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


class OnPort(_SpeaksLmtp, Controller):
    """LMTP on a port."""


class OnSocket(_SpeaksLmtp, UnixSocketController):
    """LMTP on a Unix socket."""


def make_controller(socket: str | None, port: int | None) -> OnPort | OnSocket:
    """Return what serves LMTP; never beyond this machine."""
    limit = settings.MAIL_MAX_BYTES
    if socket:
        return OnSocket(Answerer(), socket, data_size_limit=limit)
    return OnPort(Answerer(), "127.0.0.1", port or 0, data_size_limit=limit)

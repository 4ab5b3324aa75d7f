"""Answer one mail from standard input, as a pipe of Postfix or Exim (docs/mail-in.md)."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from errors.mailin import memory
from errors.mailin.answering import AWAY, find_problem, handle

FORGETFUL = (
    "No CACHE_URL, or Redis is away: what was answered would be forgotten at once."
)


class Command(BaseCommand):
    help = (
        "Answer the mail on standard input that forwards a bounce. Exit status as in"
        " sysexits.h: 0 answered or rightly ignored, 65 no mail, 70 a fault of ours,"
        " 75 try again later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sender", help="The envelope's sender; without it Return-Path is read."
        )

    def handle(self, *args: Any, sender: str | None, **options: Any) -> None:
        mail = _read_mail()
        if not mail.strip():
            raise CommandError("There is no mail.", returncode=os.EX_DATAERR)
        problem = find_problem() or ("" if memory.is_lasting() else FORGETFUL)
        if problem:
            raise CommandError(problem, returncode=os.EX_TEMPFAIL)
        try:
            handle(mail, sender)
        except Exception as error:
            # Its name alone: what it says may be the mail's, and goes back to a sender.
            said = f"Not answered: {type(error).__name__}"
            status = os.EX_TEMPFAIL if isinstance(error, AWAY) else os.EX_SOFTWARE
            raise CommandError(said, returncode=status) from None


def _read_mail() -> bytes:
    """Return the mail up to the limit; the MTA must not meet a closed pipe for the rest."""
    mail = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES)
    while sys.stdin.buffer.read(1024 * 1024):
        pass
    return mail

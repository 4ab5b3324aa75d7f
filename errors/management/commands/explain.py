"""Explain bounces on the command line; thin around errors.bounce.explaining."""

import base64
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from errors.bounce.explaining import explain
from errors.bounce.highlighting import find_segments
from errors.bounce.values import Explanation
from errors.catalog import Published, current
from errors.contract import Contract, as_contract
from errors.models import Actor

MARK, PLAIN = "\033[1;33m", "\033[0m"


class Command(BaseCommand):
    help = (
        "Explain a bounce from FILE or standard input. Exit status: 0 explained,"
        " 1 not in the catalog, 2 not readable."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="- is standard input")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="One JSON object.")
        form.add_argument(
            "--jsonl",
            action="store_true",
            help='Lines {"id", "text"} or {"id", "base64"} in, a JSON line each out.',
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _ in settings.LANGUAGES],
        )

    def handle(self, *args: Any, **options: Any) -> None:
        published, language = current(), options["language"]
        if options["jsonl"]:
            for line in _answer_lines(published, language):
                self.stdout.write(line)
                self.stdout.flush()
            return
        explanation = explain(_read(options["file"]), published.catalog)
        answer = as_contract(explanation, published, language)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            with translation.override(language):
                self._show(explanation, answer)
        if not answer["entries"]:
            sys.exit(1)

    def _show(self, explanation: Explanation, answer: Contract) -> None:
        for entry in answer["entries"]:
            self.stdout.write(self.style.MIGRATE_HEADING(entry["title"]))
            self.stdout.write(entry["summary"])
            actor = dict(Actor.choices).get(entry["actor"], "")
            self.stdout.write(f"  {_('Who must act')}: {actor}")
            self.stdout.write(f"  {entry['url']}\n")
        if not answer["entries"]:
            self.stdout.write(_("This error is not in the catalog yet."))
        for recipient in answer["recipients"]:
            facts = (
                recipient[k] for k in ("address", "reply_code", "status", "reason")
            )
            self.stdout.write("  ".join(filter(None, facts)))
        self.stdout.write("")
        self.stdout.write(_marked(explanation, colour=self.stdout.isatty()))


def _read(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise CommandError(str(error), returncode=2) from error


def _marked(explanation: Explanation, *, colour: bool) -> str:
    """Return the text without the returned message, the cause marked for the terminal."""
    before, after = (MARK, PLAIN) if colour else ("", "")
    text = explanation.bounce.text
    pieces = (
        f"{before}{segment.span.of(text)}{after}"
        if segment.highlight and segment.highlight.role == "cause"
        else segment.span.of(text)
        for segment in find_segments(explanation.bounce, explanation.highlights)
        if segment.region != "returned"
    )
    return "".join(pieces).strip()


def _answer_lines(published: Published, language: str) -> Iterator[str]:
    """Answer each line of standard input; a broken one gets an error and does not stop us."""
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            paste = (
                base64.b64decode(question["base64"])
                if "base64" in question
                else str(question["text"])
            )
            identity = question["id"]
        except (ValueError, KeyError, TypeError) as error:
            yield json.dumps({"id": None, "error": f"{type(error).__name__}: {error}"})
            continue
        answer = as_contract(explain(paste, published.catalog), published, language)
        yield json.dumps({"id": identity, **answer}, ensure_ascii=False)

"""Explain bounces on the command line; thin around errors.bounce.explaining."""

import base64
import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import translation
from django.utils.translation import gettext as _
from tqdm import tqdm

from errors.bounce.explaining import explain
from errors.bounce.highlighting import find_segments
from errors.bounce.values import Explanation
from errors.catalog import current
from errors.contract import Contract, as_contract
from errors.mailstore import Mail, find_mails
from errors.models import Actor, Tally
from errors.publishing import Published
from errors.surveying import COLUMNS, Row, Summary, rows_of
from errors.tallying import count_explained

MARK, PLAIN = "\033[1;33m", "\033[0m"


TOP = 15  # rows of each table of the summary


class Command(BaseCommand):
    help = (
        "Explain a bounce from PATH or standard input; of several mails (files, folders,"
        " Maildir, mbox) give a summary. Exit status: 0 explained, 1 not in the catalog,"
        " 2 something could not be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="A mail, a folder, a Maildir or an mbox; - or nothing is standard input.",
        )
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="One JSON object.")
        form.add_argument(
            "--jsonl",
            action="store_true",
            help="A JSON line per mail. Without PATH: answer lines"
            ' {"id", "text"} or {"id", "base64"} from standard input.',
        )
        form.add_argument(
            "--csv", action="store_true", help="A line per recipient, with a header."
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _ in settings.LANGUAGES],
        )

    def handle(self, *args: Any, **options: Any) -> None:
        published, language, paths = current(), options["language"], options["paths"]
        if paths in ([], [Path("-")]):
            if options["jsonl"]:
                for line in _answer_lines(published, language):
                    self.stdout.write(line)
                    self.stdout.flush()
                return
            mails = [Mail("-", sys.stdin.buffer.read)]
        else:
            mails = _find(paths)
        if len(mails) == 1 and not (options["csv"] or options["jsonl"]):
            self._explain_one(mails[0], published, options)
        else:
            self._explain_all(mails, published, options)

    def _explain_one(
        self, mail: Mail, published: Published, options: dict[str, Any]
    ) -> None:
        try:
            explanation = explain(mail.fetch(), published.catalog)
        except OSError as error:
            raise CommandError(str(error), returncode=2) from error
        count_explained(
            explanation, published.catalog, options["language"], Tally.Source.COMMAND
        )
        answer = as_contract(explanation, published, options["language"])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            with translation.override(options["language"]):
                self._show(explanation, answer)
        if not answer["entries"]:
            sys.exit(1)

    def _explain_all(
        self, mails: list[Mail], published: Published, options: dict[str, Any]
    ) -> None:
        """Explain one after the other; one that cannot be read is named and skipped."""
        summary = Summary()
        write = self._writer(published, options)
        for mail in tqdm(mails, unit=" mails", disable=None, leave=False):
            try:
                explanation = explain(mail.fetch(), published.catalog)
            except OSError as error:
                summary.broken.append((mail.name, str(error)))
                continue
            rows = list(rows_of(mail.name, explanation, published.catalog))
            summary.add(rows)
            write(mail.name, explanation, rows)
        self._summarise(
            summary, self.stderr if options["csv"] or options["jsonl"] else self.stdout
        )
        if summary.broken or summary.unexplained:
            sys.exit(2 if summary.broken else 1)

    def _writer(
        self, published: Published, options: dict[str, Any]
    ) -> Callable[[str, Explanation, list[Row]], None]:
        """Return what to do with each mail's explanation."""
        if options["csv"]:
            table = csv.writer(self.stdout, lineterminator="\n")
            table.writerow(COLUMNS)
            return lambda _name, _explanation, rows: table.writerows(
                [_harmless(getattr(row, column)) for column in COLUMNS] for row in rows
            )
        if options["jsonl"] or options["json"]:
            return lambda name, explanation, _rows: self.stdout.write(
                json.dumps(
                    {
                        "id": name,
                        **as_contract(explanation, published, options["language"]),
                    },
                    ensure_ascii=False,
                )
            )
        return lambda _name, _explanation, _rows: None

    def _summarise(self, summary: Summary, out: OutputWrapper) -> None:
        headings = {
            "kind": _("By kind"),
            "entry": _("By entry"),
            "reason": _("By reason"),
            "provider": _("By provider"),
        }
        for name, heading in headings.items():
            out.write(f"\n{heading}")
            for value, count in summary.counts[name].most_common(TOP):
                out.write(f"{count:7}  {value or '–'}")
        out.write(
            "\n"
            + _(
                "%(mails)d mails, %(unexplained)d not in the catalog, %(broken)d not readable"
            )
            % {
                "mails": summary.mails + len(summary.broken),
                "unexplained": summary.unexplained,
                "broken": len(summary.broken),
            }
        )
        for name, why in summary.broken:
            self.stderr.write(f"{name}: {why}")

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


def _find(paths: list[Path]) -> list[Mail]:
    try:
        return find_mails(paths)
    except OSError as error:
        raise CommandError(str(error), returncode=2) from error


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a stranger's words for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


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

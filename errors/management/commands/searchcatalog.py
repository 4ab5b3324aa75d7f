"""Search as customers do, and say why each entry stands where it does."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from errors.bounce.explaining import explain
from errors.catalog import current
from errors.search import search
from errors.search.ranking import say_why


class Command(BaseCommand):
    help = "Search the catalog, and say why each entry stands where it does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="+")
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _ in settings.LANGUAGES],
        )
        parser.add_argument("--limit", type=int, default=10)

    def handle(self, *args: Any, **options: Any) -> None:
        text, language = " ".join(options["words"]), options["language"]
        published = current()
        explanation = explain(text, published.catalog)
        question, hits = search(text, language, published.index, explanation)
        for one in question.corrections:
            self.stdout.write(f"{one.typed} → {one.taken}")
        for hit in hits[: options["limit"]]:
            why = say_why(hit, published.index, language)
            self.stdout.write(f"{hit.score:5.1f}  {hit.document.slug}: {why}")
        self.stdout.write(f"{len(hits)} entries")

"""Check the live catalog; see errors.checking."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from errors.checking import check
from errors.models import Entry


class Command(BaseCommand):
    help = "Check that published entries are complete and that examples lead to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--section", default="", help="Only this section's entries."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = check(options["section"])
        for problem in problems:
            self.stdout.write(f"{problem.slug}: {problem.text}")
        number = Entry.objects.published().count()
        self.stdout.write(f"{number} published entries, {len(problems)} problems")
        if problems:
            sys.exit(1)

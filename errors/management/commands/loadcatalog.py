"""Merge the shipped catalog into the database; see errors.shipping."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from errors.shipping import ShippingError, load


class Command(BaseCommand):
    help = "Load the catalog from YAML files; rows that staff changed are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "catalog",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say what would change."
        )
        parser.add_argument(
            "--force",
            nargs="+",
            default=[],
            metavar="SLUG",
            help="Overwrite these entries.",
        )

    def handle(self, *args: Any, **options: Any) -> str:
        try:
            report = load(
                options["folder"], dry_run=options["dry_run"], force=options["force"]
            )
        except ShippingError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 1 or options["dry_run"]:
            for word in ("created", "updated", "withdrawn"):
                for name in getattr(report, word):
                    self.stdout.write(f"{word}: {name}")
        for name in report.kept:
            self.stdout.write(f"kept as staff changed it: {name}")
        return (
            f"{len(report.created)} created, {len(report.updated)} updated, "
            f"{len(report.kept)} kept, {len(report.withdrawn)} withdrawn, "
            f"{report.unchanged} unchanged"
        )

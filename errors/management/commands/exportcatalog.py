"""Write the catalog as YAML files; see errors.shipping.exporting."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from errors.shipping.exporting import export


class Command(BaseCommand):
    help = "Write the catalog as YAML files, in the form that loadcatalog reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="Made where it is not there yet.")

    def handle(self, *args: Any, **options: Any) -> str:
        folder, files = options["folder"], export()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                (folder / name).write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise CommandError(str(error)) from error
        for name in sorted({p.name for p in folder.glob("*.yaml")} - files.keys()):
            self.stderr.write(f"not of this catalog, left as it is: {name}")
        return f"{len(files)} files written to {folder}"

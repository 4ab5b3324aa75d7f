"""Make a key for a program that uses the API."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from errors.apikeys import make_key


class Command(BaseCommand):
    help = "Make an API key: shows it once, and the setting that lets it in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="Whose key it is: portal, ticket-system …")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            validate_slug(name)
        except ValidationError as error:
            raise CommandError("A name has letters, digits, - and _.") from error
        key, hashed = make_key()
        keys = {**settings.API_KEYS, name: hashed}
        self.stderr.write("The key, shown this once:")
        self.stdout.write(key)
        self.stderr.write("For the environment of the site, then restart it:")
        shown = ",".join(f"{owner}={known}" for owner, known in keys.items())
        self.stdout.write(f"API_KEYS={shown}")

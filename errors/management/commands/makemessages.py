"""Collect interface texts, also those that `bounce/`, which knows no Django, marks by N_()."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's own command with one more keyword."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=N_"]

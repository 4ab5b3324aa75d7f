"""Let libFuzzer look for a paste that breaks a promise of `explain`.

Seeds are the samples of the tests; what it learns stays in a folder of its own.
"""

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["errors.bounce"]):
    import django

    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqsite.settings")
    django.setup()

    from django.core.management import call_command

    from errors.bounce.explaining import explain
    from errors.bounce.pasting import draft
    from errors.bounce.reading import explore
    from errors.bounce.redacting import anonymise
    from errors.catalog import current

SAMPLES = Path(__file__).parent.parent / "samples"


def check(data: bytes) -> None:
    """Raise for a paste that is not explained as promised, as bytes and as text."""
    for paste in (data, data.decode("utf-8", "surrogateescape")):
        explore(draft(paste))  # not `read`, whose last net would hide a fault
        explanation = explain(paste, current().catalog)
        text, end = explanation.bounce.text, 0
        text.encode("utf-8")
        for mark in explanation.highlights:
            assert end <= mark.span.start < mark.span.end <= len(text)
            end = mark.span.end
        assert len(explanation.verdicts) == len(explanation.reasons) > 0
        anonymise(text, explanation.bounce.regions)


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("loadcatalog", verbosity=0)
    atheris.Setup([*sys.argv, *map(str, SAMPLES.iterdir())], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Check that every interface text is translated and compiled.

Collects the texts of the code anew in a copy of the tree, so that nothing here changes.
Needs gettext's tools; `make messages` mends what this finds, but for the translations.
"""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

LANGUAGES = ("ja",)  # the texts in the code are the English ones
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    if not shutil.which("msgfmt"):
        return without_gettext()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "faqsite"
        shutil.copytree(
            ROOT,
            copy,
            ignore=shutil.ignore_patterns(".*", "*.sqlite3*", "node_modules"),
        )
        problems = [*find_problems(copy)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("Every message is translated and compiled.")
    return 1 if problems else 0


def without_gettext() -> int:
    word = (
        "Messages not checked: gettext is not installed (Debian: apt install gettext)."
    )
    print(word, file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def find_problems(copy: Path) -> Iterator[str]:
    committed = catalogs(copy)
    if not committed:
        yield f"There is no message catalog for {', '.join(LANGUAGES)}."
    for path in committed:
        yield from find_stale_mo(copy / path)
    run("makemessages", *(f"--locale={name}" for name in LANGUAGES), cwd=copy)
    for path in catalogs(copy):
        yield from find_untranslated(copy / path)


def catalogs(tree: Path) -> list[Path]:
    return sorted(
        path.relative_to(tree)
        for language in LANGUAGES
        for path in tree.glob(f"*/locale/{language}/LC_MESSAGES/*.po")
    )


def find_stale_mo(po: Path) -> Iterator[str]:
    fresh = po.with_suffix(".fresh")
    made = subprocess.run(
        ["msgfmt", "--check", "-o", fresh, po], capture_output=True, text=True
    )
    if made.returncode:
        yield f"{shown(po)} does not compile: {made.stderr.strip()}"
    elif not po.with_suffix(".mo").exists():
        yield f"{shown(po)} is not compiled: run `make messages`."
    elif texts(fresh) != texts(po.with_suffix(".mo")):
        yield f"{shown(po)} has changed since it was compiled: run `make messages`."


def find_untranslated(po: Path) -> Iterator[str]:
    """Say which texts of the code, merged into the catalog just now, lack there."""
    all_ids, translated = po.with_suffix(".all"), po.with_suffix(".translated")
    # msgfmt leaves out what is untranslated or fuzzy; msgen gives everything a text.
    pipe(
        ["msgattrib", "--no-obsolete", "--clear-fuzzy", po],
        ["msgen", "-"],
        ["msgfmt", "-o", all_ids, "-"],
    )
    pipe(["msgfmt", "-o", translated, po])
    for key in sorted(texts(all_ids).keys() - texts(translated).keys(), key=str):
        yield f"{shown(po)}: not translated, or fuzzy: {key!r}"


def texts(mo: Path) -> dict[object, str]:
    """Read a compiled catalog; a text with plural forms stands under (id, number)."""
    with mo.open("rb") as file:
        catalog: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    return {key: text for key, text in catalog.items() if key != ""}


def shown(po: Path) -> Path:
    return po.relative_to(po.parents[4])


def pipe(*commands: Sequence[str | Path]) -> None:
    passed = b""
    for command in commands:
        passed = subprocess.run(
            command, input=passed, stdout=subprocess.PIPE, check=True
        ).stdout


def run(*command: str, cwd: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=cwd, check=True, stdout=sys.stderr
    )


if __name__ == "__main__":
    sys.exit(main())

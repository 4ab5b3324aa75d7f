"""Write docs/glossary.md from the terms of the shipped catalog; --check only compares."""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TERMS = ROOT / "fixtures" / "catalog" / "terms.yaml"
PAGE = ROOT / "docs" / "glossary.md"
HEAD = """\
# Glossary

The words that the catalog uses, one for each thing, in every language. `manage.py checkcatalog` finds the
words to avoid in entries; words in quotation marks are a server's own and may be anything. This page is
written by `make glossary` from `fixtures/catalog/terms.yaml`; staff edit the terms of their site in the
admin. What each means to customers stands there too.

| 日本語 | English | 使わない語 | words to avoid |
|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    terms = yaml.safe_load(TERMS.read_text("utf-8"))["terms"]
    page = HEAD + "".join(map(row, terms))
    if "--check" not in arguments:
        PAGE.write_text(page, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != page:
        print("docs/glossary.md is out of date: run `make glossary`.", file=sys.stderr)
        return 1
    return 0


def row(term: dict[str, Any]) -> str:
    name, avoid = term["name"], term.get("avoid", {})
    cells = (
        name["ja"],
        name["en"],
        "、".join(avoid.get("ja", ())),
        ", ".join(avoid.get("en", ())),
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

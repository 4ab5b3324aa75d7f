"""How long searching takes as the catalog grows, and how well a plain LIKE would do."""

import csv
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from django.db import connection

from bench.rules import invented_rules
from errors.bounce.explaining import explain
from errors.publishing import Published
from errors.search import Document, Index, search

QUERIES = Path("errors/tests/samples/search/queries.tsv")
SIZES = (10_000,)
FIRST = 3
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

Query = tuple[str, str, frozenset[str]]  # language, words, slugs that answer it
Find = Callable[[str, str], Sequence[str]]


def search_the_catalog(published: Published) -> Iterator[str]:
    """Compare our search with one LIKE per word over a column of folded text."""
    yield "\n| entries | build s | search ms: median, slowest | LIKE ms: median, slowest | right in the first three: search, LIKE |"
    yield "|---:|---:|---:|---:|---:|"
    queries = list(read_queries())
    shipped = published.index.documents
    for size in (len(shipped), *SIZES):
        documents = enlarged(shipped, size)
        start = time.perf_counter()
        index = Index.build(documents, published.index.groups)
        built = time.perf_counter() - start
        finders = (_ours(index, published), _like(documents))
        measured = [measure(find, queries) for find in finders]
        times = " | ".join(
            f"{middle:.1f}, {worst:.1f}" for middle, worst, _ in measured
        )
        right = ", ".join(f"{share:.1%}" for *_, share in measured)
        shown = right if size == len(shipped) else "–"
        yield f"| {size:,} | {built:.2f} | {times} | {shown} |"


def read_queries() -> Iterator[Query]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["language"], row["query"], frozenset(row["entries"].split())


def measure(find: Find, queries: Sequence[Query]) -> tuple[float, float, float]:
    """Return median and slowest milliseconds, and the share answered in the first three."""
    taken, right = [], 0
    for language, words, slugs in queries:
        start = time.perf_counter()
        found = find(language, words)
        taken.append((time.perf_counter() - start) * 1000)
        right += bool(slugs & set(found[:FIRST]))
    return statistics.median(taken), max(taken), right / len(queries)


def enlarged(documents: Sequence[Document], size: int) -> list[Document]:
    """Add copies with words of their own in the title, as long and as alike as ours."""
    more = invented_rules(max(0, size - len(documents)))
    copies = []
    for number, rule in enumerate(more):
        document = documents[number % len(documents)]
        texts = {
            key: f"{rule.text} {text}" if key[0] == "title" else f"{text} {number}"
            for key, text in document.texts.items()
        }
        copies.append(replace(document, slug=f"copy-{number}", texts=texts))
    return [*documents, *copies]


def _ours(index: Index, published: Published) -> Find:
    def find(language: str, words: str) -> Sequence[str]:
        explanation = explain(words, published.catalog)
        _, hits = search(words, language, index, explanation)
        return [hit.document.slug for hit in hits]

    return find


def _like(documents: Sequence[Document]) -> Find:
    """Return what the database's own LIKE finds; titles that hold most words first."""
    rows = [
        (d.slug, _fold(_titles(d)), _fold(" ".join(d.texts.values())))
        for d in documents
    ]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS plain")
        cursor.execute("CREATE TABLE plain (slug text, title text, words text)")
        cursor.executemany("INSERT INTO plain VALUES (%s, %s, %s)", rows)

    def find(language: str, words: str) -> Sequence[str]:
        terms = [f"%{term}%" for term in _fold(words).split()]
        condition = " AND ".join(["words LIKE %s"] * len(terms))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT slug, title FROM plain WHERE {condition}", terms)  # noqa: S608
            found = cursor.fetchall()
        bare = [term.strip("%") for term in terms]
        found.sort(key=lambda row: -sum(term in row[1] for term in bare))
        return [slug for slug, _ in found]

    return find


def _titles(document: Document) -> str:
    return " ".join(text for key, text in document.texts.items() if key[0] == "title")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)

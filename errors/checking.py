"""The catalog's own tests: is each published entry complete, unambiguous and proven?"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.phrases import compile_wording
from errors.bounce.values import Bounce, Rule
from errors.models import Entry, Pattern, Term
from errors.publishing import TEXT_FIELDS, build, read_texts
from errors.sources import rules_of
from errors.wording import PLACEHOLDER

TITLE_MAX = 100  # characters that a list and a search engine still show
SUMMARY_MAX = 300
PROSE = ("summary", "body", "advice", "handover")  # a title repeats servers' words
_LINK = re.compile(r"\]\(([^)\s]*)\)|(?<![\w(])(https?://[^\s)>]+)")
_QUOTED = re.compile(r"「[^」]*」|『[^』]*』|“[^”]*”|`[^`]*`|\"[^\"]*\"|https?://\S+")
_KANA = re.compile("[\u3041-\u30ff]")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with an entry, for staff to read."""

    slug: str
    text: str


def check(section: str = "") -> list[Problem]:
    """Check all published entries, or those of one section, against the whole catalog."""
    entries = (
        Entry.objects.published()
        .select_related("section")
        .prefetch_related("patterns__provider", "examples")
    )
    wanted = [e for e in entries if section in ("", e.section.slug)]
    catalog, terms = build().catalog, list(Term.objects.all())
    problems = [
        Problem(entry.slug, said)
        for entry in wanted
        for said in (
            *find_text_problems(entry),
            *find_example_problems(entry, catalog),
            *find_idle_patterns(entry),
            *find_empty_placeholders(entry),
            *find_term_problems(entry, terms),
        )
    ]
    slugs = {entry.slug for entry in wanted}
    problems += [p for p in find_rival_patterns(entries) if p.slug in slugs]
    problems += [
        Problem(rule.entry, f"unusable pattern {rule.text!r}: {problem.reason}")
        for rule, problem in catalog.skipped
        if rule.entry in slugs
    ]
    return sorted(problems)


def find_text_problems(entry: Entry) -> Iterator[str]:
    """Yield what is missing, too long or wrongly linked, per language."""
    texts = read_texts(entry, TEXT_FIELDS).by_language
    for code, _name in settings.LANGUAGES:
        for field in TEXT_FIELDS:
            text = texts[field, code]
            if not text.strip():
                yield f"{field} is missing in {code}"
            yield from (f"bad link in {field} ({code}): {u}" for u in _bad_links(text))
        if len(texts["title", code]) > TITLE_MAX:
            yield f"title is longer than {TITLE_MAX} characters in {code}"
        if len(texts["summary", code]) > SUMMARY_MAX:
            yield f"summary is longer than {SUMMARY_MAX} characters in {code}"
    if not _KANA.search(texts.get(("summary", "ja"), "ぁ")):
        yield "the Japanese summary holds no kana"
    if not entry.sample.strip():
        yield "sample is missing"


def find_term_problems(entry: Entry, terms: Iterable[Term]) -> Iterator[str]:
    """Yield where a text calls a thing otherwise than the glossary does."""
    texts = read_texts(entry, PROSE).by_language
    for term in terms:
        words = read_texts(term, ("name", "avoid")).by_language
        for (field, code), text in texts.items():
            name = words["name", code]
            for word in _find_avoided(text, name, words["avoid", code]):
                yield f"{field} ({code}) says {word!r}; the glossary says {name!r}"


def _find_avoided(text: str, name: str, avoid: str) -> Iterator[str]:
    """Yield the words to avoid; quoted ones are a server's, the right one may hold them."""
    bare = _QUOTED.sub(" ", text).replace(name, " ")
    for word in filter(None, map(str.strip, avoid.splitlines())):
        edge = r"\b" if word.isascii() else ""
        if re.search(f"{edge}{re.escape(word)}{edge}", bare, re.IGNORECASE):
            yield word


def _bad_links(text: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        address = found[1] if found[1] is not None else found[2]
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http", "mailto") or not (
            parts.netloc or parts.path
        ):
            yield address


def find_example_problems(entry: Entry, catalog: Catalog) -> Iterator[str]:
    """Yield which examples lead elsewhere, and where."""
    examples = list(entry.examples.all())
    if not examples:
        yield "no example"
    for number, example in enumerate(examples, start=1):
        verdicts = explain(example.text, catalog).verdicts
        if all(verdict.entry != entry.slug for verdict in verdicts):
            yield f"example {number} leads to {verdicts[0].entry or 'nothing'}"


def find_idle_patterns(entry: Entry) -> Iterator[str]:
    """Yield the patterns that no sample, wording or example of the entry meets."""
    rules = [rule for rule in rules_of(entry, entry.patterns.all()) if rule.text]
    plain = [Rule(entry=rule.entry, text=rule.text, kind=rule.kind) for rule in rules]
    catalog = Catalog.build(plain)
    texts = [
        entry.sample,
        *entry.wordings.splitlines(),
        *(example.text for example in entry.examples.all()),
    ]
    met = {
        match.rule.text
        for text in texts
        for match in catalog.match(Bounce(text=text)).wordings
    }
    unusable = {rule.text for rule, _problem in catalog.skipped}
    for rule in rules:
        if rule.text not in met | unusable:
            yield f"nothing the entry shows meets {rule.text!r}"


def find_empty_placeholders(entry: Entry) -> Iterator[str]:
    """Yield the values that a text shows and no pattern of the entry captures."""
    captured = {"address"}  # known from the report as well
    for rule in rules_of(entry, entry.patterns.all()):
        with suppress(ValueError):  # an unusable pattern is a problem of its own
            captured |= {
                name for name, _ in compile_wording(rule.text, rule.kind).names
            }
    texts = read_texts(entry, TEXT_FIELDS).by_language
    for (field, code), text in texts.items():
        shown = {found[1] for found in PLACEHOLDER.finditer(text)}
        for name in sorted(shown - captured):
            yield f"{field} ({code}) shows {{{name}}}; no pattern captures it"


def find_rival_patterns(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Yield patterns that two entries claim with the same requirements."""
    claims: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for entry in entries:
        for pattern in entry.patterns.all():
            claims[_claim(entry, pattern)].add(entry.slug)
    for claim, slugs in claims.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(sorted(slugs - {slug}))
            yield Problem(slug, f"claims {claim[0] or claim[3:5]!r} as does {others}")


def _claim(entry: Entry, pattern: Pattern) -> tuple[object, ...]:
    return (
        " ".join(pattern.text.split()).casefold(),
        pattern.kind,
        pattern.scope,
        pattern.reply_code,
        pattern.status_code,
        pattern.provider_id,
        pattern.command,
        entry.priority,
        entry.valid_until,
    )

"""The catalog in the orders that people look things up by: number, provider, title …"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from errors.bounce import smtp
from errors.models import Actor, Entry, Provider
from errors.presentation.finding import search_url
from errors.publishing import Published
from errors.search.words import read_aloud

RECENT_MAX = 50
MAINS_MAX = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    anchor: str
    title: str
    entries: tuple[Entry, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code, what the registry says of it, and the entries that explain it."""

    code: str
    meaning: str
    source: str  # the RFC
    mains: tuple[Entry, ...]  # by the code alone, else some that have it
    more: tuple[tuple[str, str], ...]  # searches that find all entries with the code


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The codes of one beginning."""

    anchor: str
    short: str
    title: str
    rows: tuple[CodeRow, ...]


# --- By number ---------------------------------------------------------------------------


def reply_tables(published: Published) -> Iterator[CodeTable]:
    """Yield the reply codes of failures: for the moment, then for good."""
    finder = _Codes(published, "reply_code")
    codes = {c for c in smtp.REPLY_CODES if c[0] in "45"} | finder.codes
    for first in "45":
        rows = [finder.row(code, (code,)) for code in sorted(codes) if code[0] == first]
        title = f"{first}xx – {_(smtp.STATUS_CLASSES[first])}"
        yield CodeTable(f"reply-{first}", f"{first}xx", title, tuple(rows))


def status_tables(published: Published) -> Iterator[CodeTable]:
    """Yield the enhanced status codes by their subject; 4. and 5. stand in one row."""
    finder = _Codes(published, "status_code")
    details = {code.partition(".")[2] for code in finder.codes} | {*smtp.STATUS_CODES}
    for subject, meaning in smtp.STATUS_SUBJECTS.items():
        mine = sorted(
            (d for d in details if d.partition(".")[0] == subject), key=_numbers
        )
        rows = [finder.row(f"x.{d}", tuple(f"{c}.{d}" for c in "542")) for d in mine]
        short = f"x.{subject}.x"
        title = f"{short} – {_(meaning)}"
        yield CodeTable(f"status-{subject}", short, title, tuple(rows))


def _numbers(code: str) -> list[int]:
    return [int(part) for part in code.split(".")]


class _Codes:
    """Finds the entries of codes; made once for a page."""

    def __init__(self, published: Published, name: str) -> None:
        self.by_code: dict[str, list[Entry]] = defaultdict(list)
        self.mains: dict[str, list[Entry]] = defaultdict(list)
        for entry in published.rows.values():
            if code := getattr(entry, name):
                self.by_code[code].append(entry)
            for pattern in entry.patterns.all():
                code = getattr(pattern, name)
                if not pattern.text and not pattern.provider_id and _is_whole(code):
                    self.mains[code].append(entry)
        self.codes = {*self.by_code, *self.mains}

    def row(self, shown: str, codes: tuple[str, ...]) -> CodeRow:
        mains = {e.slug: e for code in codes for e in self.mains.get(code, ())}
        every = {e.slug: e for code in codes for e in self.by_code.get(code, ())}
        known = smtp.REPLY_CODES.get(shown) or smtp.STATUS_CODES.get(
            shown.removeprefix("x.")
        )
        shown_mains = tuple((mains or every).values())[:MAINS_MAX]
        known_codes = [code for code in codes if code in self.codes]
        is_more = len(every | mains) > len(shown_mains)
        return CodeRow(
            code=shown,
            meaning=_(known.meaning) if known else "",
            source=known.rfc if known else "",
            mains=shown_mains,
            more=tuple((c, search_url(c)) for c in known_codes) if is_more else (),
        )


def _is_whole(code: str) -> bool:
    return bool(re.fullmatch(r"[245]\d\d|[245]\.\d+\.\d+", code))


# --- By provider, actor, title, date -----------------------------------------------------


def providers_of(published: Published) -> list[tuple[Provider, int]]:
    """Return the providers that entries name, with how many do, by name."""
    documents = published.index.documents
    numbers = Counter(slug for document in documents for slug in document.providers)
    pairs = [(published.providers[slug], number) for slug, number in numbers.items()]
    return sorted(pairs, key=lambda pair: sort_key(pair[0].name))


def entries_of_provider(published: Published, slug: str) -> list[Entry]:
    """Return the entries that name a provider, in the order of the catalog."""
    documents = published.index.documents
    return [published.rows[d.slug] for d in documents if slug in d.providers]


def actors_of(published: Published) -> list[tuple[Actor, int]]:
    """Return who may have to act, with the number of entries."""
    entries = published.rows.values()
    return [(a, sum(entry.actor == a for entry in entries)) for a in Actor]


def by_section(entries: Iterable[Entry]) -> list[Group]:
    """Group entries by their section, in the order of the catalog."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.section.slug].append(entry)
    return [
        Group(
            slug,
            found[0].section.title,
            tuple(found),
            found[0].section.get_absolute_url(),
        )
        for slug, found in groups.items()
    ]


def by_title(published: Published) -> list[Group]:
    """Group entries by the first letter of their title as it is read: A–Z, 五十音."""
    keyed = sorted(
        ((sort_key(entry.title), entry) for entry in published.rows.values()),
        key=lambda pair: (_ROWS.index(_row_of(pair[0])), pair[0]),
    )
    groups: dict[str, list[Entry]] = defaultdict(list)
    for key, entry in keyed:
        groups[_row_of(key)].append(entry)
    return [
        Group(f"row-{_ROWS.index(row)}", row, tuple(found))
        for row, found in groups.items()
    ]


def recently_changed(published: Published, limit: int = RECENT_MAX) -> list[Entry]:
    """Return the entries by the date of their last change, the newest first."""
    return sorted(published.rows.values(), key=lambda e: e.updated, reverse=True)[
        :limit
    ]


def sort_key(title: str) -> str:
    """Return how a title is read, without quotes and the like before it."""
    return _LEAD.sub("", read_aloud(title).casefold())


_LEAD = re.compile(r"[^\w\u30a0-\u30ff]+")
_KANA_ROWS: Mapping[str, str] = {
    "ア": "ァアィイゥウヴェエォオ",
    "カ": "カガキギクグケゲコゴヵヶ",
    "サ": "サザシジスズセゼソゾ",
    "タ": "タダチヂッツヅテデトド",
    "ナ": "ナニヌネノ",
    "ハ": "ハバパヒビピフブプヘベペホボポ",
    "マ": "マミムメモ",
    "ヤ": "ャヤュユョヨ",
    "ラ": "ラリルレロ",
    "ワ": "ヮワヲン",
}
_OTHER = "…"
_ROWS = ["0–9", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *_KANA_ROWS, _OTHER]
_ROW_OF = {kana: row for row, letters in _KANA_ROWS.items() for kana in letters}


def _row_of(key: str) -> str:
    first = key[:1].upper()
    if first.isdigit():
        return "0–9"
    if first.isascii() and first.isalpha():
        return first
    return _ROW_OF.get(first, _OTHER)

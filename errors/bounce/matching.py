"""Find which of all rules a bounce meets: one Aho–Corasick pass, then RE2 on candidates.

`Catalog` is immutable; build a new one when rules change. The time of a match is linear in
the text and nearly flat in the number of rules.
"""

import itertools
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import ahocorasick

from errors.bounce import labels, layouts, phrases
from errors.bounce.folding import Folded, fold
from errors.bounce.scoping import Scopes
from errors.bounce.values import (
    Bounce,
    EntryFacts,
    GlossMatch,
    GlossRule,
    Match,
    Matches,
    Met,
    ProviderSign,
    Rule,
    Span,
    Value,
)

MAX_MATCHED = 256 * 1024  # code points outside the returned message that are looked at
MAX_HITS = 2000  # of one wording in one text

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")

Hit = tuple[
    int, int, tuple[tuple[int, int], ...]
]  # start, end, a span per captured value


@dataclass(frozen=True, slots=True, eq=False)
class _Needle:
    """One distinct wording with all that hangs on it."""

    wording: phrases.Wording
    rules: tuple[Rule, ...] = ()
    glosses: tuple[GlossRule, ...] = ()
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All rules, compiled. Make it with `Catalog.build`."""

    rules: tuple[Rule, ...]
    facts: Mapping[str, EntryFacts]
    providers: Mapping[str, ProviderSign]
    domains: Mapping[str, str]  # domain or MX suffix → provider slug
    glosses: tuple[GlossRule, ...]
    _always: tuple[_Needle, ...]  # without a literal to look for
    _automaton: ahocorasick.Automaton
    _by_code: Mapping[str, tuple[Rule, ...]]
    skipped: tuple[tuple[Rule, phrases.Problem], ...] = field(default=())

    @classmethod
    def build(
        cls,
        rules: Iterable[Rule],
        entries: Iterable[EntryFacts] = (),
        providers: Iterable[ProviderSign] = (),
        glosses: Iterable[GlossRule] = (),
    ) -> "Catalog":
        """Compile rules; those that the pattern engine refuses are kept in `skipped`."""
        rules, glosses = tuple(rules), tuple(glosses)
        signs = {sign.slug: sign for sign in providers}
        worded, coded, skipped = _sort_rules(rules)
        needles = _build_needles(worded, signs.values(), glosses)
        automaton, always = _build_automaton(needles)
        return cls(
            rules=rules,
            facts=MappingProxyType({entry.slug: entry for entry in entries}),
            providers=MappingProxyType(signs),
            domains=MappingProxyType(
                {
                    domain.lower().lstrip("."): sign.slug
                    for sign in signs.values()
                    for domain in sign.domains
                }
            ),
            glosses=glosses,
            _always=always,
            _automaton=automaton,
            _by_code=MappingProxyType({c: tuple(r) for c, r in coded.items()}),
            skipped=tuple(skipped),
        )

    def match(self, bounce: Bounce) -> Matches:
        """Find every rule and gloss that the bounce meets, outside its returned message."""
        zones, truncated = _find_zones(bounce)
        scopes = Scopes(bounce)
        found: list[Met] = []
        glosses: list[GlossMatch] = []
        signed: set[str] = set()
        for zone in zones:
            folded = fold(zone.of(bounce.text))
            for needle, hits in self._find_hits(folded.text):
                signed.update(needle.providers)
                for hit in hits if needle.rules or needle.glosses else ():
                    span = folded.span(hit[0], hit[1], zone.start)
                    values = _values(folded, zone.start, hit, needle, bounce.text)
                    for gloss in needle.glosses:
                        if gloss.role != "label" or _begins_line(
                            bounce.text, span.start
                        ):
                            glosses.append(GlossMatch(gloss, span, values))
                    rules = needle.rules and scopes.those_of(needle.rules, span)
                    if rules:
                        literal = needle.wording.literal
                        found.append(Met(rules, span, values, literal))
        return Matches(
            met=_telling(list(_drop_glossed(found, glosses)), bounce),
            codes=tuple(self._code_matches(bounce)),
            glosses=tuple(_drop_covered(glosses)),
            providers=tuple(sorted(signed)),
            truncated=truncated,
        )

    def provider_of(self, host: str) -> str:
        """Return the slug of the provider that a host or an address belongs to, or "".

        >>> catalog.provider_of("taro@docomo.ne.jp")
        'docomo'
        """
        name = host.rpartition("@")[2].lower().strip(".[]")
        while "." in name:
            if name in self.domains:
                return self.domains[name]
            name = name.partition(".")[2]
        return ""

    def _find_hits(self, text: str) -> Iterator[tuple[_Needle, list[Hit]]]:
        """Yield each wording that the folded text holds, with where."""
        places = self._find_places(text)
        for needle in self._always:
            places[needle] = []
        for needle, ends in places.items():
            find = _find_literal if needle.wording.expression is None else _verify
            if hits := find(needle.wording, text, ends):
                yield needle, hits

    def _find_places(self, text: str) -> dict[_Needle, list[int]]:
        """Return where the literal of each needle ends, if it has one and that is there."""
        places: dict[_Needle, list[int]] = {}
        if len(self._automaton):
            for end, needles in self._automaton.iter(text):
                for needle in needles:
                    if needle in places:
                        places[needle].append(end + 1)
                    else:
                        places[needle] = [end + 1]
        return places

    def _code_matches(self, bounce: Bounce) -> Iterator[Match]:
        """Yield the rules met by the codes of any recipient; ranking sorts whose they are."""
        codes = {
            prefix
            for recipient in bounce.recipients
            for code in (recipient.reply_code, recipient.status)
            if code
            for prefix in code_prefixes(code)
        }
        for code in sorted(codes):
            for rule in self._by_code.get(code, ()):
                yield Match(rule)


@lru_cache(maxsize=1024)
def code_prefixes(code: str) -> tuple[str, ...]:
    """Return the code and its beginnings, most exact first.

    >>> code_prefixes("5.1.1"), code_prefixes("550")
    (('5.1.1', '5.1', '5'), ('550', '55', '5'))
    """
    if "." in code:
        parts = code.split(".")
        return tuple(".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return tuple(code[:n] for n in range(len(code), 0, -1))


# --- Building ------------------------------------------------------------------------------


def _sort_rules(
    rules: Iterable[Rule],
) -> tuple[list[Rule], dict[str, list[Rule]], list[tuple[Rule, phrases.Problem]]]:
    """Part rules with wording from those of codes alone and those that cannot be used."""
    worded: list[Rule] = []
    coded: dict[str, list[Rule]] = defaultdict(list)
    skipped: list[tuple[Rule, phrases.Problem]] = []
    for rule in rules:
        problems = phrases.find_problems(rule.text, rule.kind)
        if problems:
            skipped.append((rule, problems[0]))
        elif rule.text.strip():
            worded.append(rule)
        elif rule.status_code or rule.reply_code:
            coded[rule.status_code or rule.reply_code].append(rule)
    return worded, coded, skipped


def _build_needles(
    rules: Iterable[Rule], signs: Iterable[ProviderSign], glosses: Iterable[GlossRule]
) -> tuple[_Needle, ...]:
    by_rule: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    by_gloss: dict[tuple[str, str], list[GlossRule]] = defaultdict(list)
    by_sign: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in rules:
        by_rule[rule.text, rule.kind].append(rule)
    for gloss in glosses:
        if gloss.text.strip() and not phrases.find_problems(gloss.text):
            by_gloss[gloss.text, "phrase"].append(gloss)
    for sign in signs:
        for text in filter(str.strip, sign.signatures):
            if not phrases.find_problems(text):
                by_sign[text, "phrase"].append(sign.slug)
    return tuple(
        _Needle(
            phrases.compile_wording(*key),
            tuple(by_rule.get(key, ())),
            tuple(by_gloss.get(key, ())),
            tuple(by_sign.get(key, ())),
        )
        for key in {**by_rule, **by_gloss, **by_sign}
    )


def _build_automaton(
    needles: Sequence[_Needle],
) -> tuple[ahocorasick.Automaton, tuple[_Needle, ...]]:
    """Index each needle by its longest literal, which few texts hold by chance."""
    frequency = Counter(w for needle in needles for w in set(needle.wording.literals))
    by_atom: dict[str, list[_Needle]] = defaultdict(list)
    always: list[_Needle] = []
    for needle in needles:
        literals = needle.wording.literals
        if literals:
            by_atom[min(literals, key=lambda w: (-len(w), frequency[w]))].append(needle)
        else:
            always.append(needle)
    automaton = ahocorasick.Automaton()
    # It looks for the next letter one by one, in the order of coming: ASCII first.
    for atom, indexed in sorted(by_atom.items()):
        automaton.add_word(atom, tuple(indexed))
    automaton.make_automaton()
    return automaton, tuple(always)


# --- Matching ------------------------------------------------------------------------------


def _find_zones(bounce: Bounce) -> tuple[list[Span], bool]:
    """Return the stretches outside the returned message, up to the limit in all."""
    zones: list[Span] = []
    left = MAX_MATCHED
    for start, end in bounce.outside():
        stop = min(end, start + left)
        if start < stop:
            zones.append(Span(start, stop))
            left -= stop - start
        if stop < end:
            return zones, True
    return zones, False


def _find_literal(
    wording: phrases.Wording, text: str, ends: Sequence[int]
) -> list[Hit]:
    """Return where a wording that is nothing but one literal stands in words of its own."""
    literal, limit = wording.literals[0], len(text)
    size, opens, closes = len(literal), literal[0] in _WORD, literal[-1] in _WORD
    hits: list[Hit] = []
    for end in ends:
        start = end - size
        if opens and start and text[start - 1] in _WORD:
            continue
        if closes and end < limit and text[end] in _WORD:
            continue
        hits.append((start, end, ()))
        if len(hits) >= MAX_HITS:
            break
    return hits


def _verify(wording: phrases.Wording, text: str, ends: Sequence[int]) -> list[Hit]:
    """Return where a wording with gaps, values or alternatives stands."""
    for literal in wording.literals:  # most are told apart by this alone
        if literal not in text:
            return []
    hits: list[Hit] = []
    for start, stop in _find_windows(wording, ends, len(text)):
        if _holds(text, wording.literals, start, stop):
            found = _verify_expression(wording, text, start, stop)
            hits += itertools.islice(found, MAX_HITS - len(hits))
            if len(hits) >= MAX_HITS:
                break
    return hits


def _holds(text: str, literals: Iterable[str], start: int, stop: int) -> bool:
    """Tell whether the literals follow each other in this stretch."""
    for literal in literals:
        at = text.find(literal, start, stop)
        if at < 0:
            return False
        start = at + len(literal)
    return True


def _find_windows(
    wording: phrases.Wording, ends: Sequence[int], size: int
) -> Iterator[tuple[int, int]]:
    """Yield the stretches around an atom's places in which a match must lie, merged."""
    if not wording.reach or not ends:
        yield 0, size
        return
    reach, start, stop = wording.reach, -1, -1
    for end in ends:
        if start >= 0 and end - reach <= stop:
            stop = end + reach
            continue
        if start >= 0:
            yield start, min(stop, size)
        start, stop = max(end - reach, 0), end + reach
    yield start, min(stop, size)


def _verify_expression(
    wording: phrases.Wording, text: str, start: int, stop: int
) -> Iterator[Hit]:
    window = text[start:stop]
    # The engine reads bytes: from ASCII no offset needs to be counted back.
    seen = window.encode() if text.isascii() else window
    for found in wording.expression.finditer(seen):
        begin, end = found.span()
        if begin < end:
            spans = [found.span(n) for n in range(1, len(wording.names) + 1)]
            values = tuple([(s + start, e + start) for s, e in spans])
            yield begin + start, end + start, values
        if not _holds(text, wording.literals, end + start, stop):
            break  # there cannot be another


def _values(
    folded: Folded, base: int, hit: Hit, needle: _Needle, text: str
) -> tuple[Value, ...]:
    """Map what a hit in the folded zone captured to the text shown."""
    if not hit[2]:
        return ()
    return tuple(
        Value(name, type_, span.of(text), span)
        for (name, type_), (s, e) in zip(needle.wording.names, hit[2], strict=True)
        if name and s < e
        for span in (folded.span(s, e, base),)
    )


def _begins_line(text: str, start: int) -> bool:
    """Tell whether only blanks and quote marks stand before this place in its line."""
    if text[start - 1 : start] == "\n":
        return True
    line = text.rfind("\n", max(0, start - 40), start) + 1
    return not text[max(line, start - 40) : start].strip(" \t>|＞　-*・<")


def _drop_glossed(found: list[Met], glosses: list[GlossMatch]) -> Iterator[Met]:
    """Drop what a gloss covers: framing and follow-on lines are never the cause."""
    covers = sorted(g.span for g in glosses if g.gloss.role != "label")
    reach = list(itertools.accumulate((c.end for c in covers), max))
    starts = [c.start for c in covers]
    for met in found:
        if not _is_covered(met.span, starts, reach):
            yield met


# As notices quote the returned message's; MDaemon writes the time before it.
_SUBJECT_LINE = re.compile(
    rf"(?<=\n)(?:[^\n\]]{{8,40}}\] )?[ \t*>|]{{0,8}}(?:{labels.alternatives('subject')})[ \t]{{0,3}}[:：]([^\n]*)",
    re.IGNORECASE,
)
_SUBJECT_SIGNS = labels.NAMES["subject"]


def _telling(found: list[Met], bounce: Bounce) -> tuple[Met, ...]:
    """Leave out what stands in a quoted subject alone, where anything else was met.

    A person's "Mailbox full?" says nothing about why the mail came back.
    """
    covers = list(_quoted_subjects(bounce)) if found else []
    starts, reach = [c.start for c in covers], [c.end for c in covers]
    kept = [met for met in found if not _is_covered(met.span, starts, reach)]
    return tuple(kept or found)


def _quoted_subjects(bounce: Bounce) -> Iterator[Span]:
    for region in bounce.regions:
        if region.kind != "narrative":
            continue
        lower = region.span.of(bounce.text).lower()
        if any(map(lower.__contains__, _SUBJECT_SIGNS)):
            for found in _SUBJECT_LINE.finditer(bounce.text, *region.span):
                if not _is_bounces_own(found[1]):
                    yield Span(*found.span())


def _is_bounces_own(subject: str) -> bool:
    return bool(
        layouts.FAILURE_SUBJECT.search(subject) or layouts.DELAY_SUBJECT.search(subject)
    )


def _drop_covered(glosses: list[GlossMatch]) -> Iterator[GlossMatch]:
    """Keep of overlapping glosses the one that begins first and reaches farthest."""
    reach = -1
    for gloss in sorted(glosses, key=lambda g: (g.span.start, -g.span.end)):
        if gloss.span.end > reach:
            yield gloss
            reach = gloss.span.end


def _is_covered(span: Span, starts: list[int], reach: list[int]) -> bool:
    index = bisect_right(starts, span.start) - 1
    return index >= 0 and reach[index] >= span.end

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
from types import MappingProxyType

import ahocorasick

from errors.bounce import phrases
from errors.bounce.folding import Folded, fold
from errors.bounce.values import (
    Bounce,
    EntryFacts,
    GlossMatch,
    GlossRule,
    Match,
    Matches,
    ProviderSign,
    Rule,
    Span,
    Value,
)

MAX_MATCHED = 256 * 1024  # code points outside the returned message that are looked at
MAX_HITS = 2000  # of one wording in one text

_SUBJECT_LINE = re.compile(r"[>|\s]*(?:subject|件名|題名|表題)\s*[:：]", re.IGNORECASE)
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_HOST_LETTER = re.compile(r"[a-z0-9_-]")

Hit = tuple[
    int, int, tuple[tuple[int, int], ...]
]  # start, end, a span per captured value


@dataclass(frozen=True, slots=True)
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
    _needles: tuple[_Needle, ...]
    _always: tuple[int, ...]  # needles without a literal to look for
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
            _needles=needles,
            _always=always,
            _automaton=automaton,
            _by_code=MappingProxyType({c: tuple(r) for c, r in coded.items()}),
            skipped=tuple(skipped),
        )

    def match(self, bounce: Bounce) -> Matches:
        """Find every rule and gloss that the bounce meets, outside its returned message."""
        zones, truncated = _find_zones(bounce)
        scopes = _Scopes(bounce)
        wordings: list[Match] = []
        glosses: list[GlossMatch] = []
        signed: set[str] = set()
        for zone in zones:
            folded = fold(zone.of(bounce.text))
            for needle, hit in self._find_hits(folded.text):
                span, values = _locate(folded, zone.start, hit, needle, bounce.text)
                if needle.providers:
                    signed.update(needle.providers)
                if needle.glosses:
                    glosses += _gloss_matches(needle, span, values, bounce.text)
                wordings += (
                    Match(rule, span, values, needle.wording.literal)
                    for rule in needle.rules
                    if scopes.has(rule, span)
                )
        return Matches(
            wordings=tuple(_drop_glossed(wordings, glosses)),
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

    def _find_hits(self, text: str) -> Iterator[tuple[_Needle, Hit]]:
        places = self._find_places(text)
        for index in (*places, *self._always):
            needle, ends = self._needles[index], places.get(index, ())
            find = _find_literal if needle.wording.expression is None else _verify
            for hit in itertools.islice(find(needle.wording, text, ends), MAX_HITS):
                yield needle, hit

    def _find_places(self, text: str) -> dict[int, list[int]]:
        """Return where the literal of each needle ends, by the needle's number."""
        places: dict[int, list[int]] = {}
        if len(self._automaton):
            for end, indices in self._automaton.iter(text):
                for index in indices:
                    places.setdefault(index, []).append(end + 1)
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


def code_prefixes(code: str) -> list[str]:
    """Return the code and its beginnings, most exact first.

    >>> code_prefixes("5.1.1"), code_prefixes("550")
    (['5.1.1', '5.1', '5'], ['550', '55', '5'])
    """
    if "." in code:
        parts = code.split(".")
        return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    return [code[:n] for n in range(len(code), 0, -1)]


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
) -> tuple[ahocorasick.Automaton, tuple[int, ...]]:
    """Index each needle by its rarest literal, so that few are tried in vain."""
    frequency = Counter(w for needle in needles for w in set(needle.wording.literals))
    by_atom: dict[str, list[int]] = defaultdict(list)
    always: list[int] = []
    for index, needle in enumerate(needles):
        literals = needle.wording.literals
        if not literals:
            always.append(index)
            continue
        atom = min(literals, key=lambda w: (len(w) < 3, frequency[w], -len(w)))
        by_atom[atom].append(index)
    automaton = ahocorasick.Automaton()
    for atom, indices in by_atom.items():
        automaton.add_word(atom, tuple(indices))
    automaton.make_automaton()
    return automaton, tuple(always)


# --- Matching ------------------------------------------------------------------------------


def _find_zones(bounce: Bounce) -> tuple[list[Span], bool]:
    """Return the stretches outside the returned message, up to the limit in all."""
    zones: list[Span] = []
    at, left = 0, MAX_MATCHED
    returned = [r.span for r in bounce.regions if r.kind == "returned"]
    for hole in (*returned, Span(len(bounce.text), len(bounce.text))):
        end = min(hole.start, at + left)
        if end > at:
            zones.append(Span(at, end))
            left -= end - at
        if end < hole.start:
            return zones, True
        at = hole.end
    return zones, False


def _find_literal(
    wording: phrases.Wording, text: str, ends: Sequence[int]
) -> Iterator[Hit]:
    """Yield where a wording that is nothing but one literal stands in words of its own."""
    literal = wording.literals[0]
    for end in ends:
        start = end - len(literal)
        if _has_edges(literal, text, start, end):
            yield start, end, ()


def _has_edges(literal: str, text: str, start: int, end: int) -> bool:
    """Ask that a word of the literal does not begin or end inside a word of the text."""
    if start and literal[0] in _WORD and text[start - 1] in _WORD:
        return False
    return end == len(text) or literal[-1] not in _WORD or text[end] not in _WORD


def _verify(wording: phrases.Wording, text: str, ends: Sequence[int]) -> Iterator[Hit]:
    for start, stop in _find_windows(wording, ends, len(text)):
        if all(text.find(w, start, stop) >= 0 for w in wording.literals):
            yield from _verify_expression(wording, text, start, stop)


def _find_windows(
    wording: phrases.Wording, ends: Sequence[int], size: int
) -> Iterator[tuple[int, int]]:
    """Yield the stretches around an atom's places in which a match must lie, merged."""
    if not wording.bounded or not ends:
        yield 0, size
        return
    reach = phrases.longest_match(wording)
    start = stop = -1
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
    for found in wording.expression.finditer(text[start:stop]):
        begin, end = found.span()
        if begin < end:
            spans = (found.span(n) for n in range(1, len(wording.names) + 1))
            values = tuple((s + start, e + start) for s, e in spans)
            yield begin + start, end + start, values


def _locate(
    folded: Folded, base: int, hit: Hit, needle: _Needle, text: str
) -> tuple[Span, tuple[Value, ...]]:
    """Map a hit in the folded zone to the text shown, with its captured values."""
    start, end, groups = hit
    place = folded.span(start, end, base)
    if not groups:
        return place, ()
    values = tuple(
        Value(name, type_, span.of(text), span)
        for (name, type_), (s, e) in zip(needle.wording.names, groups, strict=True)
        if name and s < e
        for span in (folded.span(s, e, base),)
    )
    return place, values


def _gloss_matches(
    needle: _Needle, span: Span, values: tuple[Value, ...], text: str
) -> Iterator[GlossMatch]:
    for gloss in needle.glosses:
        if gloss.role != "label" or _begins_line(text, span.start):
            yield GlossMatch(gloss, span, values)


def _begins_line(text: str, start: int) -> bool:
    """Tell whether only blanks and quote marks stand before this place in its line."""
    line = text.rfind("\n", max(0, start - 40), start) + 1
    return not text[max(line, start - 40) : start].strip(" \t>|＞　-*・<")


class _Scopes:
    """Where in one bounce a rule may look; made once for all hits."""

    def __init__(self, bounce: Bounce) -> None:
        self.bounce = bounce
        self.headers = [r.span for r in bounce.regions if r.kind == "header"]
        self.only_header = len(self.headers) == len(bounce.regions) > 0
        self.diagnostics = [d for r in bounce.recipients for d in r.diagnostics]
        self.reporting_host = fold(bounce.reporting_mta or "").text

    def has(self, rule: Rule, span: Span) -> bool:
        """Tell whether the rule may be met at this place."""
        if rule.scope == "subject":
            return self._is_in_subject(span)
        if rule.scope == "reporting-host":
            words = fold(span.of(self.bounce.text)).text
            return bool(self.reporting_host) and words in self.reporting_host
        if rule.scope == "diagnostic" and self.diagnostics:
            return any(d.overlaps(span) for d in self.diagnostics)
        # A bounce's subject repeats the customer's own; it decides only where asked for,
        # or where it was read as a reason.
        if self.only_header or not self._is_in_header(span):
            return True
        return any(diagnostic.covers(span) for diagnostic in self.diagnostics)

    def _is_in_header(self, span: Span) -> bool:
        for header in self.headers:  # a loop, as this is asked for every hit
            if header.start <= span.start and span.end <= header.end:
                return True
        return False

    def _is_in_subject(self, span: Span) -> bool:
        text = self.bounce.text
        line = text.rfind("\n", 0, span.start) + 1
        if not self.headers:
            return line == 0
        while (
            line and text[line] in " \t"
        ):  # a folded header line, RFC 5322 section 2.2.3
            line = text.rfind("\n", 0, line - 1) + 1
        return self._is_in_header(span) and bool(_SUBJECT_LINE.match(text, line))


def _drop_glossed(wordings: list[Match], glosses: list[GlossMatch]) -> Iterator[Match]:
    """Drop what a gloss covers: framing and follow-on lines are never the cause."""
    covers = sorted(g.span for g in glosses if g.gloss.role != "label")
    reach = list(itertools.accumulate((c.end for c in covers), max))
    starts = [c.start for c in covers]
    for match in wordings:
        if match.span is None or not _is_covered(match.span, starts, reach):
            yield match


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

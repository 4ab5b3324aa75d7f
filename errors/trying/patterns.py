"""One pattern, while it is typed: what it meets, or what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from errors.bounce.matching import Catalog
from errors.bounce.phrases import find_problems
from errors.bounce.values import Bounce, Rule, Value
from errors.models import phrases_message
from errors.wording import humanise


@dataclass(frozen=True, slots=True)
class Capture:
    """A captured value: as it was written, and as people say it."""

    name: str
    type: str
    text: str
    said: str


def capture(value: Value) -> Capture:
    said = humanise(value, get_language() or "")
    return Capture(value.name, value.type, value.text, said)


@dataclass(frozen=True, slots=True)
class PatternTrial:
    """What a pattern meets, or what is wrong with it."""

    problems: tuple[str, ...]
    found: tuple[tuple[str, str, tuple[Capture, ...]], ...]  # where, words, values
    missed: tuple[str, ...]  # where nothing of it was found


def try_pattern(rule: Rule, texts: Iterable[tuple[str, str]]) -> PatternTrial:
    """Try a pattern on texts by their name, by its words alone."""
    problems = find_problems(rule.text, rule.kind)
    if problems or not rule.text.strip():
        return PatternTrial(tuple(map(phrases_message, problems)), (), ())
    catalog = Catalog.build([Rule(entry=rule.entry, text=rule.text, kind=rule.kind)])
    found, missed = [], []
    for name, text in texts:
        match = next(iter(catalog.match(Bounce(text)).wordings), None)
        if match is None or match.span is None:
            missed.append(name)
        else:
            values = tuple(map(capture, match.values))
            found.append((name, match.span.of(text), values))
    return PatternTrial((), tuple(found), tuple(missed))

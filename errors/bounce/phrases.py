"""The editors' pattern language: parse, check and compile phrases and expressions.

A phrase is words; `*` is a short gap, `{size}` or `{limit:size}` captures a value by its
type, `\\*` and `\\{` stand for themselves. An expression runs on RE2 alone (linear time).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import re2

from errors.bounce.folding import fold

MAX_LENGTH = 500  # code points of a pattern
KEPT = 2**17  # patterns that stay compiled
GAP = 60  # code points that `*` may stand for
_LONGEST_VALUE = 400
_MARK = 0xE000  # private-use code points stand for gaps and captures while folding

_UNIT = r"(?:bytes?|octets?|[kmgt]i?b(?:ytes?)?|[kmg]|バイト|キロバイト|メガバイト|ギガバイト)"
_TIME_UNIT = "weeks?|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms]"
_TIME_UNIT_JA = "週間|日間?|時間|分間?|秒間?"
_TIME = rf"\d+(?:\.\d+)? ?(?:{_TIME_UNIT}|{_TIME_UNIT_JA})"
# The last unit must end its word: "47 more" is not 47 m.
_LAST_TIME = rf"\d+(?:\.\d+)? ?(?:(?:{_TIME_UNIT})\b|{_TIME_UNIT_JA})"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?(?: ?[+-]\d{4})?(?: ?\(?[a-z]{3,4}\b\)?)?"
# Written for folded text: lower case, single blanks. Counted repeats cost RE2 memory; the
# window around a phrase's literal bounds what they may span.
TYPES: dict[str, str] = {
    "address": (
        r"[^\s<>\"',;:()@\[\]]+"
        r"@(?:\[[0-9a-f.:]+\]|[^\s<>\"',;:()@\[\]]*[^\s<>\"',;:()@\[\].])"
    ),
    "host": r"[\pL\pN*_-]+(?:\.[\pL\pN*_-]+)*",
    "ip": r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)",
    "size": rf"\d(?:[\d,.]*\d)?(?: ?{_UNIT}\b| ?[バキメギ]\pL+)?",
    "count": r"\d(?:[\d,]*\d)?",
    "duration": (
        rf"(?:(?:{_TIME}(?:,? and |, ?| )?){{0,4}}{_LAST_TIME}"
        r"|\d{1,3}:\d\d:\d\d)"
    ),
    "date": (
        rf"(?:\d{{4}}[-/年]\d{{1,2}}[-/月]\d{{1,2}}日?(?:[ t]?{_CLOCK}z?)?"
        rf"|(?:[a-z]{{3,9}},? )?\d{{1,2}}[ -][a-z]{{3,9}}[ -]\d{{2,4}}(?:,? {_CLOCK})?"
        rf"|(?:[a-z]{{3,9}},? )?[a-z]{{3,9}} \d{{1,2}},?(?: {_CLOCK})?(?: \d{{4}})?(?: {_CLOCK})?"
        rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}(?: {_CLOCK})?)"
    ),
    "word": r"[^\s<>()\"',;]*[^\s<>()\"',;.:]",
    "url": r"https?://[^\s<>\"'()]*[^\s<>\"'().,;:]",
}
ProblemReason = Literal[
    "unknown-type", "unclosed", "too-short", "bad-regex", "too-long"
]

_TOKEN = re.compile(
    r"\\(?P<plain>[*{}\\])|(?P<gap>\*+)|\{(?P<value>[^{}]*)\}|(?P<open>\{)"
)
_VALUE = re.compile(r"(?:(?P<name>[a-z][a-z0-9_]*):)?(?P<type>[a-z]+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a pattern: a reason, the code point where, and a detail to show."""

    reason: ProblemReason
    position: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A compiled pattern over folded text.

    `literals` must all occur, one behind the other (none = always try); a phrase without
    gap or value is its one literal and needs no expression.
    """

    literals: tuple[str, ...]
    literal: int
    names: tuple[tuple[str, str], ...]  # (name, type) per group, in order
    expression: Any = None  # re2 pattern; the library has no types
    reach: int = 0  # code points that a match can span at most, 0 if there is no limit


class _Parsed:
    """A phrase taken apart: the marked text and what each mark stands for."""

    def __init__(self, text: str) -> None:
        self.marked = ""
        self.marks: list[tuple[str, str]] = []  # (name, type); ("", "gap")
        self.problems: list[Problem] = []
        at = 0
        for token in _TOKEN.finditer(text):
            self.marked += text[at : token.start()]
            self._take(token)
            at = token.end()
        self.marked += text[at:]

    def _take(self, token: re.Match[str]) -> None:
        if token["plain"]:
            self.marked += token["plain"]
        elif token["gap"]:
            self._mark("", "gap")
        elif token["open"]:
            self.problems.append(Problem("unclosed", token.start()))
        else:
            self._take_value(token)

    def _take_value(self, token: re.Match[str]) -> None:
        value = _VALUE.fullmatch(token["value"])
        if not value or value["type"] not in TYPES:
            detail = token[0]
            self.problems.append(Problem("unknown-type", token.start(), detail))
            return
        self._mark(value["name"] or value["type"], value["type"])

    def _mark(self, name: str, type_: str) -> None:
        self.marked += chr(_MARK + len(self.marks))
        self.marks.append((name, type_))


def find_problems(text: str, kind: str = "phrase") -> list[Problem]:
    """List what makes a pattern unusable; an empty pattern (codes alone) has no problem.

    >>> find_problems("over {quta}")
    [Problem(reason='unknown-type', position=5, detail='{quta}')]
    """
    if len(text) > MAX_LENGTH:
        return [Problem("too-long", MAX_LENGTH)]
    return list(_find_problems(text, kind))


# A catalog that is compiled anew after an edit has nearly all of its patterns still.
@lru_cache(maxsize=KEPT)
def _find_problems(text: str, kind: str) -> tuple[Problem, ...]:
    if not text.strip():
        return ()
    if kind == "regex":
        return tuple(_find_regex_problems(text))
    parsed = _Parsed(text)
    if not parsed.problems and not _is_long_enough(_pieces(parsed)):
        return (Problem("too-short", 0),)
    return tuple(parsed.problems)


@lru_cache(maxsize=KEPT)
def compile_wording(text: str, kind: str = "phrase") -> Wording:
    """Compile a pattern that `find_problems` finds nothing wrong with.

    Raises ValueError otherwise.
    """
    problems = find_problems(text, kind)
    if problems or not text.strip():
        raise ValueError(f"unusable pattern: {problems}")
    return _compile_regex(text) if kind == "regex" else _compile_phrase(_Parsed(text))


def _pieces(parsed: _Parsed) -> list[str]:
    """Return the folded phrase cut at its marks: literal, mark, literal, mark … literal."""
    last = chr(_MARK + len(parsed.marks))
    return re.split(f"([{chr(_MARK)}-{last}])", fold(parsed.marked).text.strip())


def _is_long_enough(pieces: list[str]) -> bool:
    """Ask for three letters in a row, or two that say a word by themselves, as kanji do."""
    return any(
        len(piece.strip()) >= (3 if piece.isascii() else 2) for piece in pieces[::2]
    )


def _compile_phrase(parsed: _Parsed) -> Wording:
    pieces = _pieces(parsed)
    names: list[tuple[str, str]] = []
    for index in range(1, len(pieces), 2):
        name, type_ = parsed.marks[ord(pieces[index]) - _MARK]
        if type_ == "gap":
            pieces[index - 1 : index + 2] = _around_gap(
                *pieces[index - 1 : index + 2 : 2]
            )
        else:
            names.append((name, type_))
            pieces[index] = f"({TYPES[type_]})"
    literals = tuple(piece for piece in pieces[::2] if piece.strip())
    if len(pieces) == 1:
        return Wording(literals, len(literals[0]), ())
    source = "".join(
        piece if index % 2 else re2.escape(piece) for index, piece in enumerate(pieces)
    )
    source = _edge(pieces[0][:1]) + source + _edge(pieces[-1][-1:])
    return Wording(
        literals,
        sum(map(len, literals)),
        tuple(names),
        _compile(source),
        _reach(literals, len(names)),
    )


def _around_gap(before: str, after: str) -> tuple[str, str, str]:
    """Take the blanks beside a gap into it: they say that whole words stand there."""
    left, right = before.rstrip(), after.lstrip()
    blanks = len(before + after) - len(left + right)
    start = _edge(left[-1:]) if left != before else ""
    end = _edge(right[:1]) if right != after else ""
    return left, f"{start}.{{0,{GAP + blanks}}}?{end}", right


def _edge(letter: str) -> str:
    return r"\b" if letter.isascii() and letter.isalnum() else ""


def _compile(source: str, max_mem: int = 8 << 20) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = max_mem
    options.case_sensitive = False
    return re2.compile(source, options)


def _reach(literals: tuple[str, ...], values: int) -> int:
    """Return how many code points a match of a phrase can span at most."""
    return sum(map(len, literals)) + values * _LONGEST_VALUE + 2 * GAP * len(literals)


# --- Expressions ---------------------------------------------------------------------------


def _find_regex_problems(text: str) -> list[Problem]:
    try:
        # A small budget refuses compile bombs at once (50 alternatives of .{0,900}).
        compiled = _compile(text, max_mem=1 << 20)
    except re2.error as error:
        detail = error.args[0]
        return [Problem("bad-regex", 0, _decoded(detail))]
    if compiled.search(""):
        return [Problem("too-short", 0)]
    return []


def _decoded(detail: object) -> str:
    return (
        detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    )


def _compile_regex(text: str) -> Wording:
    expression = _compile(text)
    named = {index: name for name, index in expression.groupindex.items()}
    names = tuple(
        (name, name if name in TYPES else "word")
        for name in (named.get(n, "") for n in range(1, expression.groups + 1))
    )
    literals = required_literals(text)
    return Wording(literals, sum(map(len, literals)), names, expression)


_GROUPED = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[(|)]", re.DOTALL)
# A capture that holds neither groups nor alternatives, and is not repeated or optional.
_PLAIN_CAPTURE = re.compile(
    r"(?<!\\)\(\?P<\w+>((?:\\.|\[(?:\\.|[^\]\\])*\]|[^()|\[\\])*)\)(?![*?+{])",
    re.DOTALL,
)


def required_literals(text: str) -> tuple[str, ...]:
    """Return literals that every match of the expression must hold; () when none is sure.

    Errs on the side of finding none: such an expression is tried on every text. Words
    within "(?:…)" are not looked at, so that they do not count in ranking either.

    >>> required_literals(r"over quota \\(.{0,20} bytes\\)")
    ('over quota ', ' bytes')
    """
    if re.search(r"\(\?(?!P<|:)", text):
        return ()
    text = _PLAIN_CAPTURE.sub(r"\1", text)
    depth, outside, at = 0, "", 0
    for found in _GROUPED.finditer(text):
        outside += text[at : found.start()] if depth == 0 else ""
        at = found.end()
        sign = found[0]
        if sign == "|" and depth == 0:
            return ()
        depth += {"(": 1, ")": -1}.get(sign, 0)
        outside += "" if depth and sign != "(" else "\0"
    outside += text[at:]
    return _literal_runs(outside)


def _literal_runs(outside: str) -> tuple[str, ...]:
    runs = re.split(r"[\0.^$+]|\{[^}]*\}", re.sub(r".(?=[*?]|\{0?,)", "\0", outside))
    folded = (fold(re.sub(r"[*?+]", "", run)).text for run in runs)
    return tuple(run for run in folded if len(run.strip()) >= 3)

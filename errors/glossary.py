"""The words that customers may not know, and where a text of one language uses them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_ABBREVIATED = re.compile(r"(.+?)\s*[(（](.+)[)）]")  # 暗号化（TLS）
_PLACE = r"\{[^{}]*\}"  # what a bounce fills may be anything
# No term within a longer word, a name of a host or an address. Japanese has no blanks:
# there a word in Katakana ends where the Katakana does.
_LATIN, _KANA = "[A-Za-z0-9]", "[ァ-ヶー]"
_NOT_AFTER = {_LATIN: r"(?<![A-Za-z0-9_.@/-])", _KANA: f"(?<!{_KANA})"}
_NOT_BEFORE = {_LATIN: r"(?![A-Za-z0-9_@/]|[.-][A-Za-z0-9])", _KANA: f"(?!{_KANA})"}


@dataclass(frozen=True, slots=True)
class Word:
    """A term in one language; an everyday word needs no explanation within texts."""

    slug: str
    name: str
    explanation: str
    is_everyday: bool = False

    def forms(self) -> Iterator[str]:
        """Yield all that a text may write for it."""
        names = [self.name]
        if found := _ABBREVIATED.fullmatch(self.name):
            names += found.groups()
        for name in names:
            yield name
            if name.isascii():
                yield from (f"{name}s", f"{name}es")


@dataclass(
    frozen=True, slots=True, eq=False
)  # told apart by identity, as caches need it
class Glossary:
    """The terms of one language."""

    words: tuple[Word, ...] = ()
    _by_form: dict[str, Word] = field(init=False)
    _pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        forms = {form: word for word in self.words for form in word.forms()}
        folded = {form.casefold(): word for form, word in forms.items()}
        object.__setattr__(self, "_by_form", folded)
        object.__setattr__(self, "_pattern", _pattern_of(forms))

    def find(self, text: str) -> Iterator[tuple[re.Match[str], Word]]:
        """Yield the terms in a text, the longest at each place, without everyday words."""
        for found in self._pattern.finditer(text):
            word = self._by_form.get(found[0].casefold())
            if word and not word.is_everyday:
                yield found, word


def read_glossary(words: Iterable[Word]) -> Glossary:
    """Return the glossary of the words that have a name and an explanation."""
    return Glossary(tuple(word for word in words if word.name and word.explanation))


def _pattern_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that tries the longest first, and words only where one begins."""
    by_begin: dict[str, list[str]] = defaultdict(list)
    for form in sorted(forms, key=len, reverse=True):
        # An abbreviation is written as it is; other words also begin sentences.
        is_abbreviation = form.rstrip("es").isupper()
        said = re.escape(form) if is_abbreviation else f"(?i:{re.escape(form)})"
        begin, end = _bound(form[0], _NOT_AFTER), _bound(form[-1], _NOT_BEFORE)
        by_begin[begin].append(said + end)
    groups = [f"{begin}(?:{'|'.join(said)})" for begin, said in by_begin.items()]
    return re.compile("|".join([_PLACE, *groups]))


def _bound(character: str, bounds: dict[str, str]) -> str:
    kinds = (bound for kind, bound in bounds.items() if re.match(kind, character))
    return next(kinds, "")

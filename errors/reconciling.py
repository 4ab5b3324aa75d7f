"""Two people changed the same row: what each of them wants, and one content made of both."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Model

from errors.comparing import Pair
from errors.describing import find_rows
from errors.shipping.files import Content

Choice = Literal["mine", "theirs", "both"]
LISTS = ("patterns", "examples", "related", "providers")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the two leave in different ways, and which way is the likely one."""

    path: str
    label: str
    pair: Pair  # theirs beside mine
    choice: Choice
    choices: tuple[Choice, ...]


def find_differences(
    base: Content | None, theirs: Content, mine: Content, model: type[Model]
) -> list[Difference]:
    """Return where the two differ. `base` is what both began with, if that is known.

    Who left a field as it was has nothing to say about it; of two who changed it, the one
    who is asked comes first, and lists can hold what both want.
    """
    return [
        Difference(
            row.path,
            row.label,
            row.pair,
            _likely(row.path, base, theirs, mine),
            ("mine", "theirs", "both") if row.path in LISTS else ("mine", "theirs"),
        )
        for row in find_rows(theirs, mine, model)
    ]


def _likely(path: str, base: Content | None, theirs: Content, mine: Content) -> Choice:
    if base is None:
        return "mine"
    if _get(mine, path) == _get(base, path):
        return "theirs"
    if path in LISTS and _get(theirs, path) != _get(base, path):
        return "both"
    return "mine"


def reconcile(
    base: Content | None, theirs: Content, mine: Content, choices: Mapping[str, str]
) -> Content:
    """Return theirs with what was chosen of mine; what nobody chose stays theirs."""
    merged = deepcopy(theirs)
    for path, choice in choices.items():
        if choice == "mine":
            _put(merged, path, _get(mine, path))
        elif choice == "both" and path in LISTS:
            _put(merged, path, _join(path, base or {}, theirs, mine))
    return merged


def _get(content: Content, path: str) -> Any:
    key, _, language = path.partition(".")
    value = content.get(key)
    return (value or {}).get(language) if language else value


def _put(content: Content, path: str, value: Any) -> None:
    key, _, language = path.partition(".")
    if not language:
        content[key] = value
        return
    texts = {**(content.get(key) or {}), language: value}
    content[key] = {code: text for code, text in texts.items() if text}


def _join(path: str, base: Content, theirs: Content, mine: Content) -> list[Any]:
    """Return theirs without what I took away, and then what I added."""
    old, left, right = (_get(one, path) or [] for one in (base, theirs, mine))
    added = [item for item in right if item not in left and item not in old]
    said = [_key(path, item) for item in added]
    kept = [
        item
        for item in left
        if (item in right or item not in old) and _key(path, item) not in said
    ]
    return [*kept, *added]


def _key(path: str, item: Any) -> Any:
    """Return what may stand once only: of a relation the other entry."""
    return item[0] if path == "related" else item

"""Why a change was not saved, for the page that tells; nothing typed is lost."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from errors.bounce.reading import read
from errors.bounce.values import Candidate
from errors.comparing import Piece
from errors.reasoning import say_why
from errors.reconciling import Difference
from errors.rehearsing import Loss
from errors.shipping.contents import unix
from errors.versions import Version

AROUND = 160  # code points shown on each side of the deciding words


class Trouble(Exception):  # noqa: N818 - staff's trouble, not a programmer's error
    """A change that waits for somebody's decision; its transaction is undone."""

    message = ""


class Stopped(Trouble):
    """The change would take Examples from their entries."""

    def __init__(self, losses: list[Loss], titles: Mapping[str, str]) -> None:
        self.losses, self.titles = losses, titles
        self.slug = ""  # of the entry that is being saved
        self.message = (
            _("Nothing was saved: an example does not lead to its entry.")
            if self.is_final
            else _("Nothing was saved: this change takes examples from their entries.")
        )

    @property
    def is_final(self) -> bool:
        """Tell whether it cannot be confirmed: a new example that never led home."""
        return any(loss.is_new for loss in self.losses)

    @property
    def token(self) -> str:
        """Name these very losses, so that others are not confirmed with them."""
        marks = sorted(loss.mark for loss in self.losses)
        return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16]

    def own_losses(self) -> dict[str, Loss]:
        """Return what concerns the entry that is being saved, by the example's text."""
        return {unix(one.text): one for one in self.losses if one.entry == self.slug}

    def cards(self) -> "list[LossCard]":
        return [_card_of(loss, self.titles) for loss in self.losses]


class Overtaken(Trouble):
    """Somebody else saved the same row in the meantime."""

    def __init__(
        self, by: Version | None, differences: list[Difference] | None, resolving: str
    ) -> None:
        self.by, self.differences, self.resolving = by, differences, resolving
        self.message = _(
            "Nothing was saved: somebody else changed this in the meantime."
        )


class Vanished(Trouble):
    """Somebody else deleted the row in the meantime."""

    def __init__(self) -> None:
        self.message = _(
            "Somebody else deleted this in the meantime. What you typed is still here:"
            " saving adds it anew."
        )


class OutOfReach(Vanished):
    """Somebody else published the row in the meantime, which takes a right to change."""

    def __init__(self) -> None:
        self.message = _(
            "Somebody else published this in the meantime, so it is no longer yours to"
            " change. What you typed is still here: saving keeps it as a draft of its own."
        )


@dataclass(frozen=True, slots=True)
class Side:
    """To which entry an Example leads, by which words, and why."""

    slug: str
    title: str
    why: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LossCard:
    """A loss with both entries side by side."""

    slug: str
    title: str
    is_new: bool
    before: Side
    after: Side
    own_why: str = field(default="")


def _card_of(loss: Loss, titles: Mapping[str, str]) -> LossCard:
    text = read(loss.text).text
    return LossCard(
        slug=loss.entry,
        title=titles.get(loss.entry, loss.entry),
        is_new=loss.is_new,
        before=_side_of(loss.before, text, titles),
        after=_side_of(loss.after, text, titles),
        own_why=say_why(loss.own.why) if loss.own else "",
    )


def _side_of(candidate: Candidate | None, text: str, titles: Mapping[str, str]) -> Side:
    if candidate is None:
        return Side("", "", "", (Piece("same", text[: 2 * AROUND]),))
    title = titles.get(candidate.entry, candidate.entry)
    pieces = tuple(_excerpt(candidate, text))
    return Side(candidate.entry, title, say_why(candidate.why), pieces)


def _excerpt(candidate: Candidate, text: str) -> Iterator[Piece]:
    """Cut a text to what stands around the deciding words."""
    span = candidate.match.span
    if span is None:
        yield Piece("same", text[: 2 * AROUND])
        return
    start, end = max(0, span.start - AROUND), min(len(text), span.end + AROUND)
    yield Piece("same", ("…" if start else "") + text[start : span.start])
    yield Piece("added", span.of(text))
    yield Piece("same", text[span.end : end] + ("…" if end < len(text) else ""))


def as_new_rows(posted: QueryDict, prefixes: Iterable[str]) -> QueryDict:
    """Return what was posted with every row of these inlines as a new one.

    The rows that the page knew may be gone; what was typed into them must not be. Rows
    that were marked to be deleted are left out.
    """
    data = posted.copy()
    for prefix in prefixes:
        number = int(data.get(f"{prefix}-TOTAL_FORMS") or 0)
        rows = [_take_row(data, f"{prefix}-{n}-") for n in range(number)]
        kept = [row for row in rows if not row.get("DELETE")]
        for n, row in enumerate(kept):
            for name, value in row.items():
                is_known = name in ("id", "entry")  # which row of which entry it was
                data[f"{prefix}-{n}-{name}"] = "" if is_known else value
        data[f"{prefix}-TOTAL_FORMS"] = str(len(kept))
        data[f"{prefix}-INITIAL_FORMS"] = "0"
    return data


def _take_row(data: QueryDict, prefix: str) -> dict[str, str]:
    names = [name for name in data if name.startswith(prefix)]
    return {name.removeprefix(prefix): str(data.pop(name)[-1]) for name in names}

"""What codes alone may mean: their registered meaning, and the entries they stand for."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation

from errors.codes import Codes, entries_for
from errors.presentation.decoding import decode_codes
from errors.presentation.values import Decoded, Link
from errors.publishing import Published, PublishedEntry
from errors.wording import fill


@dataclass(frozen=True, slots=True)
class CodePage:
    """The page of a code: what it means in general, and what it may be, likeliest first."""

    title: str
    decoded: tuple[Decoded, ...]
    entries: tuple[Link, ...]


def code_page(codes: Codes, published: Published, language: str) -> CodePage:
    """Return everything the page of a code shows, in the reader's language."""
    with translation.override(language):
        return CodePage(
            title=str(codes).replace("-", " "),
            decoded=decode_codes(codes.reply, codes.status),
            entries=tuple(
                _link(entry, language) for entry in entries_for(codes, published)
            ),
        )


def _link(entry: PublishedEntry, language: str) -> Link:
    return Link(
        entry.text("title", language),
        reverse("entry", args=[entry.slug]),
        fill(entry.text("summary", language), (), language),
    )

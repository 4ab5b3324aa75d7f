"""What a page tells search engines and chat programs that show a link to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from errors.glossary import Word

Absolute = Callable[[str], str]  # a path as a whole address


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way from the home page to this one."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the page answers, with the answer in HTML."""

    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Head:
    """The page in short; paths begin at the root of the site."""

    title: str
    description: str
    path: str
    trail: tuple[Step, ...] = ()  # without the home page, this page last
    questions: tuple[Question, ...] = ()
    words: tuple[Word, ...] = ()  # that the page defines
    image: str = ""
    is_article: bool = False


def linked_data(head: Head, home: str, absolute: Absolute) -> Iterator[dict[str, Any]]:
    """Yield the page's data in the vocabulary of schema.org (JSON-LD)."""
    if head.trail:
        yield _breadcrumbs((Step(_("Top"), home), *head.trail), absolute)
    if head.questions:
        yield {
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "url": absolute(head.path),
            "mainEntity": [_question(one) for one in head.questions],
        }
    if head.words:
        yield {
            "@context": "https://schema.org",
            "@type": "DefinedTermSet",
            "@id": absolute(head.path),
            "name": head.title,
            "url": absolute(head.path),
            "hasDefinedTerm": [_term(word, absolute(head.path)) for word in head.words],
        }


def _breadcrumbs(trail: tuple[Step, ...], absolute: Absolute) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": step.name,
                "item": absolute(step.path),
            }
            for position, step in enumerate(trail, start=1)
        ],
    }


def _term(word: Word, page: str) -> dict[str, Any]:
    return {
        "@type": "DefinedTerm",
        "name": word.name,
        "description": word.explanation,
        "url": f"{page}#{word.slug}",
        "inDefinedTermSet": page,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "@type": "Question",
        "name": question.text,
        "acceptedAnswer": {"@type": "Answer", "text": question.answer},
    }

"""The page of one entry, as search engines and chat programs are told of it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from errors.branding import site_name
from errors.markup import render
from errors.models import Entry
from errors.picturing import picture_version
from errors.presentation.head import Head, Question, Step
from errors.wording import fill


def entry_head(entry: Entry, language: str) -> Head:
    """Return the head of an entry's page."""
    path = entry.get_absolute_url()
    section = entry.section
    trail = (
        Step(_("All errors"), reverse("catalog")),
        Step(section.title, section.get_absolute_url()),
        Step(entry.title, path),
    )
    return Head(
        title=entry.title,
        description=fill(entry.summary, (), language),
        path=path,
        trail=trail,
        questions=tuple(_questions(entry, language)),
        image=reverse(
            "picture", args=[entry.slug, picture_version(entry.title, site_name())]
        ),
        is_article=True,
    )


def _questions(entry: Entry, language: str) -> list[Question]:
    """Return the two questions that the page answers in its headings."""
    title = {"title": entry.title}
    summary = fill(entry.summary, (), language)
    asked = (
        (_("What does “%(title)s” mean?") % title, f"{summary}\n\n{entry.body}"),
        (_("What can I do about “%(title)s”?") % title, entry.advice),
    )
    return [
        Question(question, fill(render(answer), (), language))
        for question, answer in asked
        if answer.strip()
    ]

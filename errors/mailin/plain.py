"""The answer as plain text: paragraphs, nothing else."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from errors.branding import support_url
from errors.presentation import ResultPage


def plain_answer(
    page: ResultPage, advice: Iterable[tuple[str, str]], case_url: str
) -> str:
    """Return the answer in the active language.

    The advice is the summary of each entry with what to do, as the page's answers stand.
    """
    paragraphs = _paragraphs(page, advice, case_url)
    return "\n\n".join(part.strip() for part in paragraphs if part.strip()) + "\n"


def _paragraphs(
    page: ResultPage, advice: Iterable[tuple[str, str]], case_url: str
) -> Iterator[str]:
    headline = page.headline
    yield headline.title
    yield f"{headline.arrival} {headline.action}"
    yield headline.caution
    for number, (summary, todo) in enumerate(advice):
        yield f"* {summary}" if number else _("What to do now")
        yield todo
    if page.decoded:
        yield _("Numbers and names in it")
        yield "\n".join(
            f"{row.text}: {' / '.join(row.meanings)}" for row in page.decoded
        )
    if case_url:
        yield _("The same with everything else on a page:") + f"\n{case_url}"
    if url := support_url():
        yield f"{_('Contact our support')}: {url}"
    said = _(
        "A program wrote this answer to the mail you forwarded. Your mail was read in"
        " memory and kept nowhere."
    )
    yield f"-- \n{said}"

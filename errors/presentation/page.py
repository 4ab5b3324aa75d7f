"""The result page in one go: explanation and catalog in, everything shown out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext

from errors.bounce.values import Explanation, GlossMatch
from errors.models import Actor, Outcome
from errors.presentation.answers import find_answers, find_others, group_recipients
from errors.presentation.case import Case
from errors.presentation.decoding import decode
from errors.presentation.forgery import find_forgery
from errors.presentation.headline import headline_of, say_certainty, tone_of
from errors.presentation.support import support_summary
from errors.presentation.text import CAUSE, TextView
from errors.presentation.timeline import aware, timeline_of
from errors.presentation.values import Answer, Cause, Fact, ResultPage, Way
from errors.presentation.way import way_to, whole_way
from errors.publishing import Published, PublishedEntry
from errors.wording import say_date

QUOTE_MAX = 120
_NO_TROUBLE = ("delivered", "auto-reply")
_NO_FATE = ("delivered", "auto-reply", "feedback", "not-a-bounce")


def result_page(
    explanation: Explanation, published: Published, language: str
) -> ResultPage:
    """Return everything the result template shows, in the reader's language."""
    with translation.override(language):
        return _page(Case(explanation, published, language, timezone.now()))


def _page(case: Case) -> ResultPage:
    answers = find_answers(case)
    headline = headline_of(case)
    decoded = decode(case.explanation)
    view = TextView(case.explanation, decoded, _Speaker(case, answers))
    moments = timeline_of(case) if headline.tone == "wait" else ()
    return ResultPage(
        kind=case.bounce.kind,
        headline=headline,
        facts=tuple(_facts(case)),
        way=_way(case),
        moments=moments,
        zone=timezone.localtime(case.now).tzname() or "",
        answers=answers,
        groups=group_recipients(case, answers),
        others=find_others(case),
        text_title=_text_title(case),
        blocks=view.blocks(),
        decoded=decoded,
        notes=tuple(_notes(case, is_cut=view.is_cut())),
        summary=support_summary(case, headline),
        is_found=case.entry is not None,
        is_mail=case.entry is not None or case.bounce.kind != "not-a-bounce",
        wants_support=headline.tone != "ok" and case.bounce.kind not in _NO_TROUBLE,
        forgery=find_forgery(case),
    )


def _facts(case: Case) -> Iterator[Fact]:
    verdict = case.verdict
    if verdict.recipient.address:
        yield Fact(_("Recipient"), _say_recipients(case), is_quote=True)
    if case.entry and _is_told_who(case, case.entry):
        yield Fact(_("Who must act"), str(Actor(case.entry.actor).label))
    if case.bounce.kind not in _NO_FATE:
        yield Fact(_("How sure"), say_certainty(verdict))
    if until := verdict.recipient.will_retry_until:
        moment = aware(until)
        iso = moment.isoformat() if moment else ""
        yield Fact(_("Tried until"), say_date(until), datetime=iso)
    cause = next((m for m in case.explanation.highlights if m.role == "cause"), None)
    if cause and cause.entry == verdict.entry and case.entry:
        words = " ".join(cause.span.of(case.bounce.text).split())
        yield Fact(_("The deciding words"), _cut(words), anchor=CAUSE, is_quote=True)


def _is_told_who(case: Case, entry: PublishedEntry) -> bool:
    """Tell whether somebody can be named, and has something to do or to wait for."""
    is_nobody = entry.actor == Actor.NOBODY and entry.outcome == Outcome.INFORMATION
    return case.verdict.certainty != "class" and not is_nobody


def _say_recipients(case: Case) -> str:
    alike = [v for v in case.explanation.verdicts if v.entry == case.verdict.entry]
    address = case.verdict.recipient.address or ""
    if len(alike) < 2:
        return address
    return ngettext(
        "%(address)s and %(count)d other",
        "%(address)s and %(count)d others",
        len(alike) - 1,
    ) % {"address": address, "count": len(alike) - 1}


def _cut(words: str) -> str:
    return words if len(words) <= QUOTE_MAX else f"{words[: QUOTE_MAX - 1]}…"


def _way(case: Case) -> Way | None:
    """Draw the mail's way where it is known how far it came."""
    if case.bounce.kind in ("delivered", "auto-reply", "feedback"):
        return whole_way()
    if case.entry is None:
        return way_to("program") if case.bounce.kind == "client-error" else None
    if case.entry.outcome == Outcome.INFORMATION or case.verdict.certainty == "class":
        return None
    tone = tone_of(case.bounce, case.verdict, case.entry)
    is_guess = case.verdict.certainty != "wording"
    return way_to(case.entry.stage, tone, is_guess=is_guess)


def _text_title(case: Case) -> str:
    titles = {
        "failure": _("How to read the mail that came back"),
        "delay": _("How to read this notice"),
        "delivered": _("How to read this notice"),
        "feedback": _("How to read this notice"),
        "client-error": _("How to read this error"),
    }
    return titles.get(case.bounce.kind) or _("The text you pasted")


def _notes(case: Case, *, is_cut: bool) -> Iterator[str]:
    if case.explanation.truncated:
        yield _("The text is very long. We looked for the cause in its first part.")
    if is_cut:
        yield _("Only the beginning of the text is shown here.")
    if "outlook-unreadable" in case.bounce.notes:
        yield _("The Outlook file could not be read. Please paste its text instead.")
    elif case.bounce.notes:
        yield _("Some of the mail could not be read: it is damaged or very long.")


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says what stands beside the lines of the bounce."""

    case: Case
    answers: tuple[Answer, ...]

    def say_cause(self, slug: str | None, *, is_first: bool) -> Cause:
        """Say beside the marked words how far they decided and what they mean."""
        if slug not in self.case.published.entries:
            return Cause(
                _("This looks like the reason"),
                _("Our catalog does not know this wording yet."),
            )
        answer = next((one for one in self.answers if one.slug == slug), None)
        number = answer.number if answer else 0
        if not is_first:
            return Cause(_("The same reason"), number=number)
        verdicts = (v for v in self.case.explanation.verdicts if v.entry == slug)
        winner = next((v.winner for v in verdicts if v.winner), None)
        is_wording = winner is None or winner.certainty == "wording"
        return Cause(
            _("This is what decided")
            if is_wording
            else _("Judged by the code in these words"),
            self.case.say("summary", winner),
            number,
        )

    def translate(self, match: GlossMatch) -> str:
        """Return what a known phrase means; "" where that says the very same."""
        gloss = self.case.published.glosses.get(match.gloss.key)
        if gloss is None:
            return ""
        said = self.case.fill(gloss.text(self.case.language), match.values)
        original = match.span.of(self.case.bounce.text)
        return said if _letters(said) != _letters(original) else ""


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()

"""The result page in one go: explanation and catalog in, everything shown out."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from errors.bounce.values import Candidate, Explanation, GlossMatch, Value, Verdict
from errors.catalog import Published, PublishedEntry
from errors.markup import render
from errors.models import Actor
from errors.presentation.decoding import decode
from errors.presentation.headline import (
    headline_of,
    say_certainty,
    say_fate,
    tone_of,
)
from errors.presentation.support import support_summary
from errors.presentation.text import TextView
from errors.presentation.values import (
    Answer,
    Cause,
    Fact,
    Link,
    RecipientRow,
    ResultPage,
    Way,
)
from errors.presentation.way import way_to, whole_way
from errors.wording import fill, say_date

RECIPIENTS_MAX = 100
OTHERS_MAX = 3


def result_page(
    explanation: Explanation, published: Published, language: str
) -> ResultPage:
    """Return everything the result template shows, in the reader's language."""
    with translation.override(language):
        return _Maker(explanation, published, language).page()


class _Maker:
    """Holds what every part of the page needs."""

    def __init__(
        self, explanation: Explanation, published: Published, language: str
    ) -> None:
        self.explanation = explanation
        self.bounce = explanation.bounce
        self.published = published
        self.language = language
        self.verdict = explanation.verdicts[explanation.headline]
        self.entry = self._entry(self.verdict.winner)

    def page(self) -> ResultPage:
        answers = tuple(self._answers())
        summary = answers[0].summary if answers else ""
        headline = replace(
            headline_of(self.bounce, self.verdict, self.entry, summary),
            scope=self._scope(),
        )
        decoded = decode(self.explanation)
        view = TextView(self.explanation, decoded, self._say_cause, self._translate)
        blocks = view.blocks()
        return ResultPage(
            kind=self.bounce.kind,
            headline=headline,
            facts=tuple(self._facts()),
            way=self._way(),
            answers=answers,
            recipients=tuple(self._recipients()),
            others=tuple(self._others()),
            blocks=blocks,
            decoded=decoded,
            notes=tuple(self._notes(is_cut=view.is_cut())),
            summary=support_summary(self.explanation, headline, self.entry),
            is_found=self.entry is not None,
            may_be_forged=self.bounce.kind == "failure",
        )

    def _entry(self, candidate: Candidate | None) -> PublishedEntry | None:
        """Return the candidate's entry; it may have gone since the catalog was compiled."""
        return self.published.entries.get(candidate.entry) if candidate else None

    def _answers(self) -> Iterator[Answer]:
        """Return the entries that explain some recipient, the headline's first."""
        mine = self.verdict
        by_entry: dict[str, list[Verdict]] = {}
        for verdict in (
            mine,
            *(one for one in self.explanation.verdicts if one != mine),
        ):
            if self._entry(verdict.winner):
                by_entry.setdefault(verdict.entry or "", []).append(verdict)
        for number, (slug, verdicts) in enumerate(by_entry.items(), start=1):
            addresses = (verdict.recipient.address for verdict in verdicts)
            yield self._answer(
                f"answer-{number}",
                self.published.entries[slug],
                verdicts[0].winner.values if verdicts[0].winner else (),
                tuple(dict.fromkeys(filter(None, addresses))),
            )

    def _answer(
        self,
        anchor: str,
        entry: PublishedEntry,
        values: tuple[Value, ...],
        recipients: tuple[str, ...],
    ) -> Answer:
        def plain(field: str) -> str:
            return fill(entry.text(field, self.language), values, self.language)

        def html(field: str) -> SafeString:
            return fill(render(entry.text(field, self.language)), values, self.language)

        return Answer(
            anchor=anchor,
            slug=entry.slug,
            title=entry.text("title", self.language),
            url=reverse("entry", args=[entry.slug]),
            summary=plain("summary"),
            body=html("body"),
            advice=html("advice"),
            handover=plain("handover"),
            recipients=recipients,
        )

    def _facts(self) -> Iterator[Fact]:
        if address := self.verdict.recipient.address:
            more = len(self._alike()) - 1
            others = ngettext(
                "%(address)s and %(count)d other",
                "%(address)s and %(count)d others",
                more,
            ) % {"address": address, "count": more}
            yield Fact(_("Recipient"), others if more else address)
        if self.entry:
            yield Fact(_("Who must act"), str(Actor(self.entry.actor).label))
        if self.bounce.kind not in ("delivered", "auto-reply", "not-a-bounce"):
            yield Fact(_("How sure"), say_certainty(self.verdict))
        if until := self.verdict.recipient.will_retry_until:
            yield Fact(_("Tried until"), say_date(until))

    def _alike(self) -> list[Verdict]:
        """Return the verdicts with the same answer as the headline's, that one included."""
        return [
            verdict
            for verdict in self.explanation.verdicts
            if verdict.entry == self.verdict.entry
        ]

    def _scope(self) -> str:
        """Say that the headline is not the answer for everybody."""
        others = len(self.explanation.verdicts) - len(self._alike())
        return (
            ngettext(
                "%(count)d other recipient has an answer of its own, below.",
                "%(count)d other recipients have answers of their own, below.",
                others,
            )
            % {"count": others}
            if others
            else ""
        )

    def _way(self) -> Way | None:
        if self.bounce.kind in ("delivered", "auto-reply", "feedback"):
            return whole_way()
        if self.entry:
            return way_to(
                self.entry.stage, tone_of(self.bounce, self.verdict, self.entry)
            )
        return way_to("program") if self.bounce.kind == "client-error" else None

    def _recipients(self) -> Iterator[RecipientRow]:
        if len(self.explanation.verdicts) < 2:
            return
        anchors = {answer.slug: answer for answer in self._answers()}
        for verdict in self.explanation.verdicts[:RECIPIENTS_MAX]:
            entry = self._entry(verdict.winner)
            answer = anchors.get(entry.slug) if entry else None
            yield RecipientRow(
                address=verdict.recipient.address or _("Address not named"),
                tone=tone_of(self.bounce, verdict, entry),
                fate=say_fate(self.bounce, verdict, entry),
                cause=answer.title if answer else "",
                anchor=answer.anchor if answer else "",
                certainty=say_certainty(verdict) if entry else "",
            )

    def _others(self) -> Iterator[Link]:
        for candidate in self.verdict.others[:OTHERS_MAX]:
            if entry := self._entry(candidate):
                summary = entry.text("summary", self.language)
                yield Link(
                    entry.text("title", self.language),
                    reverse("entry", args=[entry.slug]),
                    fill(summary, candidate.values, self.language),
                )

    def _notes(self, *, is_cut: bool) -> Iterator[str]:
        if self.explanation.truncated:
            yield _("The text is very long. We looked for the cause in its first part.")
        if is_cut:
            yield _("Only the beginning of the text is shown here.")
        if "outlook-unreadable" in self.bounce.notes:
            yield _(
                "The Outlook file could not be read. Please paste its text instead."
            )
        elif self.bounce.notes:
            yield _("Some of the mail could not be read: it is damaged or very long.")
        more = len(self.explanation.verdicts) - RECIPIENTS_MAX
        if more > 0:
            yield _("%(count)d more recipients are not listed.") % {"count": more}

    def _say_cause(self, slug: str | None) -> Cause:
        """Say beside the marked words how far they decided and what they mean."""
        entry = self.published.entries.get(slug or "")
        if entry is None:
            return Cause(
                _("This looks like the reason"),
                _("Our catalog does not know this wording yet."),
            )
        verdicts = (one for one in self.explanation.verdicts if one.entry == slug)
        winner = next((one.winner for one in verdicts if one.winner), None)
        is_wording = winner is None or winner.certainty == "wording"
        summary = entry.text("summary", self.language)
        return Cause(
            _("This is what decided")
            if is_wording
            else _("Judged by the code in these words"),
            fill(summary, winner.values if winner else (), self.language),
        )

    def _translate(self, match: GlossMatch) -> str:
        gloss = self.published.glosses.get(match.gloss.key)
        if gloss is None:
            return ""
        said = fill(gloss.text(self.language), match.values, self.language)
        return (
            said if _letters(said) != _letters(match.span.of(self.bounce.text)) else ""
        )


def _letters(text: str) -> str:
    """Return the letters alone: a translation that says the very same is left out."""
    return re.sub(r"\W", "", text).casefold()

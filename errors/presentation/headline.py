"""The answer in one sentence: what happened, will it arrive by itself, who must act."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _, gettext_noop, ngettext

from errors.bounce.values import Bounce, Verdict
from errors.models import Actor, Outcome, Reason
from errors.presentation.case import Case
from errors.presentation.timeline import is_over
from errors.presentation.values import Headline, Tone
from errors.publishing import PublishedEntry

_STATUS: dict[Tone, str] = {
    "ok": gettext_noop("Arrived"),
    "wait": gettext_noop("Still being tried"),
    "stop": gettext_noop("Did not arrive"),
    "info": gettext_noop("For your information"),
    "care": gettext_noop("Take care"),
}
_FATES = _STATUS | {
    "info": gettext_noop("Not clear"),
    "care": gettext_noop("Not clear"),
}
_CERTAINTIES = {
    "wording": gettext_noop("The wording matches"),
    "status-code": gettext_noop("By its status code alone"),
    "reply-code": gettext_noop("By its reply code alone"),
    "class": gettext_noop("By the kind of its code alone"),
    "none": gettext_noop("Not known"),
}
_ACTIONS = {
    Actor.SENDER: gettext_noop("You can fix this yourself."),
    Actor.RECIPIENT: gettext_noop("Only the recipient can fix this."),
    Actor.SENDER_ADMIN: gettext_noop(
        "The administrator of your mail server has to fix this."
    ),
    Actor.RECIPIENT_ADMIN: gettext_noop(
        "The administrator of the recipient's mail server has to fix this."
    ),
    Actor.HOST: gettext_noop(
        "This is for us, your hosting company, to fix: please tell our support."
    ),
    Actor.NOBODY: gettext_noop("Nobody needs to do anything: please wait."),
}
_SENTENCE = re.compile(r"(.+?(?:。|[.!?][”\"’)]?(?=\s+[A-Z“‘])))\s*(.+)", re.DOTALL)


def headline_of(case: Case) -> Headline:
    """Return the headline of a case; without an entry the kind of mail speaks."""
    said = _with_entry(case, case.entry) if case.entry else _without_entry(case)
    return replace(said, status=_say_status(case, said.tone))


def _with_entry(case: Case, entry: PublishedEntry) -> Headline:
    title, more = first_sentence(case.say("summary", case.verdict.winner))
    return Headline(
        tone=tone_of(case.bounce, case.verdict, entry),
        title=title or entry.slug,
        more=more,
        arrival=_say_arrival(case, entry),
        action=_say_action(case, entry),
        caution=_say_caution(case.verdict),
        scope=_say_scope(case),
    )


def first_sentence(text: str) -> tuple[str, str]:
    """Cut a text behind its first sentence, as far as that can be told.

    >>> first_sentence("Ask mx.example.jp. Then wait.")
    ('Ask mx.example.jp.', 'Then wait.')
    """
    found = _SENTENCE.fullmatch(text.strip())
    return (found[1], found[2]) if found else (text.strip(), "")


def is_underway(bounce: Bounce, verdict: Verdict, entry: PublishedEntry | None) -> bool:
    """Tell whether some server still tries to deliver the mail."""
    if bounce.kind == "delay" or verdict.recipient.action == "delayed":
        return True
    return entry is not None and entry.outcome == Outcome.WARNING


def tone_of(bounce: Bounce, verdict: Verdict, entry: PublishedEntry | None) -> Tone:
    """Return how grave a verdict is, as a colour says it."""
    if bounce.kind == "delivered" or verdict.recipient.action in _ARRIVED:
        return "ok"
    if is_underway(bounce, verdict, entry):
        return "wait"
    if entry and is_deceit(entry):
        return "care"
    if bounce.kind in ("auto-reply", "feedback", "not-a-bounce"):
        return "info"
    if entry is None:
        return "stop" if bounce.kind == "client-error" else "info"
    match entry.outcome:
        case Outcome.PERMANENT:
            return "wait" if _is_deferred(bounce, verdict) else "stop"
        case Outcome.TEMPORARY:
            return "stop" if _is_given_up(bounce, verdict) else "wait"
    return "info"


def _say_status(case: Case, tone: Tone) -> str:
    if case.bounce.kind == "failure" and case.entry is None:
        return _("Came back")
    if case.bounce.kind == "client-error" and tone == "stop":
        return _("Was not sent")
    return _(_STATUS[tone])


def is_deceit(entry: PublishedEntry) -> bool:
    """Tell a note on fraud, spam and viruses from the news of a mail's fate."""
    return entry.outcome == Outcome.INFORMATION and entry.reason in (
        Reason.SPAMDETECTED,
        Reason.VIRUSDETECTED,
    )


def say_fate(bounce: Bounce, verdict: Verdict, entry: PublishedEntry | None) -> str:
    """Say in two words what became of the mail to one recipient."""
    return _(_FATES[tone_of(bounce, verdict, entry)])


def say_certainty(verdict: Verdict) -> str:
    """Say how sure the answer is, in words."""
    return _(_CERTAINTIES[verdict.certainty])


_ARRIVED = ("delivered", "relayed", "expanded")


def _is_given_up(bounce: Bounce, verdict: Verdict) -> bool:
    """Tell whether the server stopped trying, though the trouble may pass."""
    if verdict.recipient.action == "failed" or _is_report(bounce):
        return True
    return _code_of(verdict).startswith("5")


def _is_deferred(bounce: Bounce, verdict: Verdict) -> bool:
    """Tell whether all that is known is a reply after which servers try again."""
    return _code_of(verdict).startswith("4") and not _is_given_up(bounce, verdict)


def _is_report(bounce: Bounce) -> bool:
    """Tell a report of failure from a reply alone, as it stands in logs and dialogs."""
    known = bounce.is_source or bounce.mailer or bounce.reporting_mta or bounce.subject
    return bounce.kind == "failure" and bool(known)


def _code_of(verdict: Verdict) -> str:
    return verdict.recipient.status or verdict.recipient.reply_code or ""


def _say_arrival(case: Case, entry: PublishedEntry) -> str:
    tone = tone_of(case.bounce, case.verdict, entry)
    if tone == "wait":
        return _say_waiting(case, entry)
    if tone == "ok":
        return _("The mail has arrived.")
    if tone == "care":
        return _("It does not tell you that a mail of yours failed.")
    if tone == "info":
        return _("Nothing is lost: this is a piece of information, not a failure.")
    if entry.outcome == Outcome.TEMPORARY:
        return _(
            "The server has given up, so the mail will not arrive by itself."
            " The problem may pass: sending it again later can work."
        )
    return _("It will not arrive by itself, however long you wait.")


def _say_waiting(case: Case, entry: PublishedEntry | None = None) -> str:
    if is_over(case):
        return _(
            "The server has stopped trying by now: either the mail has arrived, or a"
            " second notice said that it failed."
        )
    if entry and entry.outcome == Outcome.PERMANENT:
        return _(
            "The server may try again for some days, but the mail will only arrive if the"
            " cause is removed in that time."
        )
    if case.verdict.recipient.will_retry_until:
        return _("It may still arrive by itself: the server keeps trying.")
    return _("It may still arrive by itself: the problem is temporary.")


def _say_action(case: Case, entry: PublishedEntry) -> str:
    if case.verdict.certainty == "class":  # so general that nobody can be named
        return ""
    if is_over(case) and is_underway(case.bounce, case.verdict, entry):
        return _("Ask the recipient whether it came.")
    actor = Actor(entry.actor)
    if entry.outcome == Outcome.INFORMATION and actor in (Actor.SENDER, Actor.NOBODY):
        return ""  # there is nothing to fix or to wait for
    if actor == Actor.NOBODY and tone_of(case.bounce, case.verdict, entry) == "stop":
        return _("Please send it again after a while.")
    return _(_ACTIONS[actor])


def _say_scope(case: Case) -> str:
    """Say that the headline is not the answer for everybody."""
    verdicts = case.explanation.verdicts
    others = sum(verdict.entry != case.verdict.entry for verdict in verdicts)
    if not others:
        return ""
    return ngettext(
        "%(count)d other recipient has an answer of its own, below.",
        "%(count)d other recipients have answers of their own, below.",
        others,
    ) % {"count": others}


def _say_caution(verdict: Verdict) -> str:
    """Say what the answer rests on when the wording itself is not in the catalog."""
    recipient = verdict.recipient
    codes = {"status-code": recipient.status, "reply-code": recipient.reply_code}
    if code := codes.get(verdict.certainty):
        return _(
            "We do not know the wording of this notice and judge by the code %(code)s"
            " alone. The true reason may be a different one."
        ) % {"code": code}
    if verdict.certainty == "class":
        return _(
            "We do not know the wording of this notice; its code tells only the"
            " kind of problem. Take this answer as a hint."
        )
    return ""


def _without_entry(case: Case) -> Headline:
    match case.bounce.kind:
        case "delivered":
            return Headline(
                "ok",
                _("Your mail was delivered"),
                _("This is a receipt, not an error."),
                _("There is nothing to do."),
            )
        case "auto-reply":
            return Headline(
                "info",
                _("This is an automatic reply, not an error"),
                _(
                    "Your mail has most likely arrived; a program answered for the recipient."
                ),
                _("Read what the reply says, for example when the recipient is back."),
            )
        case "feedback":
            return Headline(
                "info",
                _("A recipient reported a mail of yours as spam"),
                _("The mail had arrived; its recipient pressed the spam button."),
                _("Take the recipient off your list before you send again."),
            )
        case "client-error":
            return Headline(
                "stop",
                _("Your mail program could not send the mail"),
                _("The mail is still with you: it has not been sent."),
                _("Check the connection and the settings of your mail program."),
            )
        case "delay":
            return Headline(
                "wait",
                _("Your mail is late, but still on its way"),
                _say_waiting(case),
                _("Ask the recipient whether it came.")
                if is_over(case)
                else _("Please do not send it again for now."),
            )
        case "failure":
            return Headline(
                "info",
                _("The mail came back, but we could not tell why"),
                _("Our catalog does not know this notice yet."),
                _("Below we explain its codes, and what to send to support."),
            )
    return Headline(
        "info",
        _("We found no mail error in this text"),
        _(
            "Perhaps a part is missing: the whole notice, from its first line, helps most."
        ),
        _("Below we explain what can be recognised in it."),
    )

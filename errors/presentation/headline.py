"""The answer in one sentence: what happened, will it arrive by itself, who must act."""

from django.utils.translation import gettext as _

from errors.bounce.values import Bounce, Verdict
from errors.catalog import PublishedEntry
from errors.models import Actor, Outcome
from errors.presentation.values import Headline, Tone
from errors.wording import say_date


def headline_of(
    bounce: Bounce, verdict: Verdict, entry: PublishedEntry | None, summary: str
) -> Headline:
    """Return the headline for a verdict; without an entry the kind of mail speaks."""
    if entry is None:
        return _without_entry(bounce, verdict)
    return Headline(
        tone=tone_of(bounce, verdict, entry),
        title=summary or entry.slug,
        arrival=_say_arrival(bounce, verdict, entry),
        action=_say_action(entry.actor),
        caution=_say_caution(verdict),
    )


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
    if bounce.kind in ("auto-reply", "feedback", "not-a-bounce"):
        return "info"
    if entry is None:
        return "stop" if bounce.kind == "client-error" else "info"
    match entry.outcome:
        case Outcome.PERMANENT:
            return "stop"
        case Outcome.TEMPORARY:
            return "stop" if _is_given_up(verdict) else "wait"
    return "info"


def say_fate(bounce: Bounce, verdict: Verdict, entry: PublishedEntry | None) -> str:
    """Say in two words what became of the mail to one recipient."""
    said = {
        "ok": _("Arrived"),
        "wait": _("Still being tried"),
        "stop": _("Did not arrive"),
        "info": _("Not clear"),
    }
    return said[tone_of(bounce, verdict, entry)]


def say_certainty(verdict: Verdict) -> str:
    """Say how sure the answer is, in words."""
    said = {
        "wording": _("The wording matches"),
        "status-code": _("By its status code alone"),
        "reply-code": _("By its reply code alone"),
        "class": _("By the kind of its code alone"),
        "none": _("Not known"),
    }
    return said[verdict.certainty]


_ARRIVED = ("delivered", "relayed", "expanded")


def _is_given_up(verdict: Verdict) -> bool:
    """Tell whether the server stopped trying, though the trouble may pass."""
    recipient = verdict.recipient
    return recipient.action == "failed" or (recipient.status or "").startswith("5")


def _say_arrival(bounce: Bounce, verdict: Verdict, entry: PublishedEntry) -> str:
    tone = tone_of(bounce, verdict, entry)
    if tone == "wait":
        return _say_waiting(verdict)
    if tone == "ok":
        return _("The mail has arrived.")
    if tone == "info":
        return _("Nothing is lost: this is a piece of information, not a failure.")
    if entry.outcome == Outcome.TEMPORARY:
        return _(
            "The server has given up, so the mail will not arrive by itself."
            " The problem may pass: sending it again later can work."
        )
    return _("It will not arrive by itself, however long you wait.")


def _say_waiting(verdict: Verdict) -> str:
    if until := verdict.recipient.will_retry_until:
        return _(
            "It may still arrive by itself: the server keeps trying until %(time)s."
        ) % {"time": say_date(until)}
    return _("It may still arrive by itself: the problem is temporary.")


def _say_action(actor: str) -> str:
    said = {
        Actor.SENDER: _("You can fix this yourself."),
        Actor.RECIPIENT: _("Only the recipient can fix this."),
        Actor.SENDER_ADMIN: _("The administrator of your mail server has to fix this."),
        Actor.RECIPIENT_ADMIN: _(
            "The administrator of the recipient's mail server has to fix this."
        ),
        Actor.HOST: _(
            "This is for us, your hosting company, to fix: please tell our support."
        ),
        Actor.NOBODY: _("Nobody needs to do anything: please wait."),
    }
    return said[Actor(actor)]


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


def _without_entry(bounce: Bounce, verdict: Verdict) -> Headline:
    match bounce.kind:
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
                _say_waiting(verdict),
                _("Please do not send it again for now."),
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

"""What kind of message it is: by its fields, then its header, then its words."""

import re

from errors.bounce import dsn, layouts
from errors.bounce.pasting import Draft
from errors.bounce.values import Action, BounceKind, Recipient

_MAX_WORDS = 20_000
_KIND_OF: dict[Action, BounceKind] = {
    "failed": "failure",
    "delayed": "delay",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}


def recognise(
    draft: Draft, words: str, reports: dsn.Reports, recipients: tuple[Recipient, ...]
) -> BounceKind:
    """Name the kind; `words` is what is told, in lower case."""
    subject, words = draft.headers.get("subject", ""), words[:_MAX_WORDS]
    if _is_rejection(reports, words, recipients):
        return "failure"
    fields = _by_fields(draft, reports)
    if fields:
        return fields
    if layouts.FEEDBACK_SUBJECT.search(subject) or _is_feedback(words):
        return "feedback"
    if not is_bounce(draft, words, reports, recipients):
        if _is_auto_reply(draft, subject):
            return "auto-reply"
        return "client-error" if _is_client_error(draft, words) else "not-a-bounce"
    actions = {r.action for r in recipients if r.action}
    if actions:
        return _by_actions(actions)
    if layouts.RECEIPT_SUBJECT.match(subject) and not _has_failed(words, recipients):
        return "delivered"
    return _by_words(subject, words)


def _is_rejection(
    reports: dsn.Reports, words: str, recipients: tuple[Recipient, ...]
) -> bool:
    """Tell whether a recipient's filter threw the mail away and says so (RFC 5429, 2.1)."""
    deleted = "deleted" in (reports.disposition or "")
    return deleted and (_is_refused(recipients) or "automatically rejected" in words)


def _has_failed(words: str, recipients: tuple[Recipient, ...]) -> bool:
    return _is_refused(recipients) or bool(layouts.FAILURE_FRAME.search(words))


def _is_refused(recipients: tuple[Recipient, ...]) -> bool:
    codes = [code for r in recipients if (code := r.reply_code or r.status)]
    return any(code.startswith(("4", "5")) for code in codes)


def _by_fields(draft: Draft, reports: dsn.Reports) -> BounceKind | None:
    if reports.feedback_type or "feedback" in draft.report_type:
        return "feedback"
    if reports.disposition or draft.report_type == "disposition-notification":
        return "delivered"
    kinds: dict[str | None, BounceKind] = {
        "complaint": "feedback",
        "bounce": "failure",
        "delivery": "delivered",
    }
    return kinds.get(reports.notification)


def _is_feedback(words: str) -> bool:
    if "abuse" not in words and "opt-out" not in words:
        return False
    return bool(layouts.FEEDBACK_FRAME.search(words))


def _by_actions(actions: set[Action]) -> BounceKind:
    """Return the gravest of the recipients' fates."""
    kinds = {_KIND_OF[action] for action in actions}
    if "failure" in kinds:
        return "failure"
    return "delay" if "delay" in kinds else "delivered"


_DELAY_SIGNS = (
    *(
        "delay",
        "retr",
        "resend",
        "warning",
        "trying",
        "yet",
        "遅",
        "再送",
        "再試行",
        "未完了",
        "deferred",
    ),
    *("versuch", "tentativ", "intentando", "尝试", "嘗試", "시도"),
)


def _by_words(subject: str, words: str) -> BounceKind:
    if layouts.DELIVERED_SUBJECT.search(subject) or _was_delivered(words):
        return "delivered"
    if layouts.DELAY_SUBJECT.search(subject):
        return "delay"
    if _is_delay(words) and not layouts.GIVEN_UP.search(words):
        return "delay"
    return "failure"


def _is_delay(words: str) -> bool:
    return any(sign in words for sign in _DELAY_SIGNS) and bool(
        layouts.DELAY_FRAME.search(words)
    )


_DELIVERED_SIGNS = ("success", "complet", "完了", "abgeschlossen", "terminée")


def _was_delivered(words: str) -> bool:
    if not any(sign in words for sign in _DELIVERED_SIGNS):
        return False
    return bool(
        layouts.DELIVERED_FRAME.search(words)
        and not layouts.FAILURE_FRAME.search(words)
    )


def is_bounce(
    draft: Draft, words: str, reports: dsn.Reports, recipients: tuple[Recipient, ...]
) -> bool:
    """Weigh the signs of a delivery report: two points are enough, one for a fragment."""
    headers = draft.headers
    if reports.recipients or "x-failed-recipients" in headers:
        return True
    if draft.report_type == "delivery-status" or _rejects_post(headers, words):
        return True
    if "list-unsubscribe" in headers and not _is_daemon(headers):
        return False  # a newsletter that writes about bounces
    points = _points(draft, recipients)
    if points < 2:
        points += 2 * bool(layouts.find_mailer(words))
    if points < 2:
        points += bool(
            layouts.FAILURE_FRAME.search(words)
            or _is_delay(words)
            or ("@" in words and _was_delivered(words))
        )
    if headers:
        return points >= 2
    if points or draft.is_source or layouts.CLIENT_ERROR.search(words):
        return bool(points)
    return bool(layouts.TROUBLE.search(words))


def _points(draft: Draft, recipients: tuple[Recipient, ...]) -> int:
    headers = draft.headers
    subject = headers.get("subject", "")
    return (
        _told_by(subject, headers)
        + bool(layouts.SYSTEM_SENDER.search(headers.get("from", "")))
        + _has_null_sender(headers)
        + any(r.reply_code or r.status for r in recipients)
    )


def _has_null_sender(headers: dict[str, str]) -> bool:
    return headers.get("return-path", "x").strip() in ("<>", "")


def _rejects_post(headers: dict[str, str], words: str) -> bool:
    """Tell whether a mailing list turned a post down (Mailman)."""
    return "-bounces@" in headers.get("from", "") and "automatically rejected" in words


_DAEMON = re.compile("mailer-daemon|postmaster|mail delivery", re.IGNORECASE)


def _is_daemon(headers: dict[str, str]) -> bool:
    sender = headers.get("from", "")
    return _has_null_sender(headers) or bool(_DAEMON.search(sender))


# A person's answer to a bounce, or about one, is not the bounce.
_ANSWER = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|ré|rif|odp|aw|antw|sv|vs|返信|回复|回覆|答复)"
    r"(?:\[\d{1,3}\])?\s{0,3}[:：]",
    re.IGNORECASE,
)


# What stands before the subject that an automatic reply or a help desk quotes.
_AUTOMATIC = re.compile(
    rf"{layouts.AUTO_REPLY_SUBJECT.pattern}[^:：】]{{0,9}}[:：】]", re.IGNORECASE
)
_TICKET = re.compile(r"\s*\[[^\]]{1,40}\].*[:：]\s*\Z")


def _told_by(subject: str, headers: dict[str, str]) -> int:
    """Return the points of a subject that tells what became of a mail.

    Automatic replies quote the subject of what they answer, also that of a bounce.
    """
    failure = layouts.FAILURE_SUBJECT.search(subject)
    if _ANSWER.match(subject) or _AUTOMATIC.match(subject):
        return 0
    quotes = failure and _TICKET.match(subject, 0, failure.start())
    if quotes and _is_auto_replied(headers):
        return 0
    return 2 * bool(failure) + bool(
        layouts.DELAY_SUBJECT.search(subject) or layouts.RECEIPT_SUBJECT.match(subject)
    )


def _is_auto_replied(headers: dict[str, str]) -> bool:
    return headers.get("auto-submitted", "").lower().startswith("auto-replied")


def _is_auto_reply(draft: Draft, subject: str) -> bool:
    return (
        _is_auto_replied(draft.headers)
        or "x-autoreply" in draft.headers
        or bool(layouts.AUTO_REPLY_SUBJECT.search(subject))
    )


def _is_client_error(draft: Draft, words: str) -> bool:
    return not draft.is_source and bool(layouts.CLIENT_ERROR.search(words))

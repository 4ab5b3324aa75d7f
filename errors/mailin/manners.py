"""To whom a program may answer: the rules that keep two of them from talking (RFC 3834)."""

import re

from errors.mailin.letters import Letter

# Names behind which no person reads, RFC 3834 section 2 and RFC 2142.
_MACHINE = re.compile(
    r"mailer-daemon|postmaster|owner-.*|.*-owner|.*-request|.*-bounces?|bounces?[+-].*"
    r"|bounces?|listserv|majordomo|(?:no|do-?not)[._-]?reply.*|.*[+-]no-?reply"
    r"|nobody|daemon|root"
)
_LIST_FIELDS = ("list-id", "list-post", "list-unsubscribe", "list-help", "mailing-list")
_AUTOMATIC_FIELDS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-response-suppress",
    "x-loop",
)
MARK = "faqsite"  # in the Message-ID of each answer


def why_not(letter: Letter, own: str) -> str:
    """Say in a word why a mail must not be answered; "" when it may."""
    local, _, _ = letter.sender.partition("@")
    rules = {
        "null-sender": not letter.sender,
        "own": own.lower() in (letter.sender, letter.author),
        "machine": bool(_MACHINE.fullmatch(local)),
        "automatic": _is_automatic(letter),
        "list": any(letter.get(name) for name in _LIST_FIELDS),
        "bulk": letter.get("precedence").lower() in ("bulk", "junk", "list"),
        "answer": any(_is_own(one, own) for one in letter.references),
    }
    return next((word for word, applies in rules.items() if applies), "")


def _is_automatic(letter: Letter) -> bool:
    submitted = letter.get("auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or letter.get("content-type").lower().startswith("multipart/report")
        or any(letter.get(name) for name in _AUTOMATIC_FIELDS)
    )


def _is_own(message_id: str, own: str) -> bool:
    domain = own.rpartition("@")[2].lower()
    return message_id.lower().endswith(f".{MARK}@{domain}>")

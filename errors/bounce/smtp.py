"""SMTP reply codes (RFC 5321) and enhanced status codes (RFC 3463): registries and finder."""

import re
from dataclasses import dataclass

from errors.bounce.values import FoundCode, Span


def N_(text: str) -> str:  # noqa: N802 - gettext_noop's usual short name
    """Mark a text for translation; the page translates it."""
    return text


@dataclass(frozen=True, slots=True)
class Code:
    """A registered code, where it is defined and what it means in one plain line."""

    code: str
    rfc: str
    meaning: str


def _table(*rows: tuple[str, str, str]) -> dict[str, Code]:
    return {code: Code(code, rfc, meaning) for code, rfc, meaning in rows}


REPLY_CODES = _table(
    ("211", "RFC 5321", N_("System status or help")),
    ("214", "RFC 5321", N_("Help for people")),
    ("220", "RFC 5321", N_("The server is ready")),
    ("221", "RFC 5321", N_("The server closes the connection")),
    ("235", "RFC 4954", N_("Signed in")),
    ("250", "RFC 5321", N_("Accepted")),
    ("251", "RFC 5321", N_("The user is elsewhere; the server passes the mail on")),
    ("252", "RFC 5321", N_("The address could not be checked, but the mail is taken")),
    ("334", "RFC 4954", N_("The server waits for the sign-in data")),
    ("354", "RFC 5321", N_("The server waits for the message")),
    ("421", "RFC 5321", N_("The service is not available now; try again later")),
    ("422", "RFC 5248", N_("The mailbox may be full; try again later")),
    ("432", "RFC 4954", N_("The password has to be changed first")),
    ("450", "RFC 5321", N_("The mailbox is not available now; try again later")),
    ("451", "RFC 5321", N_("The server had a local error; try again later")),
    ("452", "RFC 5321", N_("The server has too little space now; try again later")),
    ("453", "RFC 2645", N_("There is no mail for you")),
    ("454", "RFC 4954", N_("Signing in or encryption fails for the moment")),
    ("455", "RFC 5321", N_("The server cannot handle the parameters now")),
    ("458", "RFC 1985", N_("The queue cannot be started for this host")),
    ("459", "RFC 1985", N_("This host is not allowed to start the queue")),
    ("500", "RFC 5321", N_("The command was not understood")),
    ("501", "RFC 5321", N_("The parameters of the command were not understood")),
    ("502", "RFC 5321", N_("The command is not supported")),
    ("503", "RFC 5321", N_("The commands came in the wrong order")),
    ("504", "RFC 5321", N_("The parameter is not supported")),
    ("521", "RFC 7504", N_("This host takes no mail")),
    ("523", "RFC 5248", N_("The message is larger than allowed")),
    ("525", "RFC 5248", N_("The account is disabled")),
    ("530", "RFC 4954", N_("Signing in is required first")),
    ("534", "RFC 4954", N_("The way of signing in is too weak")),
    ("535", "RFC 4954", N_("The user name or the password is wrong")),
    ("538", "RFC 4954", N_("Encryption is required for this way of signing in")),
    ("550", "RFC 5321", N_("The mailbox is not available, or the mail was refused")),
    ("551", "RFC 5321", N_("The user is not on this server")),
    ("552", "RFC 5321", N_("More space is needed than is allowed")),
    ("553", "RFC 5321", N_("The name of the mailbox is not allowed")),
    ("554", "RFC 5321", N_("The transaction failed")),
    ("555", "RFC 5321", N_("The parameters of MAIL or RCPT are not known")),
    ("556", "RFC 7504", N_("The domain takes no mail")),
    ("571", "RFC 5248", N_("The delivery was refused")),
)

STATUS_CLASSES = {
    "2": N_("Success"),
    "4": N_("Temporary failure: it may work later"),
    "5": N_("Permanent failure: it will not work as it is"),
}

STATUS_SUBJECTS = {
    "0": N_("Not said in detail"),
    "1": N_("About an address"),
    "2": N_("About the mailbox"),
    "3": N_("About the mail system"),
    "4": N_("About the network or the routing"),
    "5": N_("About the dialogue between the servers"),
    "6": N_("About the content of the message"),
    "7": N_("About security or policy"),
}

# By subject and detail: the class says whether it is for good or for the moment.
STATUS_CODES = _table(
    ("0.0", "RFC 3463", N_("No detail was given")),
    ("1.0", "RFC 3463", N_("Some trouble with an address")),
    ("1.1", "RFC 3463", N_("The mailbox does not exist")),
    ("1.2", "RFC 3463", N_("The domain of the address does not exist")),
    ("1.3", "RFC 3463", N_("The address is written wrongly")),
    ("1.4", "RFC 3463", N_("The address fits more than one recipient")),
    ("1.5", "RFC 3463", N_("The address is valid")),
    ("1.6", "RFC 3463", N_("The mailbox has moved; no new address is known")),
    ("1.7", "RFC 3463", N_("The sender's address is written wrongly")),
    ("1.8", "RFC 3463", N_("The domain of the sender's address is wrong")),
    (
        "1.9",
        "RFC 3886",
        N_("The message was passed on to a server that sends no reports"),
    ),
    ("1.10", "RFC 7505", N_("The recipient's domain takes no mail")),
    ("2.0", "RFC 3463", N_("Some trouble with the mailbox")),
    ("2.1", "RFC 3463", N_("The mailbox is disabled and takes no mail")),
    ("2.2", "RFC 3463", N_("The mailbox is full")),
    ("2.3", "RFC 3463", N_("The message is larger than the mailbox allows")),
    ("2.4", "RFC 3463", N_("The mailing list could not be expanded")),
    ("3.0", "RFC 3463", N_("Some trouble with the mail system")),
    ("3.1", "RFC 3463", N_("The mail system's disk is full")),
    ("3.2", "RFC 3463", N_("The mail system takes no mail now")),
    ("3.3", "RFC 3463", N_("The mail system lacks a needed feature")),
    ("3.4", "RFC 3463", N_("The message is too big for the mail system")),
    ("3.5", "RFC 3463", N_("The mail system is set up wrongly")),
    ("3.6", "RFC 6710", N_("The requested priority was changed")),
    ("4.0", "RFC 3463", N_("Some trouble with the network or the routing")),
    ("4.1", "RFC 3463", N_("The host does not answer")),
    ("4.2", "RFC 3463", N_("The connection broke")),
    ("4.3", "RFC 3463", N_("A directory server failed")),
    ("4.4", "RFC 3463", N_("No route to the domain was found")),
    ("4.5", "RFC 3463", N_("The mail system is congested")),
    ("4.6", "RFC 3463", N_("The message runs in a circle")),
    ("4.7", "RFC 3463", N_("The message could not be delivered in time")),
    ("5.0", "RFC 3463", N_("Some trouble in the dialogue between the servers")),
    ("5.1", "RFC 3463", N_("A command was not valid")),
    ("5.2", "RFC 3463", N_("A command was written wrongly")),
    ("5.3", "RFC 3463", N_("Too many recipients at once")),
    ("5.4", "RFC 3463", N_("The arguments of a command were not valid")),
    ("5.5", "RFC 3463", N_("The servers speak different versions")),
    ("5.6", "RFC 4954", N_("The sign-in line was too long")),
    ("6.0", "RFC 3463", N_("Some trouble with the content")),
    ("6.1", "RFC 3463", N_("This kind of content is not supported")),
    (
        "6.2",
        "RFC 3463",
        N_("The content would have to be converted, which is forbidden"),
    ),
    (
        "6.3",
        "RFC 3463",
        N_("The content would have to be converted, which is not possible"),
    ),
    ("6.4", "RFC 3463", N_("The content was converted with losses")),
    ("6.5", "RFC 3463", N_("Converting the content failed")),
    ("6.6", "RFC 4468", N_("The content is not available")),
    ("6.7", "RFC 6531", N_("Addresses outside ASCII are not supported")),
    ("6.8", "RFC 6531", N_("A reply in UTF-8 is needed but not allowed")),
    ("6.9", "RFC 6531", N_("The header in UTF-8 could not be passed on")),
    ("6.10", "RFC 6531", N_("A reply in UTF-8 is needed but not allowed")),
    ("7.0", "RFC 3463", N_("Some matter of security or policy")),
    ("7.1", "RFC 3463", N_("The delivery is not permitted; the mail was refused")),
    ("7.2", "RFC 3463", N_("The sender may not write to this mailing list")),
    ("7.3", "RFC 3463", N_("A security conversion is needed but not possible")),
    ("7.4", "RFC 3463", N_("A needed security feature is missing")),
    ("7.5", "RFC 3463", N_("The cryptography failed")),
    ("7.6", "RFC 3463", N_("The cryptographic method is not supported")),
    ("7.7", "RFC 3463", N_("The message was changed on its way")),
    ("7.8", "RFC 4954", N_("The user name or the password is wrong")),
    ("7.9", "RFC 4954", N_("The way of signing in is too weak")),
    ("7.10", "RFC 5248", N_("Encryption is needed")),
    ("7.11", "RFC 4954", N_("Encryption is needed for this way of signing in")),
    ("7.12", "RFC 4954", N_("The password has to be changed first")),
    ("7.13", "RFC 5248", N_("The account is disabled")),
    ("7.14", "RFC 4468", N_("The servers do not trust each other")),
    ("7.15", "RFC 6710", N_("The priority is too low for now")),
    ("7.16", "RFC 6710", N_("The message is too big for its priority")),
    ("7.17", "RFC 7293", N_("The mailbox has a new owner")),
    ("7.18", "RFC 7293", N_("The domain has a new owner")),
    ("7.19", "RFC 7293", N_("The owner of the mailbox cannot be checked")),
    ("7.20", "RFC 7372", N_("No valid DKIM signature was found")),
    ("7.21", "RFC 7372", N_("No accepted DKIM signature was found")),
    ("7.22", "RFC 7372", N_("No DKIM signature fits the author's address")),
    ("7.23", "RFC 7372", N_("The SPF check failed")),
    ("7.24", "RFC 7372", N_("The SPF check ended with an error")),
    ("7.25", "RFC 7372", N_("The sending host has no fitting reverse DNS name")),
    ("7.26", "RFC 7372", N_("Several sender checks (SPF, DKIM, DMARC) failed")),
    ("7.27", "RFC 7505", N_("The sender's domain takes no mail")),
    ("7.28", "RFC 7899", N_("Mail comes in too fast from this sender")),
    ("7.29", "RFC 8617", N_("The ARC check failed")),
    ("7.30", "RFC 8689", N_("Encryption was required but could not be had")),
)


def describe_status(code: str) -> tuple[str, str, Code | None]:
    """Return the meaning of a status code's class and subject, and its own row if registered."""
    head, _, rest = code.partition(".")
    subject = rest.partition(".")[0]
    return (
        STATUS_CLASSES.get(head, ""),
        STATUS_SUBJECTS.get(subject, ""),
        STATUS_CODES.get(rest),
    )


_CANDIDATE = re.compile(
    r"[245](?:[0-9]{2}(?![0-9A-Za-z_])|\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9A-Za-z_]|\.[0-9]))"
)
_WORD = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_NO_STATUS_BEFORE = frozenset(_WORD + ".+/=")
_NO_REPLY_BEFORE = frozenset(_WORD + ".,+/=@$%&~-")
_REPLY_AFTER = re.compile(
    r"[\s:;,)\]'\"*<]|[-#](?=[^0-9])|\.(?![0-9])|-[245]\.[0-9]|-?$|[^\x00-\x7f]"
)
# Words before a number with dots that make it a version.
_VERSIONED = frozenset(
    [
        "version",
        "ver",
        "ver.",
        "v",
        "release",
        "build",
        "rev",
        "rev.",
        "exim",
        "sendmail",
        "postfix",
        "qmail",
        "courier",
        "imail",
        "mdaemon",
        "zimbra",
        "dovecot",
        "opensmtpd",
        "python",
        "perl",
        "php",
        "java",
        "linux",
        "windows",
        "mailer",
        "agent",
        "server",
        "esmtp",
        "mail",
        "outlook",
        "thunderbird",
        "notes",
        "domino",
        "james",
        "postal",
        "spamassassin",
        "amavisd-new",
        "amavis",
        "clamav",
        "mailman",
        "phpmailer",
        "mutt",
        "mailutils",
    ]
)
# What stands before a reply code that is surely one …
_SURE_SIGNS = frozenset("\n<:;['\"(*#>")
_SURE_WORDS = frozenset(
    ["reply", "said", "with", "code", "error", "smtp", "response", "returned", "return"]
)
_SURE_LETTERS = re.compile(r"[\u3040-\u9fff]$")
# … and before a number that is surely none.
_NO_REPLY_WORDS = frozenset(
    [
        "port",
        "line",
        "page",
        "id",
        "pid",
        "tcp",
        "no.",
        "size",
        "by",
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "oct",
        "nov",
        "dec",
    ]
)
_AMOUNT_WORDS = frozenset(
    ["is", "of", "to", "than", "about", "least", "most", "maximum", "limit", "exceeds"]
)
_NO_REPLY_END = re.compile(r"(?:(?<![0-9A-Za-z])[0-9]{1,2}|[0-9][:.])[ \t:=]{0,2}$")
_REPLY_FOLLOW = re.compile(r"[ \t:#'\"(-]{1,4}[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
_UNIT = re.compile(
    r"[ \t]*(?:[kmgt]i?b\b|bytes?\b|octets?\b|characters?\b|hours?\b|minutes?\b|seconds?\b"
    r"|secs?\b|days?\b|messages\b|recipients\b|times\b|%|/|件|通|時間|分|秒|日|人|回|年|円|個|名|点|ページ|pages?\b)",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"[ \t.]{0,9}(?:\n|$)")
_LOOK_BACK = 24


def find_codes(text: str, start: int = 0, end: int | None = None) -> list[FoundCode]:
    """Return the reply codes and enhanced status codes of a text, in order.

    IP addresses, versions, sizes, ports, dates and message-ids are no codes:
    "550 5.1.1 user unknown" has two, "Exim 4.80.1 [192.0.2.5] 550 bytes" none.
    """
    found = []
    for match in _CANDIDATE.finditer(text, start, len(text) if end is None else end):
        begin, stop = match.span()
        lead = text[max(start, begin - _LOOK_BACK) : begin]
        if stop - begin > 3:
            code = _as_status(match[0], Span(begin, stop), lead)
        else:
            code = _as_reply(match[0], Span(begin, stop), lead, text)
        if code:
            found.append(code)
    return found


def _as_status(digits: str, span: Span, lead: str) -> FoundCode | None:
    before = lead[-1:]
    if lead.endswith("dsn="):  # in the logs of Postfix and Sendmail
        return FoundCode("status", digits, span)
    if before in _NO_STATUS_BEFORE or (before == "-" and not _ends_with_reply(lead)):
        return None
    if int(digits.split(".")[1]) > 9 or (before in (" ", "(") and _is_version(lead)):
        return None
    return FoundCode("status", digits, span)


def _ends_with_reply(lead: str) -> bool:
    """Tell whether "-" continues a reply, as in "550-5.7.1"."""
    return lead[-4:-1].isdigit() and lead[-4] in "245" and not lead[-5:-4].isdigit()


def _is_version(lead: str) -> bool:
    words = lead.rstrip(" (").lower().split()[-2:]
    if not words:
        return False
    if any(word in _VERSIONED for word in words[-1].replace("-", "/").split("/")):
        return True
    return len(words) > 1 and words[0] in _VERSIONED and words[1].isalpha()


def _as_reply(digits: str, span: Span, lead: str, text: str) -> FoundCode | None:
    before = lead[-1:]
    if before in _NO_REPLY_BEFORE and before != "=":
        return None
    if not _REPLY_AFTER.match(text, span.end):
        return None
    if _REPLY_FOLLOW.match(text, span.end):
        return FoundCode("reply", digits, span)
    if before == "=":  # but "LED=550 5.1.10" in the traces of Exchange
        return None
    known = digits in REPLY_CODES
    if (digits[0] == "2" and not known) or _is_number(lead, span.end, text):
        return None
    if _is_sure(lead):
        return FoundCode("reply", digits, span)
    if not known or (_is_amount(lead) and _LINE_END.match(text, span.end)):
        return None
    return FoundCode("reply", digits, span, certain=False)


def _is_number(lead: str, end: int, text: str) -> bool:
    """Tell a size, a port, a date or a bracketed number from a reply code."""
    if lead[-1:] in ("[", "(") and text[end : end + 1] in ("]", ")"):
        return True
    words = lead.rstrip(" \t:=").lower().split()
    return bool(
        (words and words[-1][:20] in _NO_REPLY_WORDS)
        or _UNIT.match(text, end)
        or _NO_REPLY_END.search(lead)
    )


def _is_amount(lead: str) -> bool:
    """Tell a number that a sentence leads up to, as in "their capacity is 500"."""
    words = lead.lower().split()
    return bool(words) and words[-1] in _AMOUNT_WORDS


def _is_sure(lead: str) -> bool:
    lead = lead.rstrip(" \t")
    if not lead or lead[-1] in _SURE_SIGNS or _SURE_LETTERS.search(lead, len(lead) - 1):
        return True
    words = lead.split()
    return not words or words[-1].lower().strip("(") in _SURE_WORDS

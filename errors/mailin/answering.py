"""The whole path of a mail: may it be answered, what does it forward, what is the answer."""

import hashlib
import logging
import re
from email.utils import formataddr, make_msgid
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import Error as DatabaseError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from errors.bounce.explaining import explain
from errors.bounce.forwarding import find_forwarded
from errors.bounce.values import Explanation
from errors.branding import site_name
from errors.cases import read_case, write_case
from errors.catalog import require
from errors.mailin import memory
from errors.mailin.authentication import is_authentic
from errors.mailin.letters import REFERENCES_MAX, Letter, read_letter
from errors.mailin.manners import MARK, why_not
from errors.mailin.plain import plain_answer
from errors.metrics import count_explanation
from errors.models import Tally
from errors.presentation import result_page
from errors.publishing import Published
from errors.tallying import count_explained
from errors.throttling import count
from errors.wording import fill

logger = logging.getLogger(__name__)
# What we need may be away for a while; the mail can be handed in again then.
AWAY = (OSError, SMTPException, DatabaseError, RedisError)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def handle(mail: bytes, sender: str | None = None) -> str:
    """Answer a mail that forwards a bounce; return "answered", or in a word why not.

    The sender is the envelope's; without it the MTA's Return-Path is taken. Nothing of the
    mail is logged or stored. Raises one of AWAY when the mail backend, the cache or the
    database is away: then the mail may be handed in again.
    """
    letter = read_letter(mail, sender)
    is_known = is_authentic(letter, settings.MAIL_AUTHSERV_ID)
    word = why_not(letter, settings.MAIL_ADDRESS)
    if not word and settings.MAIL_REQUIRE_AUTHENTICATION and not is_known:
        word = "not-authentic"
    word = word or _answer(mail, letter, is_known=is_known)
    logger.info("A mail came in: %s", word)
    return word


def find_problem() -> str:
    """Say which setting is missing; a mail can wait until it is there."""
    if not settings.MAIL_ADDRESS:
        return "MAIL_ADDRESS is not set."
    if settings.MAIL_REQUIRE_AUTHENTICATION and not settings.MAIL_AUTHSERV_ID:
        return "MAIL_REQUIRE_AUTHENTICATION needs MAIL_AUTHSERV_ID."
    return ""


def _answer(mail: bytes, letter: Letter, *, is_known: bool) -> str:
    published = require()
    explanation = explain(find_forwarded(mail), published.catalog)
    if explanation.bounce.kind == "not-a-bounce" and not is_known:
        return "no-bounce"  # else everybody's spam would get an answer
    thread = _thread_of(mail, letter)
    if not memory.remember(letter.sender, thread):
        return "again"
    if count("mail", letter.sender).wait:
        return "too-many"
    try:
        compose(letter, explanation, published, is_known=is_known).send()
    except SMTPRecipientsRefused:
        return "refused"  # there is nobody to tell
    except Exception:
        memory.forget(letter.sender, thread)
        raise
    count_explanation(explanation)
    language = language_of(letter)
    count_explained(explanation, published.catalog, language, Tally.Source.MAIL)
    return "answered"


def _thread_of(mail: bytes, letter: Letter) -> list[str]:
    """Name the mails of its thread; one without any name is known by its content."""
    named = [*letter.references, letter.message_id]
    thread = [one for one in named if one][-REFERENCES_MAX:]
    return thread or [hashlib.sha256(mail).hexdigest()]


def compose(
    letter: Letter, explanation: Explanation, published: Published, *, is_known: bool
) -> EmailMultiAlternatives:
    """Return the answer, in the sender's language.

    It says nothing in a stranger's words: whoever forges a sender could else send them to
    anybody in our name. Only the subject of a sender that is known comes back.
    """
    told, language = write_case(explanation, published), language_of(letter)
    case = read_case(told, published)
    with translation.override(language):
        page = result_page(case, published, language)
        address = reverse("case", args=[told])
        case_url = settings.SITE_URL + address if settings.SITE_URL else ""
        advice = [_advice(one.slug, case, published, language) for one in page.answers]
        message = EmailMultiAlternatives(
            subject=_subject(letter, is_known=is_known),
            body=plain_answer(page, advice, case_url),
            from_email=settings.MAIL_RETURN_PATH or settings.MAIL_ADDRESS,
            to=[letter.sender],
            headers=_headers(letter),
        )
        shown = {"page": page, "case_url": case_url}
        html = render_to_string("errors/mail/answer.html", shown).strip()
    message.attach_alternative(html, "text/html")
    return message


def _subject(letter: Letter, *, is_known: bool) -> str:
    if is_known and letter.subject:
        return f"Re: {letter.subject.removeprefix('Re: ')}"
    return _("About the mail that came back")


def _advice(
    slug: str, case: Explanation, published: Published, language: str
) -> tuple[str, str]:
    """Return an entry's summary and advice, both plain, with the numbers of the case."""
    winners = (verdict.winner for verdict in case.verdicts if verdict.entry == slug)
    winner = next(filter(None, winners), None)
    values, entry = winner.values if winner else (), published.entries[slug]
    return (
        fill(entry.text("summary", language), values, language),
        fill(entry.text("advice", language), values, language),
    )


def language_of(letter: Letter) -> str:
    """Return the sender's language: Japanese words, else what their program says."""
    known = {code for code, _name in settings.LANGUAGES}
    if "ja" in known and _JAPANESE.search(letter.subject):
        return "ja"
    told = letter.get("accept-language") or letter.get("content-language")
    for tag in told.lower().replace(";", ",").split(","):
        if (code := tag.strip().partition("-")[0]) in known:
            return code
    return settings.LANGUAGE_CODE


def _headers(letter: Letter) -> dict[str, str]:
    domain = settings.MAIL_ADDRESS.rpartition("@")[2]
    follows = [letter.message_id] if letter.message_id else []
    references = [*letter.references[-REFERENCES_MAX:], *follows]
    headers = {
        "From": formataddr((site_name(), settings.MAIL_ADDRESS)),
        "Message-ID": make_msgid(MARK, domain),
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": translation.get_language() or "",
    }
    if follows:
        headers["In-Reply-To"] = letter.message_id
    if references:
        headers["References"] = " ".join(dict.fromkeys(references))
    return headers

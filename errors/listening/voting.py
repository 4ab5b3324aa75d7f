"""Votes on "Did this help?": one per visitor and entry, without knowing the visitor.

A signed cookie remembers, on the visitor's side alone, which vote was theirs, so that a
second one changes the first. It says nothing to anybody else.
"""

from django.core import signing
from django.http import HttpRequest, HttpResponse

from errors.bounce.redacting import anonymise
from errors.models import COMMENT_MAX, Entry, Feedback
from errors.purging import purge

COOKIE = "votes"
COOKIE_AGE = 180 * 24 * 3600
VOTES_MAX = 40  # votes that the cookie remembers
TIDY_EVERY = 50  # votes
_SALT = "errors.listening.voting"


def read_votes(request: HttpRequest) -> dict[str, int]:
    """Return the visitor's own votes: the entry's key, "" for none, to the vote's."""
    try:
        votes = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_AGE
        )
    except signing.BadSignature:
        return {}
    return votes if isinstance(votes, dict) else {}


def remember_votes(
    response: HttpResponse, votes: dict[str, int], *, secure: bool
) -> None:
    """Give the visitor the votes to keep, the latest ones."""
    latest = dict(list(votes.items())[-VOTES_MAX:])
    response.set_cookie(
        COOKIE,
        signing.dumps(latest, salt=_SALT, compress=True),
        max_age=COOKIE_AGE,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def vote(
    votes: dict[str, int],
    entry: Entry | None,
    *,
    helpful: bool,
    comment: str,
    language: str,
    place: str,
) -> dict[str, int]:
    """Write a vote, or change the visitor's earlier one; return the visitor's votes."""
    key = str(entry.pk) if entry else ""
    earlier = Feedback.objects.filter(pk=votes.get(key, 0), entry=entry).first()
    given = earlier or Feedback(entry=entry, language=language, place=place)
    given.helpful = helpful
    given.comment = anonymise(comment).strip()[:COMMENT_MAX] or given.comment
    given.save()
    if given.pk % TIDY_EVERY == 0:
        purge("feedback")
    votes.pop(key, None)
    return {**votes, key: given.pk}

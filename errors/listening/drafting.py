"""From what customers told us to the catalog: a draft already filled in, or a new wording."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from errors.bounce import phrases
from errors.bounce.explaining import explain
from errors.bounce.grouping import find_unsure
from errors.catalog import current
from errors.models import (
    Entry,
    Example,
    LostSearch,
    Pattern,
    Provider,
    Section,
    Unexplained,
)

TITLE_MAX = 80
PHRASE_MAX = 200
STEP = 10  # between two places in a section
# What differs from bounce to bounce, and what stands for it in a pattern.
_CAPTURES = (
    (re.compile(r"https?://[^\s<>\"']+"), "{url}"),
    (re.compile(r"<?[!#-&*+./-9=?A-Z^-~-]+@[\w.-]*\w>?", re.A), "{address}"),
    (
        re.compile(r"\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?|\b[0-9a-f]+:[0-9a-f:]+\b"),
        "{ip}",
    ),
    (re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b", re.I), "{host}"),
    (re.compile(r"\b(?=[a-z]*\d)[a-z0-9_-]{5,}\b", re.I), "*"),
)
_CODES = re.compile(
    r"^[\W_]*(?:[245]\d\d(?:[-\s]+|$))?(?:[245]\.\d{1,3}\.\d{1,3}\b)?[\W_]*"
)
# A pattern begins and ends with words, and not within a bracket.
_EDGES = re.compile(
    r"^(?:[\s*:;,.<>()\[\]-]|\{\w+\})+|\([^()]*$|(?:[\s*:;,<>(\[-]|\{\w+\})+$"
)


def suggest_phrase(text: str) -> str:
    """Return a pattern for the words that say why, "" when none can be made of them."""
    explanation = explain(text, current().catalog)
    verdict = find_unsure(explanation) or explanation.verdicts[explanation.headline]
    said = [span.of(explanation.bounce.text) for span in verdict.recipient.diagnostics]
    phrase = as_phrase(max(said, key=len, default=""))
    return "" if phrases.find_problems(phrase) else phrase


def as_phrase(words: str) -> str:
    """Write words of a bounce as a pattern that meets the next bounce of its kind too.

    >>> as_phrase("550 5.7.9 <taro@example.jp>: Blocked by mx1.example.net, id 4Xy2Zab")
    'Blocked by {host}, id'
    """
    plain = re.sub(r"([*{}\\])", r"\\\1", " ".join(words.split()))
    plain = _CODES.sub("", plain, count=1)
    for expression, capture in _CAPTURES:
        plain = expression.sub(capture, plain)
    if len(plain) > PHRASE_MAX:
        plain = plain[:PHRASE_MAX].rpartition(" ")[0]
    while (cut := _EDGES.sub("", plain)) != plain:
        plain = cut
    return plain


@transaction.atomic
def draft_from(kind: Unexplained) -> Entry:
    """Begin an entry for a kind of notice: codes, wording, pattern, sample and example.

    Raises Section.DoesNotExist while there is no section to put it into.
    """
    newest = kind.hand_ins.first()
    text = newest.text if newest else ""
    entry = _draft(
        kind.wording,
        _("Begun from a notice handed in %(count)d times.") % {"count": kind.count},
        reply_code=kind.reply_code,
        status_code=kind.status_code,
        sample=text,
    )
    entry.providers.set(Provider.objects.filter(slug=kind.provider))
    if phrase := suggest_phrase(text):
        Pattern.objects.create(entry=entry, text=phrase)
        Example.objects.create(entry=entry, text=text)
    _settle(kind, entry, Unexplained.State.DRAFTED)
    return entry


@transaction.atomic
def draft_from_search(lost: LostSearch) -> Entry:
    """Begin an entry for what was searched for in vain.

    Raises Section.DoesNotExist while there is no section to put it into.
    """
    note = _("Begun from a search without a result: %(query)s") % {"query": lost.query}
    return _draft(lost.query, note)


@transaction.atomic
def give_wording(kind: Unexplained, entry: Entry, phrase: str) -> Pattern:
    """Teach an entry the wording of a notice, and keep a text as its example."""
    pattern = Pattern.objects.create(entry=entry, text=phrase)
    if newest := kind.hand_ins.first():
        Example.objects.create(entry=entry, text=newest.text)
    _settle(kind, entry, Unexplained.State.ASSIGNED)
    return pattern


def _settle(kind: Unexplained, entry: Entry, state: Unexplained.State) -> None:
    kind.entry, kind.state = entry, state
    kind.save(update_fields=("entry", "state"))


def _draft(title: str, note: str, **values: str) -> Entry:
    section = Section.objects.order_by("position").first()
    if section is None:
        raise Section.DoesNotExist
    last = section.entries.aggregate(last=Max("position"))["last"] or 0
    titles = {
        build_localized_fieldname("title", code): title[:TITLE_MAX].capitalize()
        for code, _name in settings.LANGUAGES
    }
    entry: Entry = Entry.objects.create(
        slug=next(s for s in _slugs(title) if not _is_taken(s)),
        section=section,
        position=last + STEP,
        internal_note=note,
        **titles,
        **values,
    )
    return entry


def _slugs(title: str) -> Iterator[str]:
    base = slugify(title)[:60].strip("-") or "entry"
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _is_taken(slug: str) -> bool:
    return Entry.objects.filter(slug=slug).exists()

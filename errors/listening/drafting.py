"""From what customers told us to the catalog: a draft already filled in, or a new wording."""

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from errors.bounce import suggesting
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
    free_slug,
)

TITLE_MAX = 80
SLUG_MAX = 60
STEP = 10  # between two places in a section


def suggest_phrase(text: str) -> str:
    """Return a pattern for the words that say why, "" when none can be made of them."""
    explanation = explain(text, current().catalog)
    verdict = find_unsure(explanation) or explanation.verdicts[explanation.headline]
    said = [span.of(explanation.bounce.text) for span in verdict.recipient.diagnostics]
    return suggesting.suggest_phrase(max(said, key=len, default=""))


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
        slug=free_slug(Entry, title[:SLUG_MAX]),
        section=section,
        position=last + STEP,
        internal_note=note,
        **titles,
        **values,
    )
    return entry

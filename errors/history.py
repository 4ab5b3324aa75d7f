"""Who changed what, when and why: every change of one act gets one moment and one reason.

The rows of history are django-simple-history's, registered in `translation`. Because the
entry, its patterns, examples and relations of one act share their moment, a version of the
entry as a whole is what they all were at that moment; `versions` puts it together.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

REASON_MAX = 100  # what the column holds


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did; all it changed is one version."""

    moment: datetime.datetime
    reason: str = ""


_act: ContextVar[Act | None] = ContextVar("_act", default=None)


@contextmanager
def one_act(reason: str = "") -> Iterator[Act]:
    """Make all changes within one version; an act within an act is a part of it."""
    outer = _act.get()
    act = Act(
        outer.moment if outer else timezone.now(),
        ((outer.reason if outer else "") or reason)[:REASON_MAX],
    )
    token = _act.set(act)
    try:
        yield act
    finally:
        _act.reset(token)


def watch() -> None:
    """Give each row of history the moment and reason of the act it belongs to."""
    pre_create_historical_record.connect(_put_act, dispatch_uid="act")


def _put_act(history_instance: Any, **_: Any) -> None:
    act = _act.get()
    if act:
        history_instance.history_date = act.moment
        history_instance.history_change_reason = act.reason or None


def record(rows: Sequence[Any], *, created: bool) -> None:
    """Write the history of rows of one model that were saved without it, all at once.

    Bulk methods send no signals, so whoever uses them calls this.
    """
    if not rows:
        return
    act = _act.get() or Act(timezone.now())
    made = type(rows[0]).history.bulk_history_create(
        rows,
        update=not created,
        default_date=act.moment,
        default_change_reason=act.reason or None,
    )
    for field in type(made[0])._history_m2m_fields:
        _record_links(field, rows, made)


def _record_links(field: Any, rows: Sequence[Any], made: Sequence[Any]) -> None:
    """Write which rows of the other side each row was linked with."""
    own = field.m2m_column_name()
    history_of = {row.pk: history.pk for row, history in zip(rows, made, strict=True)}
    model = HistoricalRecords.m2m_models[field]
    links = field.remote_field.through.objects.filter(**{f"{own}__in": history_of})
    model.objects.bulk_create(
        model(history_id=history_of[link[own]], **link) for link in links.values()
    )

"""The page of a new entry, filled in from elsewhere: from a bounce, or from another entry."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Prefill:
    """What stands in the form from the beginning: fields, and rows by their prefix."""

    fields: Mapping[str, Any]
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def asking(request: HttpRequest, prefill: Prefill) -> HttpRequest:
    """Return the request as one that asks for the empty form, to be filled in so.

    What fills it in came by POST: a bounce must not stand in an address.
    """
    asked = copy.copy(request)
    asked.method = "GET"
    asked.prefill = prefill  # type: ignore[attr-defined]  # read below
    return asked


def fields_of(request: HttpRequest) -> Mapping[str, Any]:
    prefill: Prefill | None = getattr(request, "prefill", None)
    return prefill.fields if prefill else {}


def rows_of(request: HttpRequest, prefix: str) -> Sequence[Mapping[str, Any]]:
    prefill: Prefill | None = getattr(request, "prefill", None)
    return prefill.rows.get(prefix, ()) if prefill else ()


def count_rows(request: HttpRequest, prefix: str) -> int:
    return len(rows_of(request, prefix))

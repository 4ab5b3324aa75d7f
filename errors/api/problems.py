"""What went wrong, for programs: problem details (RFC 9457) in the reader's language."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop
from typing_extensions import TypedDict

CONTENT_TYPE = "application/problem+json"


class Fault(TypedDict):
    detail: str
    pointer: NotRequired[str]
    parameter: NotRequired[str]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: NotRequired[str]
    errors: NotRequired[list[Fault]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in the address of its description, and its title."""

    name: str
    title: str


KINDS: Mapping[int, Kind] = {
    400: Kind("malformed", gettext_noop("The request could not be read")),
    401: Kind("no-key", gettext_noop("A valid API key is needed")),
    404: Kind("not-found", gettext_noop("There is no such thing here")),
    405: Kind("method", gettext_noop("This address does not answer this method")),
    413: Kind("too-large", gettext_noop("That is more than we can read")),
    415: Kind("content-type", gettext_noop("This kind of content is not understood")),
    422: Kind("invalid", gettext_noop("Something in the request is missing or wrong")),
    429: Kind("rate-limited", gettext_noop("Too many requests in a short time")),
    500: Kind("broken", gettext_noop("Something went wrong on our side")),
    503: Kind("unavailable", gettext_noop("Not available for a moment")),
}


def answer_problem(
    status: int,
    detail: str = "",
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the problem as a response; its title stands for the status alone."""
    kind = KINDS[status]
    problem = Problem(
        type=f"{reverse('api-docs')}#problem-{kind.name}",
        title=_(kind.title),
        status=status,
    )
    if detail:
        problem["detail"] = detail
    if errors:
        problem["errors"] = list(errors)
    return HttpResponse(
        json.dumps(problem, ensure_ascii=False),
        status=status,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


# What pydantic says in English, by the type of its error.
_SAID = {
    "missing": gettext_noop("This is required."),
    "extra_forbidden": gettext_noop("This is not known here."),
    "int_parsing": gettext_noop("This must be a whole number."),
    "int_type": gettext_noop("This must be a whole number."),
    "model_attributes_type": gettext_noop("This must be an object."),
    "one_of": gettext_noop("Either text or base64 is needed."),
    "string_type": gettext_noop("This must be a text."),
    "greater_than_equal": gettext_noop("This must be at least %(ge)s."),
    "less_than_equal": gettext_noop("This must be at most %(le)s."),
    "string_too_long": gettext_noop(
        "This must have at most %(max_length)s characters."
    ),
    "string_too_short": gettext_noop(
        "This must have at least %(min_length)s characters."
    ),
    "string_pattern_mismatch": gettext_noop("This is not written as it should be."),
    "literal_error": gettext_noop("This must be one of: %(expected)s."),
    "json_invalid": gettext_noop("This is not JSON."),
}


def describe_fault(error: Mapping[str, Any], source: str = "") -> Fault:
    """Say one error of pydantic in the reader's language, and where it is."""
    template = _SAID.get(error["type"])
    detail = _(template) % error.get("ctx", {}) if template else error["msg"]
    source, *names = (source, *error["loc"]) if source else error["loc"]
    if source in ("query", "path"):
        return Fault(detail=detail, parameter=str(names[-1]))
    return Fault(detail=detail, pointer="#" + "".join(f"/{name}" for name in names))

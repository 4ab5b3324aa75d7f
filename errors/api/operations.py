"""The operations of the API: each hands on to one function and says what it may answer."""

import logging
from typing import Annotated, Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.utils.translation import gettext_noop
from ninja import Path, Query
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer
from pydantic import Field

from errors.api import browsing
from errors.api.explaining import explain_request
from errors.api.problems import answer_problem, describe_fault
from errors.api.schema import REF, Api
from errors.api.schemas import (
    CodeRegistries,
    EntryFull,
    EntryPage,
    Finding,
    Listing,
    Reader,
    SectionList,
)
from errors.api.searching import find_entries
from errors.catalog import require
from errors.contract import Contract

RETRY_SECONDS = 10  # until the database may be back

logger = logging.getLogger(__name__)
Slug = Annotated[str, Field(description=gettext_noop("The name of the entry."))]


class Renderer(JSONRenderer):
    """JSON with its letters as they are: Japanese is half as long as when escaped."""

    json_dumps_params = {"ensure_ascii": False, "separators": (",", ":")}


api = Api(
    title="faqsite",
    version="1.0.0",
    description=gettext_noop(
        "Explains bounced mail, and gives the catalog that explains it."
    ),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    renderer=Renderer(),
)


def _body_of_explain() -> dict[str, Any]:
    shapes = {"application/json": "Question", "multipart/form-data": "Upload"}
    return {
        "required": True,
        "content": {
            kind: {"schema": {"$ref": REF.format(model=shape)}}
            for kind, shape in shapes.items()
        },
    }


@api.post(
    "explain",
    response=Contract,
    operation_id="explain",
    summary=gettext_noop("Explain a bounce"),
    description=gettext_noop(
        "Reads a bounced mail as the page does. It is read in memory only: not stored,"
        " not logged, passed on to nobody."
    ),
    openapi_extra={
        "requestBody": _body_of_explain(),
        "x-problems": [400, 413, 415, 422],
    },
)
def explain(request: HttpRequest, reader: Query[Reader]) -> Contract | HttpResponse:
    return explain_request(request)


@api.get(
    "entries",
    response=EntryPage,
    operation_id="entries",
    summary=gettext_noop("List the entries"),
    description=gettext_noop(
        "All published entries in the catalog's order, page by page."
    ),
    openapi_extra={"x-problems": [422]},
)
def entries(request: HttpRequest, wanted: Query[Listing]) -> EntryPage:
    return browsing.list_entries(request, wanted)


@api.get(
    "entries/{slug}",
    response=EntryFull,
    operation_id="entry",
    summary=gettext_noop("Read one entry"),
    description=gettext_noop(
        "All texts of an entry; places for values are filled in generally."
    ),
    openapi_extra={"x-problems": [404, 422]},
)
def entry(request: HttpRequest, slug: Path[Slug], reader: Query[Reader]) -> EntryFull:
    return browsing.get_entry(slug)


@api.get(
    "sections",
    response=SectionList,
    operation_id="sections",
    summary=gettext_noop("List the sections"),
    description=gettext_noop(
        "All sections, each with the slugs of its entries in their order."
    ),
    openapi_extra={"x-problems": [422]},
)
def sections(request: HttpRequest, reader: Query[Reader]) -> SectionList:
    return SectionList(items=browsing.list_sections())


@api.get(
    "search",
    response=EntryPage,
    operation_id="search",
    summary=gettext_noop("Search the entries"),
    description=gettext_noop("Entries that words or codes lead to, the best first."),
    openapi_extra={"x-problems": [422]},
)
def search(request: HttpRequest, wanted: Query[Finding]) -> EntryPage:
    found = find_entries(wanted.q, require(), translation.get_language() or "")
    return browsing.page_of(found, request, wanted)


@api.get(
    "codes",
    response=CodeRegistries,
    operation_id="codes",
    summary=gettext_noop("List the codes"),
    description=gettext_noop(
        "The registries of reply codes (RFC 5321) and enhanced status codes (RFC 3463),"
        " with their meanings in every language and the entries that have them."
    ),
    openapi_extra={"x-problems": [422]},
)
def codes(request: HttpRequest, reader: Query[Reader]) -> CodeRegistries:
    return browsing.list_codes()


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, error: Exception) -> HttpResponse:
    faults = error.errors if isinstance(error, ValidationError) else []
    return answer_problem(422, errors=[describe_fault(fault) for fault in faults])


@api.exception_handler(Http404)
def missing(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return answer_problem(404)


@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(HttpError)
def malformed(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return answer_problem(400)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def unavailable(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Say that there is no catalog: the database was away since this process began."""
    logger.warning("The API has no catalog: %s", type(error).__name__)
    return answer_problem(503, headers={"Retry-After": str(RETRY_SECONDS)})


@api.exception_handler(Exception)
def broken(_request: HttpRequest, _error: Exception) -> HttpResponse:
    """Answer a crash of ours; the log gets where it happened, and nothing of the request."""
    logger.exception("An operation of the API failed")
    return answer_problem(500)

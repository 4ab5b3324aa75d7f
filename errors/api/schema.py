"""OpenAPI 3.1 of the API: what ninja finds in the types, and what holds for every call."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from pydantic import TypeAdapter

from errors.api.descriptions import CONTRACT, SHAPES
from errors.api.problems import CONTENT_TYPE, KINDS, Problem
from errors.api.schemas import Finding, Listing, Question, Reader, Upload

REF = "#/components/schemas/{model}"
EVERYWHERE = (401, 429, 500, 503)
LIMITS = {
    "RateLimit-Limit": gettext_noop("How many calls may be made per window."),
    "RateLimit-Remaining": gettext_noop("How many of them are left."),
    "RateLimit-Reset": gettext_noop("Seconds until the window ends."),
}


class Api(NinjaAPI):
    """Ninja's API, with the problems, headers and keys that all operations share."""

    def get_openapi_schema(self, **_options: Any) -> OpenAPISchema:
        """Return the description; made once for each way of using keys, never changed."""
        way = (bool(settings.API_KEYS), settings.API_KEY_REQUIRED)
        if way not in self._schemas:
            self._schemas[way] = self._make_schema()
        return self._schemas[way]

    _schemas: ClassVar[dict[tuple[bool, bool], OpenAPISchema]] = {}

    def _make_schema(self) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=reverse("api:root"))
        components = schema["components"]
        for shape in (Question, Upload, Problem):
            components["schemas"] |= _shapes_of(shape)
        _describe(components["schemas"])
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                _complete(operation, is_cached=method == "get")
        if settings.API_KEYS:
            components["securitySchemes"] = {
                "Key": {"type": "http", "scheme": "bearer"}
            }
            schema["security"] = [{"Key": []}]
            schema["security"] += [] if settings.API_KEY_REQUIRED else [{}]
        return schema


def _describe(shapes: dict[str, Any]) -> None:
    for query in (Reader, Listing, Finding):  # told as parameters already
        shapes.pop(query.__name__, None)
    for name, said in SHAPES.items():
        shapes[name]["description"] = said
    for name, fields in CONTRACT.items():
        for field, said in fields.items():
            shapes[name]["properties"][field]["description"] = said


def _shapes_of(kind: type[Any]) -> dict[str, Any]:
    """Return the schema of a type by its name, with those that it leads to."""
    shape = TypeAdapter(kind).json_schema(ref_template=REF)
    return {**shape.pop("$defs", {}), kind.__name__: shape}


def _complete(operation: dict[str, Any], *, is_cached: bool) -> None:
    """Add the problems that may come instead of an answer, and the headers of all."""
    responses = operation["responses"]
    if is_cached:
        etag = {
            "description": gettext_noop("The version of the answer."),
            "required": True,
        }
        responses[200]["headers"] = {"ETag": etag | {"schema": {"type": "string"}}}
        responses[304] = {"description": gettext_noop("What you have is still right.")}
    for status in (*EVERYWHERE, *operation.pop("x-problems", ())):
        schema = {"$ref": REF.format(model="Problem")}
        responses[status] = {
            "description": KINDS[status].title,
            "content": {CONTENT_TYPE: {"schema": schema}},
        }
    for response in responses.values():
        response.setdefault("headers", {}).update(_numbers(LIMITS))
    for status in (429, 503):
        responses[status]["headers"] |= _numbers(
            {"Retry-After": gettext_noop("Seconds to wait.")}
        )


def _numbers(headers: dict[str, str]) -> dict[str, Any]:
    return {
        name: {"description": said, "required": True, "schema": {"type": "integer"}}
        for name, said in headers.items()
    }

"""The page that documents the API for people, made of its OpenAPI description."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from errors.api.operations import api
from errors.api.problems import KINDS

# Try these: the address below the API's own, and what is sent.
EXAMPLES = {
    "explain": ("explain", "-H 'Content-Type: application/json' -d '%s'"),
    "entries": ("entries?page_size=10", ""),
    "entry": ("entries/550-user-unknown?language=en", ""),
    "sections": ("sections", ""),
    "search": ("search?q=550-5.1.1", ""),
    "codes": ("codes", ""),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation, or a member of a shape."""

    name: str
    type: str
    said: str
    is_required: bool
    shape: str = ""  # the shape that its type leads to


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that travels, with its members."""

    name: str
    said: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be done at one address."""

    name: str
    method: str
    path: str
    summary: str
    said: str
    parameters: tuple[Field, ...]
    bodies: tuple[tuple[str, str], ...]  # content types with their shapes
    answer: str  # a shape
    problems: tuple[int, ...]
    example: str


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    schema = api.get_openapi_schema()
    context = {
        "schema": schema,
        "operations": tuple(_operations(schema, request)),
        "shapes": tuple(_shapes(schema)),
        "problems": [
            (status, kind.name, _(kind.title)) for status, kind in KINDS.items()
        ],
    }
    return render(request, "errors/api.html", context)


def _operations(schema: dict[str, Any], request: HttpRequest) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method, found in methods.items():
            name = found["operationId"]
            yield Operation(
                name=name,
                method=method.upper(),
                path=path,
                summary=_(found["summary"]),
                said=_(found["description"]),
                parameters=tuple(map(_parameter, found["parameters"])),
                bodies=tuple(_contents(found.get("requestBody", {}))),
                answer=dict(_contents(found["responses"][200]))["application/json"],
                problems=tuple(sorted(s for s in found["responses"] if s >= 400)),
                example=_example(name, request),
            )


def _contents(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, content in found.get("content", {}).items():
        yield kind, _type(content["schema"])[1]


def _example(name: str, request: HttpRequest) -> str:
    address, sent = EXAMPLES[name]
    question = json.dumps({"text": "550 5.1.1 <taro@example.jp>... User unknown"})
    root = request.build_absolute_uri("/api/v1/")
    options = f"{sent % question} " if sent else ""
    return f"curl {options}'{root}{address}'"


def _parameter(found: dict[str, Any]) -> Field:
    shown, shape = _type(found["schema"])
    said = found.get("description", "")
    return Field(
        found["name"], shown, _(said) if said else "", found["required"], shape
    )


def _shapes(schema: dict[str, Any]) -> Iterator[Shape]:
    for name, found in schema["components"]["schemas"].items():
        required = found.get("required", ())
        yield Shape(
            name=name,
            said=_(found["description"]) if found.get("description") else "",
            fields=tuple(
                _parameter(
                    {
                        "name": member,
                        "schema": details,
                        "description": details.get("description", ""),
                        "required": member in required,
                    }
                )
                for member, details in found.get("properties", {}).items()
            ),
        )


def _type(schema: dict[str, Any]) -> tuple[str, str]:
    """Say a type in few words, and name the shape it leads to, if any."""
    if "$ref" in schema:
        shape = schema["$ref"].rpartition("/")[2]
        return shape, shape
    if "anyOf" in schema:
        kinds = [_type(option) for option in schema["anyOf"]]
        return " | ".join(kind for kind, _shape in kinds), next(
            (shape for _kind, shape in kinds if shape), ""
        )
    if "enum" in schema:
        return " | ".join(schema["enum"]), ""
    if schema.get("type") == "array":
        kind, shape = _type(schema["items"])
        return f"[{kind}]", shape
    return schema.get("format") or schema.get("type", "object"), ""

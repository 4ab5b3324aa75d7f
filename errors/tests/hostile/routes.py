"""Every address of the site, taken from the URL configuration, and what each of them reads."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Model
from django.http import QueryDict
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from errors.models import Entry

# What stands in an address so that its view is reached, by the name of the part, or by
# route and part. A view with a new part needs a line here, or the test of its route fails.
VALUES = {
    "slug": "user-unknown",
    "section.slug": "by-number",
    "provider.slug": "docomo",
    "actor.slug": "sender",
    "text": "550-5.1.1",
    "told": "failure/user-unknown~550-5.1.1~wording~failed",
    "version": "1",
    "app_label": "errors",
    "_rest": "nowhere",
    "url": "nowhere/",
}
# Views that answer with 404 by design, whatever they are asked for.
MISSING = {"api:nowhere", "admin:admin/<url>"}
_OF_A_ROW = re.compile(
    r"admin:(?P<app>[a-z]+)_(?P<model>[a-z]+)_\w+"
    r"|admin:admin/(?P<app2>\w+)/(?P<model2>\w+)/<object_id>/"
)


@dataclass(frozen=True)
class Route:
    """One pattern of the configuration; `parts` are the places in its address."""

    name: str
    pattern: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return self.name + "".join(f"<{part}>" for part in self.parts)

    def address(self, **changes: str) -> str:
        """Return an address that reaches the view, its parts quoted, some of them changed."""
        return "/" + re.sub(
            r"<(\w+)>",
            lambda found: _quoted(changes.get(found[1]) or self._value(found[1])),
            self.pattern,
        )

    def _value(self, part: str) -> str:
        if part in ("object_id", "id", "pk"):
            return str(
                self.model().objects.order_by("pk").values_list("pk", flat=True)[0]
            )
        if part == "content_type_id":
            return str(ContentType.objects.get_for_model(self.model()).pk)
        return VALUES.get(f"{self.name}.{part}") or VALUES[part]

    def model(self) -> type[Model]:
        """Return the model whose row the admin's view is about."""
        found = _OF_A_ROW.fullmatch(self.name)
        if found is None:
            return Entry
        app, model = found["app"] or found["app2"], found["model"] or found["model2"]
        return apps.get_model(app, model) if app in apps.app_configs else Entry


def _quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="/")


def find_routes() -> list[Route]:
    return list(_routes_in(get_resolver().url_patterns, "", ""))


def _routes_in(patterns, prefix, namespace) -> Iterator[Route]:
    for found in patterns:
        raw = prefix + _plain(found.pattern)
        if isinstance(found, URLResolver):
            inner = ":".join(filter(None, (namespace, found.namespace)))
            yield from _routes_in(found.url_patterns, raw, inner)
        elif isinstance(found, URLPattern):
            name = ":".join(filter(None, (namespace, found.name or raw)))
            yield Route(name, raw, tuple(re.findall(r"<(\w+)>", raw)))


def _plain(pattern) -> str:
    """Return a pattern with its places as <name>, whatever way it is written in."""
    text = str(pattern)
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text)
    text = re.sub(r"[{<](?:\w+:)?(\w+)[}>]", r"<\1>", text)
    return text.lstrip("^").rstrip("$").removesuffix(r"\Z")


def make_rows() -> None:
    """Make a row for each table of the admin that has none, so that its pages are reached."""
    for model in admin.site._registry:
        _row_of(model)


def _row_of(model: type[Model]) -> Any:
    if found := model.objects.first():
        return found
    needed = (f for f in model._meta.concrete_fields if not (f.null or f.has_default()))
    return model.objects.create(
        **{
            field.name: _something_for(field)
            for field in needed
            if not field.primary_key
        }
    )


def _something_for(field) -> Any:
    """Return what a field takes, whatever it means."""
    if field.is_relation:
        return _row_of(field.related_model)
    if field.choices:
        return field.choices[0][0]
    kinds = {
        models.BooleanField: True,
        models.DateTimeField: timezone.now(),
        models.DateField: timezone.now().date(),
        models.IntegerField: 1,
    }
    return next((some for kind, some in kinds.items() if isinstance(field, kind)), "x")


@contextmanager
def watching_inputs():
    """Collect the names that a view looks for in its parameters, forms and files."""
    fields, files = set(), set()

    def spy(method):
        def look(self, key, *rest, **options):
            if isinstance(key, str):
                (fields if isinstance(self, QueryDict) else files).add(key)
            return method(self, key, *rest, **options)

        return look

    with pytest.MonkeyPatch.context() as patch:
        for name in ("__getitem__", "__contains__", "get", "getlist"):
            patch.setattr(
                MultiValueDict, name, spy(getattr(MultiValueDict, name)), raising=False
            )
        yield fields, files


def filled(fields: set[str], payload: str) -> dict[str, str]:
    """Fill a form with a payload; what counts the rows of a formset stays a number."""
    counts = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0"}
    return {name: counts.get(name.rpartition("-")[2], payload) for name in fields}


def uploads(files: set[str], payload: str) -> dict[str, io.BytesIO]:
    """Return files whose name and content are the payload."""
    content = payload.encode("utf-8", "surrogatepass")
    return {name: _named(io.BytesIO(content), payload) for name in files}


def _named(file: io.BytesIO, name: str) -> io.BytesIO:
    file.name = name[:200].encode("utf-8", "replace").decode() or "x"
    return file

"""The addresses of the API, each guarded, and an answer in kind for all that is none."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from errors.api.access import guarded
from errors.api.operations import api
from errors.api.problems import answer_problem


@require_safe
def root(_request: HttpRequest) -> HttpResponse:
    return redirect("api-docs")


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI description; it needs no key."""
    return JsonResponse(
        api.get_openapi_schema(), json_dumps_params={"ensure_ascii": False}
    )


def nowhere(_request: HttpRequest, _rest: str) -> HttpResponse:
    return answer_problem(404)


_operations = [
    found
    for found in api.urls[0]
    if isinstance(found, URLPattern) and found.name != "api-root"
]
for operation in _operations:
    operation.callback = guarded(operation.callback)

app_name = "api"
urlpatterns = [
    path("", guarded(root, is_open=True), name="root"),
    path("openapi.json", guarded(schema, is_open=True), name="schema"),
    *_operations,
    path("<path:_rest>", guarded(nowhere, is_open=True), name="nowhere"),
]

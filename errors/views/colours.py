"""The operator's colours as a style sheet: the policy for contents allows none in the page."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from errors.colours import stylesheet, stylesheet_version

A_YEAR = 365 * 86400


@require_safe
def brand_colours(request: HttpRequest, version: str) -> HttpResponse:
    response = HttpResponse(stylesheet(), content_type="text/css; charset=utf-8")
    if version == stylesheet_version():
        patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    else:  # asked by a page of another release
        patch_cache_control(response, no_cache=True)
    return response

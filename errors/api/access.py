"""What holds for every call of the API: language, keys, limits, and what the headers say."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)
from django.views.decorators.http import conditional_page

from errors.api.problems import answer_problem
from errors.apikeys import owner_of
from errors.throttling import count, network_of

View = Callable[..., HttpResponse]


def guarded(view: View, *, is_open: bool = False) -> View:
    """Wrap a view, so that it is called within the limit, with a key where one is needed,
    and in the caller's language; and no report of a crash shows what was sent.
    """
    conditional = conditional_page(view)

    @wraps(view)
    @csrf_exempt  # no cookie is ever read here, so there is nothing to forge
    @sensitive_post_parameters()
    @sensitive_variables()
    def guard(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        owner = owner_of(request)
        client = f"key {owner}" if owner else network_of(request)
        allowance = count("api_key" if owner else "api", client)
        language = _language(request)
        with translation.override(language):
            if allowance.wait:
                response = answer_problem(429, _say_wait(allowance.wait))
            elif _lacks_key(owner, is_open=is_open):
                response = answer_problem(401, headers={"WWW-Authenticate": "Bearer"})
            else:
                response = _call(conditional, request, *args, **kwargs)
        response.headers["Content-Language"] = language
        for name, value in allowance.headers().items():
            response.headers[name] = value
        return response

    return guard


def _language(request: HttpRequest) -> str:
    """Return the language asked for by parameter, else by Accept-Language."""
    asked = request.GET.get("language", "")
    known = {code for code, _name in settings.LANGUAGES}
    return asked if asked in known else translation.get_language() or ""


def _say_wait(seconds: int) -> str:
    return _("Please try again in %(seconds)d seconds.") % {"seconds": seconds}


def _lacks_key(owner: str | None, *, is_open: bool) -> bool:
    """Tell whether a call has a wrong key, or none where one is needed."""
    return owner is None or (settings.API_KEY_REQUIRED and not owner and not is_open)


def _call(
    view: View, request: HttpRequest, *args: object, **kwargs: object
) -> HttpResponse:
    if request.method == "HEAD":
        request.method = "GET"  # the server leaves the body out
    response = view(request, *args, **kwargs)
    if response.status_code == 405:
        methods = set(response.headers["Allow"].split(", "))
        methods |= {"HEAD"} if "GET" in methods else set()
        return answer_problem(405, headers={"Allow": ", ".join(sorted(methods))})
    if request.method != "GET":
        patch_cache_control(response, no_store=True)
    elif response.status_code == 200:
        # May be kept by who asked, and is asked for again with its ETag.
        patch_cache_control(response, private=True, no_cache=True)
    return response

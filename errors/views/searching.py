"""Search: a page with an address of its own, and suggestions while typing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from errors import catalog as published_catalog
from errors.bounce import explaining
from errors.box import may_travel
from errors.forms import SearchForm
from errors.presentation.finding import (
    Wanted,
    examples,
    search_page,
    search_url,
    suggestions,
)
from errors.presentation.head import Head, Step
from errors.search import suggest as find_suggestions
from errors.search.narrowing import FACETS, Narrowing
from errors.tallying import count_search
from errors.throttling import ask_to_wait, find_wait
from errors.views.caching import revalidated, unlisted


# Searching changes nothing, so it needs no protection against forgery; and pages with a
# search box but without a token are the same for everybody.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def search(request: HttpRequest) -> HttpResponse:
    """Look something up. What a form sends gets into the address only if it is nobody's."""
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("q") and (wait := find_wait(request, "search")):
        return ask_to_wait(request, wait)
    if request.method != "POST":
        return _show(request)
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    if not text:
        return redirect("search")
    return (
        redirect(search_url(text)) if may_travel(text) else search_here(request, text)
    )


@require_safe
@revalidated()
def _show(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    form.full_clean()
    values = form.cleaned_data  # an address may be spoilt in one part: the others hold
    text = values.get("q", "")
    if not text:
        context = {"head": _head(), "examples": examples()}
        return render(request, "errors/search.html", context)
    narrowing = Narrowing(**{name: values.get(name, "") for name in FACETS})
    wanted = Wanted(text, _language(), narrowing, values.get("page", ""))
    return unlisted(_answer(request, wanted))


@sensitive_variables()
@cache_control(no_store=True)
def search_here(request: HttpRequest, text: str) -> HttpResponse:
    """Answer with the page itself: the words are a person's and stay out of addresses."""
    return unlisted(_answer(request, Wanted(text, _language()), is_here=True))


@sensitive_variables()
def _answer(
    request: HttpRequest, wanted: Wanted, *, is_here: bool = False
) -> HttpResponse:
    published = published_catalog.require()
    explanation = explaining.explain(wanted.text, published.catalog)
    page = search_page(wanted, published, explanation)
    if not page.is_narrowed and wanted.page in ("", "1"):
        count_search(wanted.text, page.total, wanted.language)
    context = {"page": page, "is_here": is_here}
    return render(request, "errors/search.html", context)


@csrf_exempt
@require_POST
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest entries for what is being typed; by POST, for it may become an address."""
    if wait := find_wait(request, "suggest"):
        return JsonResponse(
            {"suggestions": []}, status=429, headers={"Retry-After": str(wait)}
        )
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    published = published_catalog.require()
    language = _language()
    hits = find_suggestions(text, language, published.index) if text else ()
    return JsonResponse({"suggestions": suggestions(hits, published, language)})


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def _head() -> Head:
    path = reverse("search")
    return Head(
        title=_("Search"),
        description=_("Search mail errors by words, codes or a line of the notice."),
        path=path,
        trail=(Step(_("Search"), path),),
    )

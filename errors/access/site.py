"""The admin site with our way in: two steps, a limit of tries, sessions that end."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib import admin, auth
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from errors import catalog
from errors.access import steps, views
from errors.throttling import ask_to_wait, find_wait


class StaffSite(admin.AdminSite):
    """Lets in staff who took the second step, where `settings.STAFF_TWO_FACTOR` asks for it.

    Ask `has_permission`, not `user.is_staff`, whether somebody may see what staff see.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        return (
            super().has_permission(request)
            and steps.is_fresh(request)
            and (not settings.STAFF_TWO_FACTOR or steps.is_verified(request.user))
        )

    def admin_view(  # type: ignore[override]  # the stubs promise the view's own type back
        self,
        view: Callable[..., Any],
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Callable[..., Any]:
        """Guard a page, and let every look at it begin the idle time anew."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def seen(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
            if self.has_permission(request):
                steps.prolong(request)
            response: HttpResponse = guarded(request, *args, **options)
            return response

        return seen

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Tell every page whether customers read the catalog as staff see it."""
        context = super().each_context(request)
        return {**context, "catalog_problem": catalog.current().problem}

    def get_urls(self) -> list[Any]:
        return [
            self._path("second-step/", views.second_step),
            self._path("enrol/", views.enrol),
            path(
                "two-step/",
                self.admin_view(partial(views.two_step, site=self)),
                name="two_step",
            ),
            *super().get_urls(),
        ]

    def _path(self, route: str, view: Callable[..., HttpResponse]) -> URLPattern:
        """Serve a page for somebody who is not logged in yet."""
        guarded = never_cache(sensitive_post_parameters()(partial(view, site=self)))
        return path(route, guarded, name=view.__name__)

    # Django's own, but for the view that only takes the first step.
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated and request.user.is_staff:
            auth.logout(request)  # too old a session, or one without its second step
        if request.method == "POST" and (wait := find_wait(request, "login")):
            return ask_to_wait(request, wait)
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        if REDIRECT_FIELD_NAME not in {*request.GET, *request.POST}:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        view: Callable[..., Any] = views.PasswordStep.as_view(
            extra_context=context,
            authentication_form=AdminAuthenticationForm,
            template_name="admin/login.html",
        )
        response: HttpResponse = view(request)
        return response

"""Saving at the desk: in one act, never over somebody else's work, never unproven.

Every change is made within a transaction. If it would take an Example from its entry, or if
somebody else saved the same row in the meantime, the transaction is undone and the page
comes back with what was typed and with what there is to decide.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from errors.admin.forms import LINES, ExampleFormSet
from errors.admin.locking import check_lock
from errors.admin.troubles import Stopped, Trouble, Vanished
from errors.admin.versions import show_versions
from errors.catalog import bumping_once, hold
from errors.history import one_act
from errors.models import Entry
from errors.rehearsing import Standing, find_losses, stand
from errors.shipping.contents import content_of, fingerprint


@contextmanager
def one_change(reason: str = "") -> Iterator[Standing]:
    """Make all changes within one transaction, one version and one step of the revision.

    One after the other: each is tried on a catalog that holds those before it.
    """
    with transaction.atomic():
        hold()
        before = stand()
        with bumping_once(), one_act(reason):
            yield before


def rehearse(request: HttpRequest, before: Standing) -> None:
    """Raise Stopped where a change takes Examples away and nobody has confirmed it."""
    losses = find_losses(before)
    if not losses:
        return
    slugs = {loss.entry for loss in losses}
    for loss in losses:
        slugs |= {one.entry for one in (loss.before, loss.after) if one}
    titles = {entry.slug: str(entry) for entry in Entry.objects.filter(slug__in=slugs)}
    stopped = Stopped(losses, titles)
    is_confirmed = request.POST.get("_confirm") == stopped.token
    if stopped.is_final or not (is_confirmed and may_confirm(request)):
        raise stopped


def may_confirm(request: HttpRequest) -> bool:
    return request.user.has_perm("errors.confirm_loss")


class Rehearsing(admin.ModelAdmin):
    """Changes the catalog in one act, rehearsed, and tells what that would take away."""

    def rehearse(self, request: HttpRequest) -> None:
        """Raise Stopped where the change of this request takes Examples away."""
        rehearse(request, request.standing)  # type: ignore[attr-defined]

    def guard(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        *args: Any,
        **kwargs: Any,
    ) -> HttpResponse:
        """Let a view without a form change the catalog; tell what it would take away."""
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with one_change() as before:
                request.standing = before  # type: ignore[attr-defined]  # for rehearse
                return view(request, *args, **kwargs)
        except Stopped as stopped:
            return self.show_stopped(request, stopped)

    def change(
        self, request: HttpRequest, write: Callable[[], None], reason: str
    ) -> None:
        """Change rows in one act, rehearsed; raises Stopped."""
        with one_change(reason) as before:
            request.standing = before  # type: ignore[attr-defined]  # for rehearse
            write()
            self.rehearse(request)

    def show_stopped(self, request: HttpRequest, stopped: Stopped) -> HttpResponse:
        """Tell what a change without a form would take away, and let it be confirmed."""
        left_out = {"csrfmiddlewaretoken", "_confirm"}
        posted = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in left_out
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("This change takes examples away"),
            "trouble": stopped,
            "may_confirm": may_confirm(request),
            "posted": posted,
        }
        name = "admin/errors/stopped.html"
        return TemplateResponse(request, name, context, status=409)


class Guarded(Rehearsing):
    """Guards every way in which the admin changes a row of the catalog."""

    change_form_template = "admin/errors/guarded_form.html"
    formfield_overrides = LINES

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with one_change() as before:
                request.standing = before  # type: ignore[attr-defined]  # for save_related
                resolved = object_id and check_lock(self, request, unquote(object_id))
                return resolved or super().changeform_view(
                    request, object_id, form_url, extra_context
                )
        except Vanished as trouble:
            object_id, form_url = None, reverse(f"admin:{self.page_name('add')}")
            said: Trouble = trouble
        except Trouble as trouble:
            said = trouble
        return self._show_again(request, said, object_id, form_url)

    def page_name(self, page: str) -> str:
        """Return the name of one of the admin's pages of this model."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def may_edit(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether somebody may change all of a row, not some of its texts alone."""
        return self.has_change_permission(request, obj)

    def _show_again(
        self,
        request: HttpRequest,
        trouble: Trouble,
        object_id: str | None,
        form_url: str,
    ) -> HttpResponse:
        """Show the page with what was typed: the form is told that it is not valid."""
        request.trouble = trouble  # type: ignore[attr-defined]  # for get_form
        context = {"trouble": trouble, "may_confirm": may_confirm(request)}
        response: HttpResponse = super().changeform_view(
            request, object_id, form_url, context
        )
        if not (isinstance(trouble, Stopped) and trouble.is_final):
            response.status_code = 409
        return response

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: Any,
    ) -> None:
        super().save_related(request, form, formsets, change)
        try:
            self.rehearse(request)
        except Stopped as stopped:
            stopped.slug = getattr(form.instance, "slug", "")
            raise

    def save_parts(self, request: HttpRequest, form: Any, formsets: Any) -> None:
        """Save what belongs to a row without the rehearsal: it is only tried."""
        super().save_related(request, form, formsets, change=True)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put into the page what its row says now, to be compared when it is saved."""
        row = context.get("original")
        if row is not None:
            based_on = request.POST.get("based_on") or fingerprint(content_of(row))
            context["based_on"] = based_on
        return super().render_change_form(request, context, *args, **kwargs)

    def get_form(  # type: ignore[override]  # as modeltranslation's
        self,
        request: HttpRequest,
        obj: Any = None,
        **kwargs: Any,
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        trouble = getattr(request, "trouble", None)
        return _refusing(form, trouble.message) if trouble else form

    def _create_formsets(
        self,
        request: HttpRequest,
        obj: Any,
        change: Any,
    ) -> tuple[list[BaseInlineFormSet], list[Any]]:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]  # not in the stubs
        trouble = getattr(request, "trouble", None)
        if isinstance(trouble, Stopped):
            for formset in formsets:
                if isinstance(formset, ExampleFormSet):
                    formset.strays = trouble.own_losses()
        return formsets, inlines

    def delete_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return self.guard(request, super().delete_view, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return self.guard(request, super().changelist_view, *args, **kwargs)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self.rehearse(request)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        self.rehearse(request)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self.guard(request, partial(show_versions, self), object_id)


def _refusing(form: type[ModelForm], message: str) -> type[ModelForm]:
    """Return a form that says what is in the way besides its own mistakes."""

    class Refusing(form):  # type: ignore[valid-type,misc]
        def clean(self) -> Any:
            cleaned = super().clean()
            self.add_error(None, message)
            return cleaned

    return Refusing

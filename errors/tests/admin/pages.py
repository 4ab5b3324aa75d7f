"""Pages of the admin as a browser has them: what their forms would send unchanged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse


def make_client(*groups, name="", superuser=False):
    """Return a browser in which somebody of these groups is logged in, in English."""
    user = get_user_model().objects.create_user(
        name or "-".join(groups) or "root", is_staff=True, is_superuser=superuser
    )
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    return client


def url_of(row, page="change"):
    name = f"admin:errors_{row._meta.model_name}_{page}"
    return reverse(name, args=[row.pk])


def fields_of(response):
    """Return what a browser sends for the form of a page that nobody touched."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            if field.field.disabled or field.name == "DELETE":
                continue
            value = field.value()
            if value not in (None, [], ""):
                data[field.html_name] = value
    if based_on := context.get("based_on"):
        data["based_on"] = based_on
    return data


def open_page(client, row):
    """Return the fields of a row's page, to be changed and sent by `send`."""
    return fields_of(client.get(url_of(row)))


def send(client, row, data):
    return client.post(url_of(row), data)


@contextmanager
def before_its_turn(act: Callable[[], Any]) -> Iterator[None]:
    """Let somebody else act while a change of the catalog waits for its turn."""
    waiting = [act]

    def watch(execute, sql, *rest):
        if waiting and '"errors_catalogrevision"."id"' in sql:
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert not waiting

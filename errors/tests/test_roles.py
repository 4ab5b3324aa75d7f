"""Roles: editors write drafts, publishers decide, translators have their language."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from errors.roles import languages_of, may_edit, may_publish
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db


def make_user(*groups):
    user = get_user_model().objects.create_user("-".join(groups) or "nobody")
    user.is_staff = True
    user.save()
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def test_the_groups_come_with_the_tables():
    assert set(Group.objects.values_list("name", flat=True)) >= {
        "editor",
        "publisher",
        "translator-ja",
        "translator-en",
    }


@pytest.mark.parametrize(
    ("group", "draft", "published", "publishes", "languages"),
    [
        ("editor", True, False, False, set()),
        ("publisher", True, True, True, set()),
        ("translator-en", False, False, False, {"en"}),
        ("nobody", False, False, False, set()),
    ],
)
def test_each_group_may_do_its_part(group, draft, published, publishes, languages):
    user = make_user(group)
    assert may_edit(user) is draft
    assert may_edit(user, make_entry("draft", state="draft")) is draft
    assert may_edit(user, make_entry("published")) is published
    assert may_publish(user) is publishes
    assert user.has_perm("errors.confirm_loss") is publishes
    assert languages_of(user) == languages


def test_a_language_that_is_added_gets_its_translators(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("de", "Deutsch")]
    call_command("migrate", verbosity=0)
    assert languages_of(make_user("translator-de")) == {"de"}
    assert languages_of(make_user("translator-en")) == {"en"}


def test_migrating_again_keeps_what_the_operator_added():
    group = Group.objects.get(name="editor")
    extra = Permission.objects.get(codename="add_section")
    group.permissions.add(extra)
    before = group.permissions.count()
    call_command("migrate", verbosity=0)
    assert (extra in group.permissions.all(), group.permissions.count()) == (
        True,
        before,
    )


@pytest.mark.parametrize(
    ("group", "listens", "frames"),
    [("editor", 200, 403), ("publisher", 200, 200), ("translator-en", 403, 403)],
)
def test_each_group_sees_its_pages(client, group, listens, frames):
    client.force_login(make_user(group))
    for name in ("unexplained", "feedback", "lostsearch", "tally"):
        page = client.get(reverse(f"admin:errors_{name}_changelist"))
        assert page.status_code == listens, name
    for name in ("section", "provider", "gloss", "term"):
        assert client.get(reverse(f"admin:errors_{name}_add")).status_code == frames
    for name in ("entry", "section", "provider", "gloss", "term", "synonym"):
        page = client.get(reverse(f"admin:errors_{name}_changelist"))
        assert page.status_code == 200

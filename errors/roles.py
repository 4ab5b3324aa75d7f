"""Who may do what at the desk: groups that come with the software, kept right by migrate.

Editors write drafts, publishers decide what customers see, translators change the texts of
one language. The groups are made after every `migrate`, so that a language that is added
gets its translators; rights that the operator added to a group stay.
"""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from errors.models import Entry, State

User = AbstractUser | AnonymousUser

PARTS = ("pattern", "example", "relation")  # of an entry
# What entries stand in and refer to, and what finds them.
FRAME = ("section", "provider", "gloss", "term", "synonym")
# Words for the search are daily work, and take no example from any entry.
SYNONYMS = {f"{act}_synonym" for act in ("add", "change", "delete")}
# What customers tell us: editors look through it and make entries of it.
HEARD = {
    "change_unexplained",
    *(f"view_{name}" for name in ("unexplained", "handin", "feedback", "lostsearch")),
    "view_tally",
}
EDITOR = {
    *HEARD,
    *SYNONYMS,
    *(f"{act}_{name}" for act in ("add", "change", "delete") for name in PARTS),
    *(f"{act}_entry" for act in ("add", "change", "delete")),
    *(f"view_{name}" for name in ("entry", *PARTS, *FRAME)),
}
PUBLISHER = {
    *EDITOR,
    *(f"{act}_{name}" for act in ("add", "change", "delete") for name in FRAME),
    *(f"delete_{name}" for name in ("unexplained", "handin", "feedback", "lostsearch")),
    "publish_entry",
    "confirm_loss",
}
TRANSLATOR = {f"view_{name}" for name in ("entry", *PARTS, *FRAME)}


def make_groups(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """Make the groups and a permission per language; runs after every migrate."""
    kind = ContentType.objects.db_manager(using).get_for_model(Entry)
    rights = {"editor": EDITOR, "publisher": PUBLISHER}
    for code, name in settings.LANGUAGES:
        Permission.objects.using(using).get_or_create(
            content_type=kind,
            codename=f"translate_{code}",
            defaults={"name": f"Can translate into {name}"},
        )
        rights[f"translator-{code}"] = TRANSLATOR | {f"translate_{code}"}
    for group_name, codenames in rights.items():
        group, _made = Group.objects.using(using).get_or_create(name=group_name)
        group.permissions.add(
            *Permission.objects.using(using).filter(
                Q(codename__in=codenames), content_type__app_label=sender.label
            )
        )


def may_edit(user: User, entry: Entry | None = None) -> bool:
    """Tell whether somebody may change all of an entry; None is any draft."""
    if not user.has_perm("errors.change_entry"):
        return False
    return entry is None or entry.state == State.DRAFT or may_publish(user)


def may_publish(user: User) -> bool:
    """Tell whether somebody decides what customers see."""
    return user.has_perm("errors.publish_entry")


def languages_of(user: User) -> set[str]:
    """Return the languages into which somebody may translate."""
    codes = (code for code, _ in settings.LANGUAGES)
    return {code for code in codes if user.has_perm(f"errors.translate_{code}")}

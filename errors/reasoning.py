"""The line that says why an entry won, in the reader's language."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _, ngettext

SEPARATOR = " · "


def say_why(why: str) -> str:
    """Translate what `bounce.specificity`, which knows no languages, gives as its reason.

    >>> say_why("wording elsewhere · 12 letters of wording")
    'wording elsewhere · 12 letters of wording'
    """
    return SEPARATOR.join(map(_say_part, why.split(SEPARATOR)))


def _say_part(part: str) -> str:
    found = re.fullmatch(r"(priority )?(-?\d+) ?(.*)", part)
    if found is None:
        return _PLAIN[part]() if part in _PLAIN else part
    if found[1]:
        return _("priority %(number)s") % {"number": found[2]}
    counted = _COUNTED.get(found[3])
    return counted(int(found[2])) % {"number": int(found[2])} if counted else part


# Functions, as the reader's language is known only when they are called.
_PLAIN: dict[str, Callable[[], str]] = {
    "not valid on that day": lambda: _("not valid on that day"),
    "wording in this recipient's diagnostic": lambda: _(
        "wording in this recipient's diagnostic"
    ),
    "wording beside this recipient's diagnostic": lambda: _(
        "wording beside this recipient's diagnostic"
    ),
    "wording elsewhere": lambda: _("wording elsewhere"),
    "status code alone": lambda: _("status code alone"),
    "reply code alone": lambda: _("reply code alone"),
    "class of the code alone": lambda: _("class of the code alone"),
    "provider in the bounce": lambda: _("provider in the bounce"),
    "provider of the recipient": lambda: _("provider of the recipient"),
    "provider in the bounce, but another host refused": lambda: _(
        "provider in the bounce, but another host refused"
    ),
    "SMTP command": lambda: _("SMTP command"),
}
_COUNTED: dict[str, Callable[[int], str]] = {
    "digits of codes required": lambda n: ngettext(
        "%(number)d digit of codes required", "%(number)d digits of codes required", n
    ),
    "letters of wording": lambda n: ngettext(
        "%(number)d letter of wording", "%(number)d letters of wording", n
    ),
    "codes agree": lambda n: ngettext(
        "%(number)d code agrees", "%(number)d codes agree", n
    ),
}

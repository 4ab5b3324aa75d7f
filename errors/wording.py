"""Say captured values as people say them, and put them into the texts of entries."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import overload

from django.utils import formats, timezone, translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, ngettext

from errors.bounce.values import Value

PLACEHOLDER = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")

_SIZE = re.compile(
    r"(\d[\d,_ ]{0,20}(?:\.\d{1,6})?)\s*"
    r"(ki?b?|kilobytes?|mi?b?|megabytes?|gi?b?|gigabytes?|b|bytes?|octets?"
    r"|キロ(?:バイト)?|メガ(?:バイト)?|ギガ(?:バイト)?|バイト)?(?![a-z\d])",
    re.IGNORECASE,
)
_SIZE_POWERS = {"k": 1, "m": 2, "g": 3, "キ": 1, "メ": 2, "ギ": 3}
_SIZE_UNITS = ("B", "KB", "MB", "GB")
_DURATION = re.compile(
    r"(\d{1,9}(?:\.\d{1,6})?)\s*"
    r"(weeks?|w|週間?|days?|d|日間?|hours?|hrs?|h|時間|minutes?|mins?|m|分間?|seconds?|secs?|s|秒間?)(?![a-z])",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,3}):(\d\d):(\d\d)")
_UNIT_SECONDS = {
    "w": 604800,
    "週": 604800,
    "d": 86400,
    "日": 86400,
    "h": 3600,
    "時": 3600,
    "m": 60,
    "分": 60,
    "s": 1,
    "秒": 1,
}
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)


@overload
def fill(text: SafeString, values: Iterable[Value], language: str) -> SafeString: ...
@overload
def fill(text: str, values: Iterable[Value], language: str) -> str: ...
def fill(text: str, values: Iterable[Value], language: str) -> str:
    """Replace `{name}` and `{name|fallback}` by the captured values.

    >>> fill("Mails above {size|the limit} are refused.", (), "en")
    'Mails above the limit are refused.'

    In safe HTML the values, which come from the paste, are escaped.
    """
    said: dict[str, str] = {}
    for value in values:
        said.setdefault(value.name, humanise(value, language))
    is_html = isinstance(text, SafeString)

    def replacement(found: re.Match[str]) -> str:
        name, fallback = found.groups()
        if name not in said:
            return fallback or ""
        return conditional_escape(said[name]) if is_html else said[name]

    filled = PLACEHOLDER.sub(replacement, text)
    # Safe text stays safe: all that was put in is escaped or was part of it before.
    return mark_safe(filled) if is_html else filled  # noqa: S308


def humanise(value: Value, language: str) -> str:
    """Say a captured value in the reader's language; what is not understood stays as is.

    A size of 10485760 is 10 MB, "0 days and 6 hours" is 6時間.
    """
    words = " ".join(unicodedata.normalize("NFKC", value.text).split())
    say = _SAYINGS.get(value.type)
    if say is None:
        return words
    if language == translation.get_language():
        return say(words)
    with translation.override(language):
        return say(words)


def plain_number(value: Value) -> str:
    """Return a size, a length of time or a count as a number with its unit, else "".

    A size of "10,000 KB" is 10000k, "0 days and 6 hours" is 21600s: no word of a bounce
    is left in it, and said again it is what it was.
    """
    words = " ".join(unicodedata.normalize("NFKC", value.text).split())
    match value.type:
        case "size" if found := _SIZE.search(words):
            number, power = _read_size(found)
            return _short(number) + ("", "k", "m", "g")[power]
        case "duration" if seconds := _read_duration(words):
            return f"{seconds}s"
        case "count" if re.fullmatch(r"\d{1,15}", digits := re.sub("[,_ ]", "", words)):
            return digits
    return ""


def _short(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _read_size(found: re.Match[str]) -> tuple[float, int]:
    """Return the number of a size, and its unit as a power of 1024."""
    number = float(re.sub("[,_ ]", "", found[1]))
    return number, _SIZE_POWERS.get((found[2] or "b")[0].lower(), 0)


def say_size(words: str) -> str:
    """Say a number of bytes, or a size that brings its unit, in the active language."""
    found = _SIZE.search(words)
    if found is None:
        return words
    number, power = _read_size(found)
    # 10000000 is meant as 10 MB as much as 10485760 is.
    step = 1000 if number % 1000 == 0 and number % 1024 else 1024
    while power < 3 and number >= step:
        number /= step
        power += 1
    if power == 0:
        return _("%(count)s bytes") % {"count": _say_number(number)}
    return f"{_say_number(number)} {_SIZE_UNITS[power]}"


def say_duration(words: str) -> str:
    """Say a length of time without its empty parts, in the active language."""
    return say_seconds(_read_duration(words)) or words


def _read_duration(words: str) -> int:
    """Return a length of time in seconds, 0 for what is none."""
    if clock := _CLOCK.fullmatch(words):
        hours, minutes, rest = map(int, clock.groups())
        return hours * 3600 + minutes * 60 + rest
    parts = [
        (float(number), unit.lower()[0]) for number, unit in _DURATION.findall(words)
    ]
    return round(sum(number * _UNIT_SECONDS[unit] for number, unit in parts))


def say_seconds(seconds: int) -> str:
    """Say a length of time, in hours up to two days, as mail servers do."""
    days, rest = divmod(seconds, 86400) if seconds > 2 * 86400 else (0, seconds)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = []
    if days:
        parts.append(
            ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
        )
    if hours:
        parts.append(
            ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
        )
    if minutes:
        parts.append(
            ngettext("%(count)d minute", "%(count)d minutes", minutes)
            % {"count": minutes}
        )
    if seconds and not parts:
        parts.append(
            ngettext("%(count)d second", "%(count)d seconds", seconds)
            % {"count": seconds}
        )
    if len(parts) < 2:
        return "".join(parts)
    # Translators: two parts of one length of time, as in "4 hours 30 minutes".
    return _("%(more)s %(less)s") % {"more": parts[0], "less": parts[1]}


def say_date(words: str) -> str:
    """Say a date of a mail in the site's time zone, or leave it as it was written."""
    moment = read_date(words)
    if moment is None:
        return words
    if not isinstance(moment, datetime):
        return formats.date_format(moment, "DATE_FORMAT")
    if timezone.is_aware(moment):
        try:
            moment = timezone.localtime(moment)
        except OverflowError:  # a date at the edge of the calendar
            return words
    day = formats.date_format(moment, "DATE_FORMAT")
    return _("%(day)s, %(time)s") % {"day": day, "time": f"{moment:%H:%M}"}


def read_date(words: str) -> date | datetime | None:
    """Read a date of RFC 5322 or ISO 8601."""
    try:
        if found := _ISO.search(words):
            moment = datetime.fromisoformat(found[0])
            return moment if len(found[0]) > 10 else moment.date()
        return parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _say_count(words: str) -> str:
    digits = re.sub("[,_ ]", "", words)
    return _say_number(float(digits)) if re.fullmatch(r"\d{1,15}", digits) else words


def _say_number(number: float) -> str:
    shown = f"{number:,.1f}"
    return shown.removesuffix(".0")


_SAYINGS: dict[str, Callable[[str], str]] = {
    "size": say_size,
    "duration": say_duration,
    "date": say_date,
    "count": _say_count,
    "address": lambda words: words.strip("<>"),
}

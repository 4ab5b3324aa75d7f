"""Logs and error mails without personal data: for people at the desk, JSON in production.

What a customer pasted can stand in the message of any exception, in a query or in a path
that leads nowhere. So an exception is told by its type and its place in the code alone,
queries are cut off, and addresses are blanked.
"""

import re
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter
from structlog.typing import EventDict, WrappedLogger

from errors.bounce.redacting import redact

FRAMES_MAX = 12  # of a traceback, nearest to where it happened
QUERY = re.compile(r"\?\S+")


def logging_config(*, is_json: bool, level: str) -> dict[str, Any]:
    """Return the LOGGING of production (JSON, a line an event) or of the developer's desk."""
    handler: dict[str, Any] = {"class": "logging.StreamHandler"}
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": handler},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"axes": {"level": "WARNING"}},  # logins have a record of their own
    }
    if is_json:
        handler["formatter"] = "json"
        config["formatters"] = {"json": json_formatter()}
        config["loggers"] |= {
            # Missing pages and foreign host names are the web server's to count; their
            # addresses hold whatever somebody typed.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Not through Django's own handlers, but for the mail to ADMINS.
            "django": {"handlers": ["mail_admins"], "level": level},
        }
        handlers = config["handlers"]
        handlers["mail_admins"] = {
            "level": "ERROR",
            "class": "django.utils.log.AdminEmailHandler",
            "reporter_class": "errors.logs.BareReporter",
            "formatter": "json",
        }
    return config


def json_formatter() -> dict[str, Any]:
    """Return a formatter of `logging.config` that writes JSON without personal data."""
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        "processors": [
            tell_place,
            blank_private,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }


def tell_place(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put type and place of an exception where its message would stand."""
    exception = event.pop("exc_info", None)
    if isinstance(exception, tuple):
        exception = exception[1]
    if isinstance(exception, BaseException):
        event["exception"] = list(describe(exception))
    event.pop("stack_info", None)
    return event


def blank_private(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Cut queries off and blank addresses in what is said."""
    event["event"] = redact(QUERY.sub("?…", str(event.get("event", ""))))
    return event


def describe(exception: BaseException) -> Iterator[str]:
    """Yield type and place of an exception and of those that led to it, innermost last.

    >>> try: int("taro@example.jp")
    ... except ValueError as problem: print(*describe(problem))
    ValueError at <doctest ...>:1 in <module>
    """
    seen: set[int] = set()
    current: BaseException | None = exception
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = type(current)
        code = getattr(current, "sqlstate", None) or getattr(
            current, "sqlite_errorname", None
        )
        yield f"{kind.__module__}.{kind.__qualname__}" + (f" ({code})" if code else "")
        for frame in traceback.extract_tb(current.__traceback__)[-FRAMES_MAX:]:
            yield f"  at {frame.filename}:{frame.lineno} in {frame.name}"
        current = current.__cause__ or current.__context__


class BareReporter(ExceptionReporter):
    """Tells an error mail type and place; no values, no request, no settings."""

    def get_traceback_text(self) -> SafeString:
        exception = self.exc_value
        return SafeString("\n".join(describe(exception)) if exception else "")

    def get_traceback_html(self) -> SafeString:
        return SafeString()

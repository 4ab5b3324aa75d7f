"""The customer's pages."""

from errors.views.browsing import catalog, entry, everything, section
from errors.views.colours import brand_colours
from errors.views.explaining import explain, home
from errors.views.listening import feedback, hand_in, thanks
from errors.views.trouble import (
    bad_request,
    csrf_failure,
    forbidden,
    not_found,
    server_error,
    unavailable,
)

__all__ = [
    "bad_request",
    "brand_colours",
    "catalog",
    "csrf_failure",
    "entry",
    "everything",
    "explain",
    "feedback",
    "forbidden",
    "hand_in",
    "home",
    "not_found",
    "section",
    "server_error",
    "thanks",
    "unavailable",
]

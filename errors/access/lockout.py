"""What someone meets who has failed to log in too often; called by django-axes."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from errors.throttling import ask_to_wait


def refuse(request: HttpRequest, *_: Any) -> HttpResponse:
    """Answer 429 with the page that asks for patience."""
    return ask_to_wait(request, int(settings.AXES_COOLOFF_TIME.total_seconds()))

"""Bodies of requests that may be too large to be read."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

DRAIN_MAX = 64 * 1024 * 1024


def refuse_too_large(request: HttpRequest) -> None:
    """Raise RequestDataTooBig for a body that no form could take."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and int(length) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig


def drain(request: HttpRequest) -> None:
    """Read and drop the body: a browser still sending would never see the answer."""
    left = DRAIN_MAX
    while left > 0 and (chunk := request.read(64 * 1024)):
        left -= len(chunk)

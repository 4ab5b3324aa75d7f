"""How often one client may ask for an explanation, counted in Django's cache."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def find_wait(request: HttpRequest) -> int:
    """Count this request; return the seconds to wait, 0 when it may go on.

    A fixed window per client. The cache knows a client by a keyed hash alone, so that
    no address of a person is kept.
    """
    seconds = settings.PASTE_RATE_SECONDS
    window, elapsed = divmod(int(time.time()), seconds)
    client = salted_hmac("errors.throttling", client_of(request)).hexdigest()
    key = f"pastes:{window}:{client}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # dropped between the two calls: the cache is full
        return 0
    return seconds - elapsed if count > settings.PASTE_RATE_LIMIT else 0


def client_of(request: HttpRequest) -> str:
    """Return the address of the client; the proxy appends the one it saw itself."""
    if settings.BEHIND_PROXY:
        forwarded: str = request.headers.get("x-forwarded-for", "")
        if last := forwarded.rpartition(",")[2].strip():
            return last
    return str(request.META.get("REMOTE_ADDR", ""))

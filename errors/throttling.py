"""How often one client may ask for something, counted in Django's cache for all nodes."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client has left of one purpose; `wait` is 0 while it may go on."""

    limit: int
    remaining: int
    reset: int  # seconds until it is whole again
    wait: int = 0

    def headers(self) -> dict[str, str]:
        """Return the header fields that tell a program how to pace itself."""
        said = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return said | ({"Retry-After": str(self.wait)} if self.wait else {})


def find_wait(request: HttpRequest, purpose: str = "paste") -> int:
    """Count this request; return the seconds to wait, 0 when it may go on."""
    return count(purpose, client_of(request)).wait


def count(purpose: str, client: str, *, limit: int | None = None) -> Allowance:
    """Count one use by a client in a fixed window; PURPOSE_RATE_… are settings.

    The cache knows a client by a keyed hash alone, so that no address of a person is kept.
    """
    seconds = getattr(settings, f"{purpose.upper()}_RATE_SECONDS")
    limit = (
        getattr(settings, f"{purpose.upper()}_RATE_LIMIT") if limit is None else limit
    )
    window, elapsed = divmod(int(time.time()), seconds)
    known_as = salted_hmac("errors.throttling", client).hexdigest()
    key = f"rate:{purpose}:{window}:{known_as}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        used = cache.incr(key)
    except ValueError:  # dropped between the two calls: the cache is full
        used = 1
    reset = seconds - elapsed
    return Allowance(
        limit=limit,
        remaining=max(0, limit - used),
        reset=reset,
        wait=reset if used > limit else 0,
    )


def client_of(request: HttpRequest) -> str:
    """Return the address of the client; the proxy appends the one it saw itself."""
    if settings.BEHIND_PROXY:
        forwarded: str = request.headers.get("x-forwarded-for", "")
        if last := forwarded.rpartition(",")[2].strip():
            return last
    return str(request.META.get("REMOTE_ADDR", ""))

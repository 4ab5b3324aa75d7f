"""How often one client may ask, per purpose, counted in Django's cache."""

import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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
    return count(purpose, network_of(request)).wait


def count(purpose: str, client: str) -> Allowance:
    """Count one use by a client in a fixed window.

    PASTE_RATE_LIMIT in PASTE_RATE_SECONDS and so on are settings, per purpose. The cache
    knows a client by a keyed hash alone, so that no address of a person is kept.
    """
    limit = getattr(settings, f"{purpose.upper()}_RATE_LIMIT")
    seconds = getattr(settings, f"{purpose.upper()}_RATE_SECONDS")
    window, elapsed = divmod(int(time.time()), seconds)
    known_as = salted_hmac("errors.throttling", client).hexdigest()
    key = f"{purpose}:{window}:{known_as}"
    try:
        used = cache.incr(key)
    except ValueError:  # the first in its window, or another one in this very moment
        used = 1 if cache.add(key, 1, timeout=2 * seconds) else 2
    reset = seconds - elapsed
    return Allowance(
        limit=limit,
        remaining=max(0, limit - used),
        reset=reset,
        wait=reset if used > limit else 0,
    )


def ask_to_wait(request: HttpRequest, seconds: int) -> HttpResponse:
    """Answer with the page that asks for patience, status 429."""
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def client_of(request: HttpRequest) -> str:
    """Return the address of the client; the proxy appends the one it saw itself."""
    if settings.BEHIND_PROXY:
        forwarded: str = request.headers.get("x-forwarded-for", "")
        if last := forwarded.rpartition(",")[2].strip():
            return last
    return str(request.META.get("REMOTE_ADDR", ""))


def address_of(request: HttpRequest) -> str | None:
    """Return the client's address where it is one; some proxies send other things."""
    try:
        return str(ipaddress.ip_address(client_of(request)))
    except ValueError:
        return None


def network_of(request: HttpRequest) -> str:
    """Return what one client has to itself: an IPv4 address, or an IPv6 /64."""
    client = client_of(request)
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4 or address.ipv4_mapped:
        return client
    return str(ipaddress.ip_network((address, 64), strict=False))

"""What the cache holds, whichever it is."""

from django.conf import settings
from django.core.cache import cache


def names():
    """Return the names of all that is kept."""
    if settings.CACHE_URL:
        return [key.decode() for key in cache._cache.get_client().scan_iter()]
    return list(cache._cache)


def everything():
    """Return all names and values as one text, to look for what must not be there."""
    if settings.CACHE_URL:
        client = cache._cache.get_client()
        return str({key: client.get(key) for key in client.scan_iter()})
    return str(cache._cache)

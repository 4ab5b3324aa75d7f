"""What was answered, so that nothing is answered twice: keyed hashes in the cache."""

from django.core.cache import BaseCache, cache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.utils.crypto import salted_hmac

from errors.rediscache import ForgivingRedisCache

KEPT_SECONDS = 30 * 24 * 3600


def is_lasting() -> bool:
    """Tell whether the cache outlives this process, as a pipe needs it, and is there."""
    backend: BaseCache = caches["default"]
    if isinstance(backend, ForgivingRedisCache):
        backend.get("anything")  # finds out
        return not backend.is_away()
    return not isinstance(backend, LocMemCache | DummyCache)


def remember(sender: str, thread: list[str]) -> bool:
    """Note each mail of a thread for its sender; False when one of them is known."""
    keys = _keys(sender, thread)
    if any(cache.get_many(keys).values()):
        return False
    return all(cache.add(key, 1, timeout=KEPT_SECONDS) for key in keys)


def forget(sender: str, thread: list[str]) -> None:
    """Take back what was noted: the answer could not be sent and will be tried again."""
    cache.delete_many(_keys(sender, thread))


def _keys(sender: str, thread: list[str]) -> list[str]:
    return [
        f"answered:{salted_hmac('errors.mailin', f'{sender} {one}').hexdigest()}"
        for one in thread
    ]

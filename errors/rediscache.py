"""Django's Redis cache, going on without Redis: slower and alone, but never broken."""

import logging
import time
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

RETRY_SECONDS = 5.0  # for so long a Redis that failed is not asked again

COUNT = """
if redis.call('exists', KEYS[1]) == 1 then return redis.call('incrby', KEYS[1], ARGV[1]) end
"""

logger = logging.getLogger(__name__)


class QuickRedisCache(RedisCache):
    """Counts in one round trip, where Django's own asks first whether there is the key."""

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        name = self.make_and_validate_key(key, version=version)
        client = self._cache.get_client(name, write=True)
        value = client.eval(COUNT, 1, name, delta)
        if value is None:
            raise ValueError(f"Key {key!r} not found.")
        return int(value)


def _guarded(name: str) -> Any:
    """Return an operation that this process's own memory carries out while Redis is away."""

    def operation(self: "ForgivingRedisCache", *args: Any, **options: Any) -> Any:
        if not self.is_away():
            try:
                return getattr(QuickRedisCache, name)(self, *args, **options)
            except RedisError as problem:
                self.note_absence(problem)
        return getattr(self.own, name)(*args, **options)

    return operation


class ForgivingRedisCache(QuickRedisCache):
    """Counts and keeps in the process's own memory while Redis does not answer.

    So limits stay limits, if each process's own, and nobody waits for a dead server twice.
    """

    _asked_again_at: ClassVar[float] = 0.0  # one for all threads: time.monotonic()

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.own = LocMemCache("without redis", params)

    @classmethod
    def is_away(cls) -> bool:
        """Tell whether Redis failed a moment ago."""
        return time.monotonic() < cls._asked_again_at

    @classmethod
    def note_absence(cls, problem: Exception | None) -> None:
        """Leave Redis alone for a while; with None, ask it again at once."""
        if problem is not None:
            logger.warning("Redis does not answer: %s", type(problem).__name__)
        cls._asked_again_at = time.monotonic() + RETRY_SECONDS if problem else 0.0

    add = _guarded("add")
    get = _guarded("get")
    set = _guarded("set")
    touch = _guarded("touch")
    delete = _guarded("delete")
    get_many = _guarded("get_many")
    set_many = _guarded("set_many")
    delete_many = _guarded("delete_many")
    has_key = _guarded("has_key")
    incr = _guarded("incr")
    clear = _guarded("clear")

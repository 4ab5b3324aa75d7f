"""Without Redis the cache goes on in the process's own memory."""

import socket
import time

import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from errors.rediscache import ForgivingRedisCache
from errors.throttling import find_wait


@pytest.fixture
def without_redis(settings):
    """Name a Redis where none listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings.CACHES = {
        "default": {
            "BACKEND": "errors.rediscache.ForgivingRedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }
    ForgivingRedisCache.note_absence(None)
    yield
    cache.clear()
    ForgivingRedisCache.note_absence(None)


@pytest.mark.usefixtures("without_redis")
def test_every_operation_goes_on_without_redis():
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    assert cache.incr("a") == 2
    assert cache.get("a") == 2
    assert cache.get("b", "default") == "default"
    assert "a" in cache
    assert cache.set_many({"c": 3, "d": 4}) == []
    assert cache.get_many(["c", "d"]) == {"c": 3, "d": 4}
    assert cache.touch("c")
    assert cache.delete("c")
    cache.delete_many(["d"])
    assert cache.get_or_set("e", 5) == 5
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nothing")


@pytest.mark.usefixtures("without_redis")
def test_limits_stay_limits_without_redis(rf, settings):
    settings.PASTE_RATE_LIMIT, settings.PASTE_RATE_SECONDS = 2, 3600
    waits = [find_wait(rf.post("/")) for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert waits[2] > 0


@pytest.mark.usefixtures("without_redis")
def test_redis_that_is_away_is_asked_once_and_reported_once(caplog):
    for _ in range(20):
        cache.get("x")
    assert caplog.messages == ["Redis does not answer: ConnectionError"]


@pytest.mark.usefixtures("without_redis")
def test_redis_is_asked_again_after_a_while(monkeypatch, caplog):
    cache.get("x")
    later = time.monotonic() + 60
    monkeypatch.setattr("errors.rediscache.time.monotonic", lambda: later)
    cache.get("x")
    assert len(caplog.messages) == 2


def test_no_operation_that_asks_redis_is_forgotten():
    own = {name for name, value in vars(RedisCache).items() if callable(value)}
    asking = {name for name in own if not name.startswith("_")} - {
        "get_backend_timeout"
    }
    assert asking <= set(vars(ForgivingRedisCache))


@pytest.mark.skipif(not site.CACHE_URL, reason="needs a Redis: .ci/redis")
def test_redis_counts_together_with_others():
    cache.add("n", 0, timeout=60)
    assert [cache.incr("n"), cache.incr("n", 5)] == [1, 6]
    assert cache.get("n") == 6
    assert not ForgivingRedisCache.is_away()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nothing")

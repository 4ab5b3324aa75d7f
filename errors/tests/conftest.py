"""What every test may rely on."""

from types import SimpleNamespace

import pytest
from django.conf import settings as site
from django.core.cache import cache
from hypothesis import settings

from errors import catalog, tallying, throttling
from errors.rediscache import ForgivingRedisCache

settings.register_profile("quick", max_examples=150, deadline=None)
settings.register_profile("thorough", max_examples=7_000, deadline=None)
settings.load_profile("quick")  # another one: --hypothesis-profile=thorough

if site.CACHE_URL:  # a machine that is busy for a moment is no Redis that is away
    site.CACHES["default"]["OPTIONS"]["socket_timeout"] = 30


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what meets the database through a fixture, so that PostgreSQL runs it too."""
    for item in items:
        if "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(autouse=True)
def _fresh_memory(request, settings, monkeypatch):
    """Keep no catalog and no counter of one test for the next; figures wait for a call."""
    settings.TALLY_SECONDS = 3600
    names = request.fixturenames
    if "django_assert_num_queries" in names and "clock" not in names:
        # On a slow machine a look at the revision would be among what is counted.
        monkeypatch.setattr(catalog, "CHECK_SECONDS", 3600)
    # Where a window of a limit ends in the midst of a test, its counting starts anew.
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: 0.0))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    catalog.forget()
    tallying.forget()
    ForgivingRedisCache.note_absence(None)
    cache.clear()
    yield
    catalog.forget()
    tallying.forget()

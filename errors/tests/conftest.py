"""What every test may rely on."""

import pytest
from django.core.cache import cache
from hypothesis import settings

from errors import catalog, tallying

settings.register_profile("quick", max_examples=150, deadline=None)
settings.register_profile("thorough", max_examples=7_000, deadline=None)
settings.load_profile("quick")  # another one: --hypothesis-profile=thorough


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
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    catalog.forget()
    tallying.forget()
    cache.clear()
    yield
    catalog.forget()
    tallying.forget()

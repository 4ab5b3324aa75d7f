"""What every test may rely on."""

import pytest
from django.core.cache import cache

from errors import catalog


@pytest.fixture(autouse=True)
def _fresh_memory():
    """Keep no catalog and no counter of one test for the next."""
    catalog.forget()
    cache.clear()
    yield
    catalog.forget()

"""The API does what its OpenAPI description says, whatever is sent: schemathesis' checks.

A bounded look in every run; a long one with --hypothesis-profile=thorough.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import settings as hypothesis_settings

from errors.tests.rows import make_entry
from faqsite.wsgi import application

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def _entries(db, settings):
    settings.API_RATE_LIMIT = 10**9
    make_entry("user-unknown", "user unknown", reply_code="550", status_code="5.1.1")


@pytest.fixture
def _one_connection():
    """Keep the test's connection, as Django's own client does: its rows are seen there."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_entries", "_one_connection")
@schema.parametrize()
@hypothesis_settings(max_examples=hypothesis_settings().max_examples // 10)
def test_operation_keeps_its_word(case):
    # The client within this process does not unpack what is compressed.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})

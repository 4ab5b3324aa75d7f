"""The API does what its OpenAPI description says, whatever is sent: schemathesis' checks.

A bounded look in every run; a long one with --hypothesis-profile=thorough.
"""

import pytest
import schemathesis
from hypothesis import settings as hypothesis_settings

from errors.tests.rows import make_entry
from faqsite.wsgi import application

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def _entries(db, settings):
    settings.API_RATE_LIMIT = 10**9
    make_entry("user-unknown", "user unknown", reply_code="550", status_code="5.1.1")


@pytest.mark.usefixtures("_entries")
@schema.parametrize()
@hypothesis_settings(max_examples=hypothesis_settings().max_examples // 10)
def test_operation_keeps_its_word(case):
    # The client within this process does not unpack what is compressed.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})

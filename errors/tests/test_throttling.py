"""How often one client may ask, per purpose."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from errors.tests import kept
from errors.throttling import address_of, ask_to_wait, find_wait


@pytest.fixture(autouse=True)
def _rates(settings):
    settings.PASTE_RATE_LIMIT, settings.FEEDBACK_RATE_LIMIT = 2, 1
    settings.PASTE_RATE_SECONDS = settings.FEEDBACK_RATE_SECONDS = 3600


def request_from(address, **headers):
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


def waits(address, purpose="paste", times=1):
    return [find_wait(request_from(address), purpose) for _ in range(times)]


def test_the_limit_is_reached_after_so_many():
    assert [bool(wait) for wait in waits("192.0.2.1", times=4)] == [
        False,
        False,
        True,
        True,
    ]


def test_each_purpose_and_each_client_is_counted_apart():
    waits("192.0.2.1", times=3)
    assert waits("192.0.2.1", "feedback") == [0]
    assert waits("192.0.2.2") == [0]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_a_client_is_an_address_or_a_network_of_ipv6(one, other, alike):
    waits(one, "feedback")
    assert bool(waits(other, "feedback")[0]) is alike


def test_the_cache_holds_no_address():
    waits("192.0.2.77")
    assert kept.names()
    assert "192.0.2.77" not in kept.everything()


@pytest.mark.parametrize(
    ("address", "said"),
    [("192.0.2.1", "192.0.2.1"), ("unknown", None), ("192.0.2.1:443", None)],
)
def test_only_an_address_is_taken_for_one(address, said):
    assert address_of(request_from(address)) == said


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2)])
def test_the_page_asks_for_patience(seconds, minutes):
    with translation.override("en"):
        response = ask_to_wait(request_from("192.0.2.1"), seconds)
    assert (response.status_code, response["Retry-After"]) == (429, str(seconds))
    assert f"in {minutes} minute" in response.content.decode()

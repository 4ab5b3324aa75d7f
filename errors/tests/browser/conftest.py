"""Real Chromium, the system's own, against a live server."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from audit import chromium, serving
from errors.shipping import load

# Playwright's loop runs in this thread; Django only meets its own synchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    missing = pytest.mark.skip(reason="Chromium is not installed")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not chromium.PATH and not os.environ.get("CI"):
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": chromium.PATH,
        "args": chromium.FLAGS,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "ja-JP",
        "timezone_id": "Asia/Tokyo",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture(scope="session")
def served():
    """Return the address of the site as production serves it, for tests that only read."""
    with serving.site() as address:
        yield address


@pytest.fixture
def site(live_server):
    """Return the address of a site with the shipped catalog, for tests that write."""
    load(settings.BASE_DIR / "fixtures" / "catalog")
    return live_server.url


@pytest.fixture
def watch():
    """Fail on any script error or refusal by the content security policy in a tab."""
    said = []

    def watch(tab):
        tab.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        return tab

    yield watch
    unexpected = [text for text in said if "status of 4" not in text]
    assert unexpected == []


@pytest.fixture(autouse=True)
def _no_complaints(page, watch):
    watch(page)

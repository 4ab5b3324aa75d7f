"""Real Chromium, the system's own, against a live server."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from errors.shipping import load

# Playwright's loop runs in this thread; Django only meets its own synchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    missing = pytest.mark.skip(reason="Chromium is not installed")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("CI"):
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "ja-JP",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def site(live_server):
    """Return the address of a site with the shipped catalog."""
    load(settings.BASE_DIR / "fixtures" / "catalog")
    return live_server.url


@pytest.fixture(autouse=True)
def _no_complaints(page):
    """Fail on any script error or refusal by the content security policy."""
    said = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield
    unexpected = [text for text in said if "status of 4" not in text]
    assert unexpected == []

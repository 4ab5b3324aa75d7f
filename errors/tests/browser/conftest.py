"""Real Chromium, the system's own, against a live server."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connections
from playwright.sync_api import expect

from audit import chromium, serving
from errors.shipping import load

# Playwright's loop runs in this thread; Django only meets its own synchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
PASSWORD = "long-enough-for-tests"  # noqa: S105 - of a database that lives for one test
# Of the browser about what a test wants: refusals, and the bench's frame that runs nothing.
COMPLAINTS = ("status of 4", "script execution in 'about:srcdoc'")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    missing = pytest.mark.skip(reason="Chromium is not installed")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not chromium.PATH and not os.environ.get("CI"):
                item.add_marker(missing)


@pytest.fixture(scope="session", autouse=True)
def _close_connections(django_db_setup, playwright):
    """Close what was opened while Playwright's loop ran: Django keeps that apart.

    Left open it would keep PostgreSQL from dropping the tests' database.
    """
    yield
    connections.close_all()


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


@pytest.fixture
def log_in(browser, browser_context_args, live_server):
    """Return a browser of its own for each member of staff."""
    contexts, said = [], []

    def open_browser(name, group="publisher", **options):
        user = get_user_model().objects.create_user(name, password=PASSWORD)
        user.is_staff = True
        user.save()
        user.groups.set(Group.objects.filter(name=group))
        context = browser.new_context(**{**browser_context_args, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{live_server.url}/admin/")
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        expect(page.locator("#user-tools")).to_be_visible()
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert [text for text in said if not any(c in text for c in COMPLAINTS)] == []

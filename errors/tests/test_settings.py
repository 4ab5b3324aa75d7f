"""The settings refuse to be careless in production. Each runs in a process of its own."""

import os
import secrets
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "faq.example.jp",
    "DATABASE_URL": "sqlite://:memory:",
}


def manage(*command, **environment):
    """Run manage.py with nothing in its environment but what is given."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(name, **environment):
    """Print one setting as a fresh process sees it."""
    code = f"from django.conf import settings; print(settings.{name})"
    return manage("shell", "--verbosity", "0", "--command", code, **environment)


def test_check_deploy_in_production_finds_nothing():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")


def test_check_deploy_without_hsts_fails():
    """The check above would notice a careless setting."""
    done = manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        **PRODUCTION | {"SECURE_HSTS_SECONDS": "0"},
    )
    assert done.returncode == 1
    assert "security.W004" in done.stderr


@pytest.mark.parametrize("key", [{}, {"SECRET_KEY": ""}], ids=["missing", "empty"])
def test_production_without_secret_key_does_not_start(key):
    environment = {k: v for k, v in PRODUCTION.items() if k != "SECRET_KEY"}
    done = manage("check", **environment, **key)
    assert done.returncode != 0
    assert "SECRET_KEY is required when DEBUG is off." in done.stderr


@pytest.mark.parametrize(
    ("name", "production"),
    [
        ("DEBUG", "False"),
        ("ALLOWED_HOSTS", "['faq.example.jp']"),
        ("SECURE_SSL_REDIRECT", "True"),
        ("SESSION_COOKIE_SECURE", "True"),
        ("CSRF_COOKIE_SECURE", "True"),
        ("STAFF_TWO_FACTOR", "True"),
    ],
)
def test_setting_in_production_is_safe(name, production):
    done = setting(name, **PRODUCTION)
    assert done.stdout.strip() == production


def test_settings_without_environment_are_a_site_to_try():
    assert setting("DEBUG", DATABASE_URL="sqlite://:memory:").stdout.strip() == "True"


def test_pages_may_not_run_or_style_inline():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "'unsafe-inline'" not in str(directives)
    assert (directives["script-src"], directives["style-src"]) == (["'self'"],) * 2

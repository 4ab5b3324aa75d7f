"""A third language: one setting, one migration, and what is not translated says so."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

LEFT_BEHIND = shutil.ignore_patterns(
    ".*", "*.sqlite3*", "node_modules", "staticfiles", "tests"
)

# What an operator sees after adding French, before anybody translated a word of it.
LOOK = """
import json, re
from django.test import Client
from errors.models import Entry, Section
from errors.search.words import find_terms

section = Section.objects.create(slug="s", position=1, title_ja="分類", title_en="Section")
Entry.objects.create(
    slug="one", section=section, position=1, state="published",
    title_ja="題", title_en="Title", title_fr="Boîte pleine",
    summary_ja="要約です。", summary_en="A summary.",
)
client = Client(HTTP_HOST="localhost")
html = client.get("/fr/errors/in/s/").content.decode()
entry = client.get("/fr/errors/one/").content.decode()
print(json.dumps({
    "lang": re.search('<html lang="(..)">', html)[1],
    "fields": sorted(f.name for f in Entry._meta.fields if f.name.startswith("title_")),
    "switch": re.findall('hreflang="(..)">([^<]+)</a>', html),
    "alternates": re.findall('<link rel="alternate" hreflang="([^"]+)"', html),
    "own": 'href="/fr/errors/one/">Boîte pleine</a>' in html,
    "fallback": '<p lang="ja">要約です。</p>' in html,
    "entry": '<p class="lead" lang="ja">要約です。</p>' in entry,
    "found": "/fr/errors/one/" in client.get("/fr/search/?q=pleine").content.decode(),
    "feed": client.get("/fr/feed/").status_code,
    "sitemap": "/fr/errors/one/" in client.get("/sitemap.xml").content.decode(),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a copy of the project, so that a migration can be made."""
    folder = tmp_path_factory.mktemp("faqsite") / "copy"
    shutil.copytree(settings.BASE_DIR, folder, ignore=LEFT_BEHIND)
    return folder


def manage(folder, *command, languages="ja,en,fr"):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONUTF8": "1",
        "LANGUAGES": languages,
        "DATABASE_URL": f"sqlite:///{folder}/trial.sqlite3",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_third_language_is_added_by_a_setting_and_a_migration(copy):
    for command in (
        ("makemigrations", "errors", "--name", "add_french"),
        ("migrate", "--verbosity", "0"),
        ("makemigrations", "--check", "--dry-run"),
    ):
        done = manage(copy, *command)
        assert done.returncode == 0, done.stderr
    done = manage(copy, "shell", "--verbosity", "0", "--command", LOOK)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "lang": "fr",
        "fields": ["title_en", "title_fr", "title_ja"],
        "switch": [["ja", "日本語"], ["en", "English"]],
        "alternates": ["ja", "en", "fr", "x-default"],
        "own": True,
        "fallback": True,
        "entry": True,
        "found": True,
        "feed": 200,
        "sitemap": True,
    }


@pytest.mark.parametrize("languages", ["", "ja,xx", "japanese"])
def test_unknown_language_does_not_start(languages):
    done = manage(settings.BASE_DIR, "check", languages=languages)
    assert done.returncode != 0
    assert "LANGUAGES needs codes that Django knows" in done.stderr


def test_first_language_is_the_sites_own():
    code = "from django.conf import settings as s; print(s.LANGUAGE_CODE, s.MODELTRANSLATION_FALLBACK_LANGUAGES)"
    done = manage(
        settings.BASE_DIR,
        "shell",
        "--verbosity",
        "0",
        "--command",
        code,
        languages="en,ja",
    )
    assert done.stdout.strip() == "en ('en', 'ja')"


@pytest.mark.parametrize("languages", ["ja", "fr,en"])
def test_the_desk_does_without_any_language_but_the_sites_own(languages):
    done = manage(settings.BASE_DIR, "check", languages=languages)
    assert done.returncode == 0, done.stderr
    done = manage(
        settings.BASE_DIR,
        "shell",
        "--verbosity",
        "0",
        "--command",
        "from django.contrib.admin import site\n"
        "for model, desk in site._registry.items():\n"
        "    rows = model._default_manager.all()\n"
        "    desk.get_search_results(None, rows, 'words')",
        languages=languages,
    )
    assert done.returncode == 0, done.stderr

"""Migrations: a database of before keeps everything, and gets what is new."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from errors.models import Entry
from errors.shipping.contents import content_of
from errors.versions import versions_of

BEFORE = [("errors", "0004_listening")]


@pytest.fixture
def database_of_before(transactional_db):
    """Return the models of before; afterwards the database is today's again."""
    MigrationExecutor(connection).migrate(BEFORE)
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    migrate_to_today()


def migrate_to_today():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_rows_of_before_get_a_first_version_and_fresh_translations(database_of_before):
    def model(name):
        return database_of_before.get_model("errors", name)

    section = model("Section").objects.create(slug="s", position=1, title_ja="題")
    provider = model("Provider").objects.create(slug="docomo", name_ja="ドコモ")
    entry = model("Entry").objects.create(
        slug="one", section=section, position=1, title_ja="題", title_en="Title"
    )
    entry.providers.add(provider)
    model("Pattern").objects.create(entry=entry, text="user unknown", provider=provider)
    model("Example").objects.create(entry=entry, text="550 user unknown")
    migrate_to_today()

    today = Entry.objects.get()
    (first,) = versions_of(Entry, today.pk)
    assert (first.content, first.reason) == (content_of(today), "upgrade")
    assert first.content["providers"] == ["docomo"]
    today.title_ja = "別の題"
    today.save()
    assert today.find_stale() == ["title_en"]

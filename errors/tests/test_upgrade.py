"""A database of the first release comes through all migrations with its rows."""

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from environs import Env

from errors.tests.databases import empty_database

FIRST = ("errors", "0001_initial")


@pytest.fixture
def old(tmp_path, monkeypatch, django_db_blocker):
    """Name a connection to an empty database. It is no test's own: nothing rolls back."""
    with (
        empty_database(tmp_path, "faqsite_upgrade") as url,
        django_db_blocker.unblock(),
    ):
        monkeypatch.setenv("OLD_URL", url)
        fresh = {**connections.databases["default"], **Env().dj_db_url("OLD_URL")}
        fresh["OPTIONS"] = {
            key: value
            for key, value in connection.settings_dict["OPTIONS"].items()
            if key != "pool"
        }
        connections.databases["old"] = fresh
        yield "old"
        connections.close_all()  # the default one too, if anything asked for it
        del connections["old"]
        del connections.databases["old"]


def migrate(alias, *targets):
    """Migrate to these, or to the newest of all; return the models of that time."""
    executor = MigrationExecutor(connections[alias])
    newest = executor.loader.graph.leaf_nodes()
    return executor.migrate(list(targets) or newest).apps


def fill(apps, alias):
    """Write a row of each kind, as the first release did."""

    def create(model, **values):
        return apps.get_model("errors", model).objects.using(alias).create(**values)

    section = create(
        "Section", slug="by-number", position=20, title="番号別", title_ja="番号別"
    )
    provider = create("Provider", slug="docomo", name="ドコモ", name_ja="ドコモ")
    entries = [
        create(
            "Entry",
            slug=slug,
            section=section,
            position=position,
            title=title,
            title_ja=title,
            title_en=slug.title(),
            summary_ja="要約",
            reply_code="550",
            status_code="5.1.1",
            internal_note="staff only",
            state="published",
            priority=-5,
            shipped_hash="0" * 64,
        )
        for position, (slug, title) in enumerate(
            [("unknown", "宛先不明"), ("full", "容量超過")], start=1
        )
    ]
    entries[0].providers.add(provider)
    create("Pattern", entry=entries[0], text="user unknown", provider=provider)
    create("Example", entry=entries[0], text="550 user unknown")
    create("Relation", entry=entries[0], other=entries[1], difference_ja="違い")
    create(
        "Gloss", text="Status", translation="状態", translation_ja="状態", role="label"
    )
    create("CatalogRevision", pk=1, number=41)


def seen(apps, alias):
    """Return what can be read of those rows."""

    def rows(model):
        return apps.get_model("errors", model).objects.using(alias)

    first, second = rows("Entry").order_by("position")
    (pattern, relation) = (rows("Pattern").get(), rows("Relation").get())
    return {
        "section": rows("Section").get().title_ja,
        "titles": [(e.slug, e.title_ja, e.title_en) for e in (first, second)],
        "entry": (first.summary_ja, first.reply_code, first.status_code, first.state),
        "staff": (first.internal_note, first.priority, first.shipped_hash),
        "providers": [provider.name_ja for provider in first.providers.all()],
        "pattern": (pattern.text, pattern.entry_id == first.pk, pattern.provider.slug),
        "example": rows("Example").get().text,
        "relation": (relation.other_id == second.pk, relation.difference_ja),
        "gloss": (rows("Gloss").get().translation_ja, rows("Gloss").get().role),
        "revision": rows("CatalogRevision").get().number,
    }


def test_rows_of_the_first_release_are_all_there_after_an_upgrade(old):
    before = migrate(old, FIRST)
    fill(before, old)
    expected = seen(before, old)
    after = migrate(old)
    assert seen(after, old) == expected
    executor = MigrationExecutor(connections[old])
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []

"""Give rows that were there before a first version, and their translations a beginning."""

import hashlib

from django.conf import settings
from django.db import migrations
from django.utils import timezone

HISTORIES = (
    "Section",
    "Provider",
    "Entry",
    "Relation",
    "Pattern",
    "Example",
    "Gloss",
    "Term",
)
TRANSLATED = {
    "Section": ("title", "introduction"),
    "Provider": ("name",),
    "Entry": ("title", "summary", "body", "advice", "handover", "reply"),
    "Relation": ("difference",),
    "Gloss": ("translation",),
    "Term": ("name", "explanation", "avoid"),
}


def mark_of(text):
    words = (text or "").replace("\r\n", "\n").strip()
    return hashlib.blake2s(words.encode(), digest_size=6).hexdigest()


def begin_translations(apps, schema_editor):
    """Take every translation for one of its original as that stands now."""
    codes = [code.replace("-", "_") for code, _ in settings.LANGUAGES]
    original = settings.MODELTRANSLATION_DEFAULT_LANGUAGE.replace("-", "_")
    codes.remove(original)
    for name, fields in TRANSLATED.items():
        model = apps.get_model("errors", name)
        rows = list(model.objects.all())
        columns = {field.name for field in model._meta.fields}
        for row in rows:
            row.translated_from = {
                column: [
                    mark_of(getattr(row, column)),
                    mark_of(getattr(row, f"{field}_{original}")),
                ]
                for field in fields
                for code in codes
                if (column := f"{field}_{code}") in columns
            }
        model.objects.bulk_update(rows, ["translated_from"], batch_size=200)


def begin_histories(apps, schema_editor):
    """Write the first version of every row, all of one moment."""
    now = timezone.now()
    for name in HISTORIES:
        model = apps.get_model("errors", name)
        history = apps.get_model("errors", f"Historical{name}")
        columns = [field.attname for field in model._meta.concrete_fields]
        rows = list(model.objects.order_by("pk"))
        made = history.objects.bulk_create(
            history(
                history_date=now,
                history_type="+",
                history_change_reason="upgrade",
                **{column: getattr(row, column) for column in columns},
            )
            for row in rows
        )
        if name == "Entry":
            history_of = {
                row.pk: first.pk for row, first in zip(rows, made, strict=True)
            }
            links = apps.get_model("errors", "HistoricalEntry_providers")
            through = model.providers.through
            links.objects.bulk_create(
                links(history_id=history_of[link["entry_id"]], **link)
                for link in through.objects.values("id", "entry_id", "provider_id")
            )


class Migration(migrations.Migration):
    dependencies = [
        ("errors", "0005_desk"),
    ]

    operations = [
        migrations.RunPython(begin_translations, migrations.RunPython.noop),
        migrations.RunPython(begin_histories, migrations.RunPython.noop),
    ]

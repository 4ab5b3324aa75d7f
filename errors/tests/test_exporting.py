"""The catalog as files: read back it is the same, written again it is the same bytes."""

import io
import zipfile

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given, strategies as st

from errors.models import Entry, Gloss, Provider, Section, Synonym, Term
from errors.shipping import load
from errors.shipping.contents import fingerprint
from errors.shipping.exporting import _dump, export, pack
from errors.shipping.files import read, read_files
from errors.tests.rows import make_entry

SHIPPED = settings.BASE_DIR / "fixtures" / "catalog"
pytestmark = pytest.mark.django_db


def write(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def in_bytes(files):
    return {name: text.encode() for name, text in files.items()}


def forget_all():
    for model in (Entry, Section, Provider, Gloss, Synonym, Term):
        model.objects.all().delete()


def test_the_shipped_catalog_says_the_same_when_exported(tmp_path):
    load(SHIPPED)
    files = export()
    shipped, exported = read(SHIPPED), read_files(in_bytes(files))
    assert said(exported) == said(shipped)
    again = load(write(tmp_path, files))
    assert (again.created, again.updated, again.kept, again.withdrawn) == (
        [],
        [],
        [],
        [],
    )
    assert export() == files


def said(parcel):
    frame = (*parcel.sections, *parcel.providers, *parcel.glosses, *parcel.terms)
    return sorted(map(fingerprint, (*frame, *parcel.synonyms, *parcel.entries)))


def make_odd_entry(**values):
    entry = make_entry(
        "odd",
        "user unknown",
        reply_code="550",
        reply_ja="{recipient}さま\n\n: - 'いかがですか' # no",
        valid_from="2025-03-13",
        sample="  550\tno\n\n  such user",
        internal_note="on",
        priority=-5,
        examples=["550 user unknown\r\nbye", "x\x85y\u2028z"],
        **values,
    )
    entry.patterns.create(text="^a.*b$", kind="regex", status_code="5.1", note="why")
    entry.patterns.create(reply_code="5")
    entry.providers.add(Provider.objects.create(slug="docomo", name_ja="ドコモ"))
    Term.objects.create(
        slug="bounce",
        name_ja="エラーメール",
        explanation_ja="戻ってきたメール。",
        avoid_ja="バウンス\nNDR",
    )
    Synonym.objects.create(slug="full", words_ja="満杯\nいっぱい", words_en="full")
    other = make_entry("other", "nothing of it")
    entry.relations.create(other=other, difference_ja="違い")
    return entry


@pytest.mark.parametrize("state", ["published", "draft"])
def test_everything_an_entry_can_say_comes_back(tmp_path, state):
    make_odd_entry(state=state)
    files = export()
    write(tmp_path, files)
    forget_all()
    load(tmp_path)
    assert export() == files
    entry = Entry.objects.get(slug="odd")
    assert (entry.state, str(entry.valid_from), entry.reply_ja) == (
        state,
        "2025-03-13",
        "{recipient}さま\n\n: - 'いかがですか' # no",
    )
    assert [e.text for e in entry.examples.all()][1] == "x\x85y\u2028z"


def test_an_unfinished_draft_can_be_shipped(tmp_path):
    make_entry("bare", state="draft", summary_ja="", summary_en="", advice_ja="")
    write(tmp_path, export())
    forget_all()
    assert "entry bare" in load(tmp_path).created


def test_the_file_is_for_people():
    make_entry("plain", "user unknown", body_ja="一行目\n二行目")
    document = export()["20-by-number.yaml"]
    assert "      ja: |\n        一行目\n        二行目\n" in document
    assert "    patterns:\n      - user unknown\n" in document
    assert "scope" not in document


SIGNS = st.sampled_from("\n\r\x85\u2028\t :-#'\"|>&*!%@`{}[],?~")
LETTERS = st.characters(codec="utf-8", exclude_characters="\0\ufeff")


@given(st.text(SIGNS | LETTERS, max_size=40).map(str.strip))
def test_any_text_survives_the_file(text):
    document = _dump({"text": text})
    assert str(yaml.safe_load(document)["text"]).strip() == text


def test_an_archive_is_the_same_bytes_each_time():
    make_entry("one", "user unknown")
    files = export()
    packed = pack(files)
    assert packed == pack(files)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert set(inside) == {f"catalog/{name}" for name in files}
    assert len(read_files(inside).entries) == 1


def test_the_command_writes_the_files_and_names_strangers(tmp_path, capsys):
    make_entry("one", "user unknown")
    (tmp_path / "old.yaml").write_text("{}")
    call_command("exportcatalog", tmp_path)
    assert (tmp_path / "20-by-number.yaml").read_text("utf-8") == export()[
        "20-by-number.yaml"
    ]
    assert "old.yaml" in capsys.readouterr().err


def test_the_command_says_when_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file"):
        call_command("exportcatalog", tmp_path / "file")

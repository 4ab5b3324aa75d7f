"""Sheets: texts out to translators and back, or every mistake named and nothing changed."""

import io

import openpyxl
import pytest
from django.db import transaction
from django.utils import translation

from errors import history
from errors.models import Entry, Gloss, Provider, Section, Synonym
from errors.shipping.sheets import (
    SheetError,
    bring_in_sheet,
    columns_of,
    write_sheet,
)
from errors.tests.rows import entries_as_saved, make_entry, make_section

pytestmark = pytest.mark.django_db


def everything(_row, _code):
    return True


def rows_of(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def sheet_of(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bring_in(rows, model=Entry, may=everything):
    with transaction.atomic():
        return bring_in_sheet(model, "xlsx", sheet_of(rows), may)


def mistakes(rows, model=Entry, may=everything):
    with pytest.raises(SheetError) as caught, transaction.atomic():
        bring_in_sheet(model, "xlsx", sheet_of(rows), may)
    return caught.value.mistakes


def test_every_text_in_every_language_has_a_column_of_its_own():
    make_entry("one", title_ja="題", title_en="Title")
    header, row = rows_of(write_sheet(Entry, "xlsx"))
    assert header == ["slug", *columns_of(Entry)]
    assert "title" not in header
    cells = dict(zip(header, row, strict=True))
    assert (cells["slug"], cells["title_ja"], cells["title_en"]) == (
        "one",
        "題",
        "Title",
    )


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_sheet_brought_back_changes_nothing(kind, language, settings):
    make_entry(
        "odd",
        title_ja="=1+1",
        title_en="-5 degrees, \"quoted\"; 'so'",
        body_ja="一行目\r\n二行目",
        body_en="+1\n@all\n\n  indented",
        summary_en="'- apostrophe",
    )
    settings.LANGUAGE_CODE = language
    before = entries_as_saved()
    data = write_sheet(Entry, kind)
    with transaction.atomic():
        report = bring_in_sheet(Entry, kind, data, everything)
    assert (report.updated, report.unchanged) == ([], 1)
    assert entries_as_saved() == before


def test_no_cell_is_taken_for_a_formula():
    make_entry("one", title_ja="=1+1", title_en="@SUM(A1)")
    sheet = openpyxl.load_workbook(io.BytesIO(write_sheet(Entry, "xlsx"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert b",'=1+1,'@SUM(A1)," in write_sheet(Entry, "csv")


def test_a_translation_comes_in_with_what_it_was_before():
    make_entry("one", title_en="Old")
    make_entry("two", title_en="Other")
    report = bring_in([["slug", "title_en"], ["one", "New"], ["two", "Other"]])
    assert (report.updated, report.unchanged) == (["entry one"], 1)
    (change,) = report.changes
    assert (change.before["title"]["en"], change.after["title"]["en"]) == ("Old", "New")
    assert Entry.objects.get(slug="one").title_en == "New"


def test_what_comes_in_is_kept_in_the_history():
    entry = make_entry("one", title_en="Old")
    with history.one_act("import texts.xlsx"):
        bring_in([["slug", "title_en"], ["one", "New"]])
    row = entry.history.first()
    assert (row.title_en, row.history_change_reason) == ("New", "import texts.xlsx")


def test_a_translation_that_comes_in_is_fresh():
    entry = make_entry("one", title_ja="題", title_en="Title")
    entry.title_ja = "新しい題"
    entry.save()
    bring_in([["slug", "title_en"], ["one", "New title"]])
    assert Entry.objects.get().find_stale() == []


def test_an_empty_cell_changes_nothing():
    make_entry("one", title_en="Title", body_en="Body")
    bring_in([["slug", "title_en", "body_en"], ["one", None, " "]])
    assert list(Entry.objects.values_list("title_en", "body_en")) == [("Title", "Body")]


def test_five_bad_rows_of_three_hundred_are_named_and_nothing_is_changed():
    section = make_section()
    for n in range(300):
        make_entry(f"entry-{n}", section=section, position=n, summary_ja="{size}です。")
    rows = [["slug", "title_en", "summary_en"]]
    rows += [[f"entry-{n}", f"New title {n}", f"New {{size}} {n}"] for n in range(300)]
    rows[11][0] = "no-such-entry"
    rows[57][1] = "x" * 201
    rows[101][0] = "entry-7"
    rows[200][2] = "New {sise|limit}"
    rows[299][1] = "x" * 300
    before = entries_as_saved()
    assert [(m.row, m.column) for m in mistakes(rows)] == [
        (12, "slug"),
        (58, "title_en"),
        (102, "slug"),
        (201, "summary_en"),
        (300, "title_en"),
    ]
    assert entries_as_saved() == before
    assert Entry.history.count() == 300


def test_mistakes_say_why():
    make_entry("one", summary_ja="{size}です。")
    rows = [["slug", "title_en", "summary_en"], ["one", "x" * 201, "{sise}"], ["two"]]
    with translation.override("en"):
        assert {(m.column, m.text) for m in mistakes(rows)} == {
            ("summary_en", "The original has no place {sise}."),
            (
                "title_en",
                "Ensure this value has at most 200 characters (it has 201).",
            ),
            ("slug", "There is no row with this key."),
        }


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (["slug", "titel_en"], "titel_en"),
        (["slug", "title"], "title"),
        (["slug", "state"], "state"),
        (["slug", "shipped_hash"], "shipped_hash"),
        (["title_en"], "slug"),
        (["slug", "title_en", "title_en"], ""),
        (["slug", None], ""),
    ],
)
def test_columns_that_are_no_texts_are_refused(header, column):
    make_entry("one")
    found = mistakes([header, ["one", "x", "y"][: len(header)]])
    assert (found[0].row, found[0].column) == (1, column)


def test_only_ones_own_language_may_be_changed():
    make_entry("one", title_ja="題", title_en="Title")
    rows = [["slug", "title_ja", "title_en"], ["one", "別の題", "New"]]
    (found,) = mistakes(rows, may=lambda _row, code: code == "en")
    assert (found.row, found.column) == (2, "title_ja")
    rows[1][1] = "題"
    assert bring_in(rows, may=lambda _row, code: code == "en").updated == ["entry one"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("xlsx", b"no zip"),
        ("xlsx", b"PK\x03\x04broken"),
        ("xlsx", b""),
        ("csv", b"\xff\xfe\x00"),
        ("csv", b""),
    ],
)
def test_a_file_that_is_no_sheet_says_so(kind, data):
    make_entry("one", title_en="Title")
    with pytest.raises(SheetError) as caught, transaction.atomic():
        bring_in_sheet(Entry, kind, data, everything)
    assert all(mistake.text for mistake in caught.value.mistakes)
    assert Entry.objects.get().title_en == "Title"


@pytest.mark.parametrize(
    ("make", "model", "header", "row"),
    [
        (make_section, Section, "slug", ["by-number", "New"]),
        (
            lambda: Provider.objects.create(slug="docomo", name_ja="ドコモ"),
            Provider,
            "slug",
            ["docomo", "New"],
        ),
        (
            lambda: Gloss.objects.create(
                text="Hi: there", translation_ja="x", role="label"
            ),
            Gloss,
            "text",
            ["Hi: there", "New"],
        ),
        (
            lambda: Synonym.objects.create(slug="full", words_ja="満杯\nいっぱい"),
            Synonym,
            "slug",
            ["full", "New"],
        ),
    ],
    ids=["section", "provider", "gloss", "synonym"],
)
def test_other_texts_have_sheets_too(make, model, header, row):
    made = make()
    column = next(name for name in columns_of(model) if name.endswith("_en"))
    assert len(rows_of(write_sheet(model, "xlsx"))) == 2
    report = bring_in([[header, column], row], model)
    made.refresh_from_db()
    assert (getattr(made, column), len(report.updated)) == ("New", 1)

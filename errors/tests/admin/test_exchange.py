"""In and out: shown before it is written; a file with a mistake changes nothing."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from errors.models import Entry, Section
from errors.shipping.exporting import export, pack
from errors.shipping.sheets import write_sheet
from errors.tests.admin.pages import make_client
from errors.tests.rows import entries_as_saved, make_entry
from errors.versions import versions_of

pytestmark = pytest.mark.django_db

PAGE, FILE = "admin:errors_entry_exchange", "admin:errors_entry_file"


@pytest.fixture
def publisher():
    return make_client("publisher", name="hanako")


def upload(client, name, content, **values):
    data = {"file": SimpleUploadedFile(name, content), "what": "entry", **values}
    return client.post(reverse(PAGE), data)


def confirm(client, page, **values):
    """Send the form of the preview."""
    again = page.context["again"].initial
    data = {**again, "token": page.context["token"], **values}
    return client.post(reverse(PAGE), data)


def yaml_with(old, new):
    """Return the exported section, as an editor changed it."""
    return export()["20-by-number.yaml"].replace(old, new).encode()


def test_the_catalog_is_sent_as_an_archive(publisher):
    make_entry("one", "user unknown")
    response = publisher.get(reverse(FILE))
    assert response.content == pack(export())
    assert response.headers["Content-Disposition"].startswith(
        'attachment; filename="catalog-'
    )


@pytest.mark.parametrize(("kind", "what"), [("xlsx", "entry"), ("csv", "section")])
def test_texts_are_sent_as_a_sheet(publisher, kind, what):
    make_entry("one")
    response = publisher.get(reverse(FILE), {"kind": kind, "what": what})
    assert f"{what}-" in response.headers["Content-Disposition"]
    if kind == "csv":
        assert response.content == write_sheet(Section, "csv")
    else:
        assert (
            openpyxl.load_workbook(io.BytesIO(response.content)).active["A2"].value
            == "one"
        )


@pytest.mark.parametrize("query", [{"kind": "exe"}, {"kind": "csv", "what": "user"}])
def test_nothing_else_is_sent(publisher, query):
    assert publisher.get(reverse(FILE), query).status_code == 404


def test_an_export_brought_in_changes_nothing(publisher):
    make_entry("one", "user unknown", examples=["550 user unknown"])
    page = upload(publisher, "catalog.zip", pack(export()))
    assert page.status_code == 200
    assert page.context["changes"] == []
    assert "the catalog says all of this already" in page.content.decode()


def test_what_would_change_is_shown_and_nothing_written(publisher):
    entry = make_entry("one", "user unknown")
    page = upload(publisher, "a.yaml", yaml_with("Title of one", "A <new> title"))
    (change,) = page.context["changes"]
    assert (change.key, change.is_new, [row.path for row in change.rows]) == (
        "one",
        False,
        ["title.en"],
    )
    assert "A &lt;new&gt; title" in page.content.decode().replace("<ins>", "").replace(
        "</ins>", ""
    )
    entry.refresh_from_db()
    assert entry.title_en == "Title of one"


def test_what_was_shown_is_written_in_one_act(publisher):
    entry = make_entry("one", "user unknown")
    page = upload(publisher, "a.yaml", yaml_with("Title of one", "New title"))
    assert confirm(publisher, page).status_code == 302
    entry.refresh_from_db()
    assert entry.title_en == "New title"
    newest = versions_of(Entry, entry.pk)[0]
    assert (newest.who, newest.reason) == ("hanako", "import a.yaml")


def test_staff_s_import_is_not_taken_for_the_shipped_catalog(publisher):
    entry = make_entry("one", "user unknown")
    confirm(publisher, upload(publisher, "a.yaml", yaml_with("Title of", "New")))
    entry.refresh_from_db()
    assert (entry.title_en, entry.shipped_hash) == ("New one", "")


def test_entries_that_are_not_in_the_file_stay_as_they_are(publisher):
    make_entry("one", "user unknown")
    content = yaml_with("Title of one", "New title")
    make_entry("two", "mailbox full")
    confirm(publisher, upload(publisher, "a.yaml", content))
    assert Entry.objects.get(slug="two").state == "published"


def test_what_somebody_changed_in_the_meantime_is_shown_again(publisher):
    entry = make_entry("one", "user unknown")
    page = upload(publisher, "a.yaml", yaml_with("Title of one", "New title"))
    entry.title_en = "Somebody's"
    entry.save()
    again = confirm(publisher, page)
    assert again.status_code == 200
    assert again.context["token"] != page.context["token"]
    entry.refresh_from_db()
    assert entry.title_en == "Somebody's"


def test_an_import_that_would_take_an_example_is_stopped(publisher):
    make_entry("full", "mailbox full", examples=["552 mailbox full of letters"])
    thief = make_entry("thief", "letters of credit")
    content = yaml_with("letters of credit", "mailbox full of letters")
    page = upload(publisher, "a.yaml", content)
    assert [c.slug for c in page.context["trouble"].cards()] == ["full"]
    assert confirm(publisher, page).context["trouble"]
    assert thief.patterns.get().text == "letters of credit"
    token = page.context["trouble"].token
    assert confirm(publisher, page, _confirm=token).status_code == 302
    assert thief.patterns.get().text == "mailbox full of letters"


def test_an_entry_that_does_not_prove_itself_cannot_be_brought_in(publisher):
    make_entry("one", "user unknown", examples=["550 user unknown"])
    content = yaml_with("- 550 user unknown", "- 550 something else")
    page = upload(publisher, "a.yaml", content)
    assert page.context["trouble"].is_final
    assert "Write these changes" not in page.content.decode()
    token = page.context["trouble"].token
    assert confirm(publisher, page, _confirm=token).status_code == 200
    assert Entry.objects.get().examples.get().text == "550 user unknown"


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return stream.getvalue()


def damaged():
    """Return an archive whose compressed data is broken."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", "glosses: []\n" * 200)
        start = len(archive.infolist()[0].FileHeader())
    data = bytearray(stream.getvalue())
    data[start + 6 : start + 12] = b"\xff" * 6
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yaml", b"a: [", "a.yaml"),
        ("a.yaml", b"\xff", "a.yaml"),
        ("a.yaml", b"entries: [{valid_from: 2025-02-30}]", "a.yaml"),
        ("a.yaml", b"entries: [{slug: x}]", "names no section"),
        ("a.yaml", b"sections: 5", "unknown keys"),
        ("a.yaml", b"providers: [{slug: x}]", "name"),
        ("a.zip", b"no archive", "a.zip"),
        ("a.zip", damaged(), "a.zip"),
        ("a.zip", packed(readme_txt="x"), "no *.yaml files"),
        ("a.zip", packed(a_yaml="x: 1"), "unknown keys"),
        ("a.xlsx", b"no archive", "no readable sheet"),
        ("a.csv", b"slug,titel_en\none,x", "There is no such column."),
        ("a.csv", b"slug,title_en\nnobody,x", "There is no row with this key."),
    ],
)
def test_a_file_with_a_mistake_is_named_and_changes_nothing(
    publisher, name, content, said
):
    make_entry("one")
    before = entries_as_saved()
    page = upload(publisher, name, content)
    assert page.status_code == 400
    assert said in " ".join(mistake.text for mistake in page.context["mistakes"])
    assert entries_as_saved() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"x", "Please choose a YAML, ZIP, XLSX or CSV file."),
        ("yaml", b"", "Please choose a file."),
        ("a.yaml", b"x" * (2 * 1024 * 1024 + 1), "This file is too large."),
    ],
)
def test_a_file_that_is_not_taken_says_so(publisher, name, content, said):
    page = upload(publisher, name, content)
    assert page.status_code == 400
    assert said in str(page.context["form"].errors)


def test_an_archive_that_swells_is_refused(publisher):
    page = upload(publisher, "a.zip", packed(a_yaml="#" * 3))
    assert page.status_code == 400
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.yaml", b"#" * (33 * 1024 * 1024))
    page = upload(publisher, "a.zip", stream.getvalue())
    assert "too large when unpacked" in page.context["mistakes"][0].text


def sheet(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_three_hundred_rows_with_five_bad_ones_name_the_five_and_change_nothing(
    publisher,
):
    for n in range(300):
        make_entry(f"entry-{n}", position=n)
    rows = [[f"entry-{n}", f"New title {n}"] for n in range(300)]
    for bad in (10, 60, 110, 160):
        rows[bad][1] = "x" * 201
    rows[210][0] = "no-such-entry"
    before = entries_as_saved()
    page = upload(publisher, "texts.xlsx", sheet(["slug", "title_en"], *rows))
    assert page.status_code == 400
    named = [(m.row, m.column) for m in page.context["mistakes"]]
    assert named == [
        (12, "title_en"),
        (62, "title_en"),
        (112, "title_en"),
        (162, "title_en"),
        (212, "slug"),
    ]
    content = page.content.decode()
    for mistake in page.context["mistakes"]:
        assert f'<th scope="row">{mistake.row}</th>' in content
    assert entries_as_saved() == before


def test_a_translator_brings_in_only_their_language():
    entry = make_entry("one", title_ja="題", title_en="Title")
    client = make_client("translator-en")
    page = upload(client, "a.xlsx", sheet(["slug", "title_ja"], ["one", "別の題"]))
    assert page.context["mistakes"][0].text == (
        "You may not change the texts of this language."
    )
    page = upload(client, "a.xlsx", sheet(["slug", "title_en"], ["one", "New"]))
    assert confirm(client, page).status_code == 302
    entry.refresh_from_db()
    assert (entry.title_ja, entry.title_en) == ("題", "New")


def test_an_editor_brings_texts_into_drafts_alone():
    make_entry("published")
    draft = make_entry("draft", state="draft")
    client = make_client("editor")
    rows = (["slug", "title_en"], ["published", "New"], ["draft", "New"])
    page = upload(client, "a.xlsx", sheet(*rows))
    assert [m.row for m in page.context["mistakes"]] == [2]
    page = upload(client, "a.xlsx", sheet(rows[0], rows[2]))
    confirm(client, page)
    draft.refresh_from_db()
    assert draft.title_en == "New"


@pytest.mark.parametrize("group", ["editor", "translator-en"])
def test_the_whole_catalog_is_brought_in_by_publishers_alone(group):
    make_entry("one", "user unknown")
    content = yaml_with("Title of one", "New title")
    assert upload(make_client(group), "a.yaml", content).status_code == 403
    assert Entry.objects.get().title_en == "Title of one"


def test_strangers_get_nothing():
    client = make_client(name="nobody")
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.get(reverse(FILE)).status_code == 403

"""Commands: thin, honest in their exit status, and the contract on a pipe."""

import base64
import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from errors.mailstore import Mail, find_mails
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db

TEXT = "550 5.1.1 <a@example.jp>... User Unknown"
KEYS = {
    "kind",
    "text",
    "highlights",
    "recipients",
    "entries",
    "reporting_mta",
    "subject",
    "language",
}
RECIPIENT_KEYS = {
    "address",
    "action",
    "reply_code",
    "status",
    "reason",
    "diagnostic",
    "remote_mta",
    "entry",
    "certainty",
    "values",
    "others",
}


class Input(io.StringIO):
    """Standard input as a process has it, with its bytes below."""

    def __init__(self, data):
        super().__init__()
        self.buffer = io.BytesIO(data)


@pytest.fixture
def run(monkeypatch):
    def run_command(*args, data=b""):
        monkeypatch.setattr(sys, "stdin", Input(data))
        out = io.StringIO()
        call_command("explain", *args, stdout=out)
        return out.getvalue()

    return run_command


@pytest.fixture
def entry():
    return make_entry(
        "550-user-unknown", "<{address}>... User unknown", stage="mailbox"
    )


def test_jsonl_answers_the_contract_in_order(run, entry):
    lines = [
        {"id": 1, "text": TEXT},
        {"id": "b", "base64": base64.b64encode(TEXT.encode()).decode()},
    ]
    out = run("--jsonl", data="\n".join(map(json.dumps, lines)).encode() + b"\n")
    first, second = map(json.loads, out.splitlines())
    assert set(first) == {"id", *KEYS}
    assert set(first["recipients"][0]) == RECIPIENT_KEYS
    assert (first["id"], second["id"]) == (1, "b")
    assert first["recipients"] == second["recipients"]
    assert first["recipients"][0]["entry"] == "550-user-unknown"
    assert first["recipients"][0]["values"] == {"address": "a@example.jp"}
    cause = [h for h in first["highlights"] if h["role"] == "cause"]
    assert [first["text"][h["start"] : h["end"]] for h in cause] == [
        "<a@example.jp>... User Unknown"
    ]
    assert first["entries"] == [
        {
            "slug": "550-user-unknown",
            "title": "550-user-unknownの題",
            "summary": "要約です。",
            "actor": "sender",
            "stage": "mailbox",
            "outcome": "permanent",
            "url": "/ja/errors/550-user-unknown/",
        }
    ]


@pytest.mark.parametrize(
    "line",
    [b"{bad", b'{"id": 1}', b"[]", b'{"id": 1, "base64": "x"}', b'"text"'],
)
def test_jsonl_answers_a_broken_line_and_goes_on(run, line):
    good = json.dumps({"id": 2, "text": TEXT}).encode()
    broken, answer = map(
        json.loads, run("--jsonl", data=line + b"\n\n" + good).splitlines()
    )
    assert (broken["id"], set(broken)) == (None, {"id", "error"})
    assert answer["id"] == 2


def test_json_without_a_recipient_still_has_one_item(run):
    with pytest.raises(SystemExit, match="1"):
        run("--json", data=b"hello")


def test_readable_form_names_title_actor_and_marks_nothing_off_a_terminal(run, entry):
    out = run("--language", "en", data=TEXT.encode())
    assert "Title of 550-user-unknown" in out
    assert "You, the sender" in out
    assert "\033" not in out


def test_a_file_that_is_not_there_is_named(run):
    with pytest.raises(CommandError, match="nowhere"):
        run("/nowhere")


@pytest.fixture
def folder(tmp_path, entry):
    """Three mails: one in the catalog, one unknown, one that cannot be read."""
    (tmp_path / "1.eml").write_text(TEXT)
    (tmp_path / "2.eml").write_text("554 5.9.9 <b@example.jp>... qx-77")
    (tmp_path / "3.eml").symlink_to(tmp_path / "gone")
    return tmp_path


def test_many_mails_are_counted_and_the_broken_one_is_named(run, folder, capsys):
    (folder / "3.eml").unlink()
    with pytest.raises(SystemExit, match="1"):
        run("--language", "en", folder)
    out = run("--csv", folder / "1.eml")
    assert out.splitlines()[0].startswith("source,kind,address,reply_code,status")
    assert "a@example.jp,550,5.1.1," in out.splitlines()[1]


def test_mail_that_vanishes_is_skipped_and_the_exit_status_says_so(
    run, folder, monkeypatch, capsys
):
    (folder / "3.eml").unlink()

    def listed(paths):
        def gone():
            raise FileNotFoundError("gone")

        return [*find_mails(paths), Mail("4.eml", gone)]

    monkeypatch.setattr("errors.management.commands.explain.find_mails", listed)
    with pytest.raises(SystemExit, match="2"):
        run(folder)
    assert "4.eml: gone" in capsys.readouterr().err


def test_jsonl_of_files_names_each(run, folder, capsys):
    (folder / "3.eml").unlink()
    out = io.StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("explain", "--jsonl", folder, stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["id"] for line in lines] == [
        str(folder / "1.eml"),
        str(folder / "2.eml"),
    ]
    assert lines[0]["recipients"][0]["entry"] == "550-user-unknown"


def test_csv_gives_a_spreadsheet_no_formula(run, tmp_path):
    mail = tmp_path / "x.eml"
    mail.write_text(
        "From: MAILER-DAEMON@example.jp\nSubject: failure notice\n\n"
        "<a@example.jp>:\n550 =HYPERLINK(1)\n"
    )
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("explain", "--csv", mail, stdout=out)
    assert ",=" not in out.getvalue()


def test_loadcatalog_counts_what_it_did(tmp_path):
    (tmp_path / "1.yaml").write_text(
        "section: {slug: s, position: 1, title: {ja: 題}}", "utf-8"
    )
    out = io.StringIO()
    call_command("loadcatalog", tmp_path, stdout=out)
    assert out.getvalue() == "1 created, 0 updated, 0 kept, 0 withdrawn, 0 unchanged\n"


def test_loadcatalog_fails_with_the_file_named(tmp_path):
    (tmp_path / "1.yaml").write_text("[", "utf-8")
    with pytest.raises(CommandError, match=r"1\.yaml"):
        call_command("loadcatalog", tmp_path)


def test_search_says_why_an_entry_is_found():
    make_entry("user-unknown", "user unknown", title_ja="宛先がありません")
    out = io.StringIO()
    call_command("searchcatalog", "宛先", "unknwon", stdout=out)
    said = out.getvalue()
    assert "unknwon → unknown\n" in said
    assert "user-unknown: title: 宛先 · wording: unknown (spelling: unknown)\n" in said
    assert said.endswith("1 entries\n")

"""Mails are found where they lie, whatever they lie in."""

import mailbox

import pytest

from errors.mailstore import find_mails

ONE = b"From: a@example.com\nSubject: one\n\n550 User unknown\n"
TWO = b"From: b@example.com\nSubject: two\n\n>From here\n552 Mailbox full\n"


def contents(*paths):
    return [mail.fetch() for mail in find_mails(paths)]


def test_file_is_one_mail(tmp_path):
    path = tmp_path / "one.eml"
    path.write_bytes(ONE)
    assert contents(path) == [ONE]
    assert find_mails([path])[0].name == str(path)


def test_mbox_is_its_mails(tmp_path):
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    box.add(ONE)
    box.add(TWO)
    box.close()
    assert [c.splitlines()[1] for c in contents(path)] == [
        b"Subject: one",
        b"Subject: two",
    ]
    assert find_mails([path])[1].name == f"{path}#2"


def test_maildir_is_its_mails_and_nothing_else(tmp_path):
    box = mailbox.Maildir(tmp_path / "dir")
    box.add(ONE)
    (tmp_path / "dir" / "dovecot.index").write_bytes(b"\0")
    assert contents(tmp_path / "dir") == [ONE]


def test_folder_is_walked_in_order_without_hidden_files(tmp_path):
    (tmp_path / "b.txt").write_bytes(TWO)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.eml").write_bytes(ONE)
    (tmp_path / ".hidden").write_bytes(b"x")
    assert contents(tmp_path) == [ONE, TWO]


def test_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        find_mails([tmp_path / "nothing"])


def test_mail_taken_away_meanwhile_is_an_error_of_its_own(tmp_path):
    box = mailbox.Maildir(tmp_path / "dir")
    key = box.add(ONE)
    mails = find_mails([tmp_path / "dir"])
    box.remove(key)
    with pytest.raises(FileNotFoundError):
        mails[0].fetch()

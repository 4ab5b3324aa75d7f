import pytest

from errors.bounce import smtp


def codes_of(text):
    return [code.code for code in smtp.find_codes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550", ["550"]),
        ("5.1.1", ["5.1.1"]),
        ("LED=550 5.1.10 no;FQDN=x", ["550", "5.1.10"]),
        ("to=<a@x.jp>, dsn=5.7.1, stat=no; size=5500", ["5.7.1"]),
        ("送料 550円、全552ページ、the 550 pages", []),
        ("550 5.1.1 <a@example.jp>... User Unknown", ["550", "5.1.1"]),
        ("550-5.7.26 unauthenticated\n550 5.7.26 see", ["550", "5.7.26"] * 2),
        ("said: 552 Message too large", ["552"]),
        ("smtp;550 #5.1.0 Address rejected", ["550", "5.1.0"]),
        ("sorry, no mailbox here (#5.1.1)", ["5.1.1"]),
        ("'550 5.4.1 denied'", ["550", "5.4.1"]),
        ("サーバーの応答は550です", ["550"]),
        ("エラー5.1.1が返りました", ["5.1.1"]),
        ("ERROR_CODE :550, ERROR_CODE :5.1.1 <a@example.jp>", ["550", "5.1.1"]),
        ("[421]:", []),
        ("the limit of 552 bytes", []),
        ("552 KB", []),
        ("at 22:45:02 on 29 Apr 2013", []),
        ("host mx[192.0.2.250]:25, port 587", []),
        ("Exim 4.80.1, Postfix 2.10.1, version 5.2.0", []),
        ("id 20025-09, message 5.1.1.4", []),
        ("<4.1.5.20260101@example.jp>", []),
        ("http://example.com/550/5.1.1", []),
        ("tel 03-550-1234", []),
        ("their maximum capacity is 500.\nplease", []),
        ("a capacity of 552\nand more", []),
        ("their server answered 550", ["550"]),
        ("the error is 550 no such user", ["550"]),
    ],
)
def test_find_codes(text, expected):
    assert codes_of(text) == expected


def test_find_codes_points_at_them():
    text = "said: 550-5.7.1 no"
    assert [c.span.of(text) for c in smtp.find_codes(text)] == ["550", "5.7.1"]


def test_find_codes_knows_how_sure_it_is():
    sure, unsure = smtp.find_codes("550 busy, later 551 elsewhere")
    assert (sure.certain, unsure.certain) == (True, False)


@pytest.mark.parametrize("table", [smtp.REPLY_CODES, smtp.STATUS_CODES])
def test_registry_rows_say_where_they_come_from(table):
    assert all(row.rfc.startswith("RFC ") and row.meaning for row in table.values())
    assert all(key == row.code for key, row in table.items())


def test_describe_status_of_an_unregistered_code_decodes_class_and_subject():
    head, subject, row = smtp.describe_status("5.7.509")
    assert (head, subject, row) == (
        smtp.STATUS_CLASSES["5"],
        smtp.STATUS_SUBJECTS["7"],
        None,
    )


def test_reply_code_behind_control_characters_alone():
    lead = "\x1d" * 30
    assert [code.code for code in smtp.find_codes(f"{lead}545 {lead}")] == ["545"]

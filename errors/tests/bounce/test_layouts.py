import pytest

from errors.bounce import layouts
from errors.bounce.reading import read


def marks_of(text):
    return [
        (m.begins, text[m.start : m.end])
        for m in layouts.find_marks(text, text.lower())
    ]


@pytest.mark.parametrize(
    "row", layouts.LAYOUTS, ids=lambda row: f"{row.system}: {row.words}"
)
@pytest.mark.parametrize(
    "written",
    [
        lambda words: words,
        lambda words: words.upper(),
        lambda words: words.replace(" ", "\n  "),
        lambda words: words.replace("---", "-----"),
        lambda words: words.replace(" ", " " * 8),
    ],
    ids=["as it is", "upper case", "re-wrapped", "other dashes", "blanks"],
)
def test_layout_is_found(row, written):
    text = f"<taro@example.jp>: 550 no\n\n{written(row.words)}\n\nSubject: x\n"
    found = layouts.find_marks(text, text.lower())
    assert any(mark.begins == row.begins for mark in found)


@pytest.mark.parametrize(
    "row",
    [row for row in layouts.LAYOUTS if row.begins in ("returned", "transcript")],
    ids=lambda row: f"{row.system}: {row.words}",
)
def test_layout_divides_a_paste(row):
    text = f"<taro@example.jp>: 550 5.1.1 no\n\n{row.words}\nX-Test: 552 5.2.2 other\n"
    assert [region.kind for region in read(text).regions] == ["narrative", row.begins]


@pytest.mark.parametrize(
    "text",
    [
        "see the original text below, it is a copy",
        "Transcript of session follows without its dashes",
        "--Bounds-of-a-part\nReturned message",
        "--OriginalMessage_000\nContent-Type: text/plain",
        "in the field originalMessageDetails",
    ],
)
def test_words_of_a_layout_by_themselves_are_no_mark(text):
    assert marks_of(text) == []


def test_words_may_stand_far_apart():
    text = "Original message" + " " * 36 + "headers:"
    assert marks_of(text) == [("returned", text)]


def test_layouts_are_marked_in_the_order_of_the_text():
    text = "Original message headers:\n\n----- Transcript of session follows -----\n"
    assert [begins for begins, _ in marks_of(text)] == ["returned", "transcript"]


@pytest.mark.parametrize(
    ("summary", "details"),
    [
        ("Original Message Details", "Error Details"),
        ("元のメッセージの詳細", "エラーの詳細"),
    ],
)
def test_a_summary_of_the_returned_message_ends_where_the_error_is_told(
    summary, details
):
    bounce = read(
        "Your message to taro@example.jp couldn't be delivered.\n\n"
        f"{summary}\nSubject: 552 5.2.2 Mailbox full\n\n"
        f"{details}\nReported error: 550 5.1.10 Recipient not found\n"
    )
    assert [region.kind for region in bounce.regions] == [
        "narrative",
        "returned",
        "narrative",
    ]
    assert bounce.recipients[0].status == "5.1.10"


def test_words_that_resume_the_telling_mean_nothing_elsewhere():
    text = "Error Details\n550 5.1.1 no\n"
    assert [region.kind for region in read(text).regions] == ["narrative"]


@pytest.mark.parametrize(
    "text",
    [
        "The original message was received at Mon, 2 Mar 2026",
        "Your message could not be delivered. A copy of it is kept.",
        "See the message headers for more.",
    ],
)
def test_ordinary_sentences_are_no_layout(text):
    assert marks_of(text) == []


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("550 no (in reply to RCPT TO command)", "RCPT"),
        ("550 no (in reply to\n    end of DATA command)", "DATA"),
        ("SMTP error from remote mail server after MAIL FROM:<a@example.jp>", "MAIL"),
        (">>> DATA\n<<< 550 Unknown user", "DATA"),
        ("550 5.1.1 no [RCPT_TO]", "RCPT"),
        ("did not like our final DATA:", "DATA"),
        ("after initial connection: host mx.example.jp", "CONN"),
        ("while performing the HELO handshake", "EHLO"),
        ("send mail to postmaster", None),
        ("after e-mailing, the data was lost", None),
    ],
)
def test_find_command(text, command):
    assert layouts.find_command(text) == command


def test_find_mailer_by_its_opening_words():
    assert layouts.find_mailer("hi. this is the qmail-send program at mx.") == "qmail"
    assert layouts.find_mailer("hello") is None

"""An entry's sample is marked as a bounce like it would be."""

import pytest

from errors.catalog import current
from errors.presentation import decode_codes
from errors.presentation.sample import mark_sample
from errors.tests.rows import make_entry

pytestmark = pytest.mark.django_db


def marked(entry):
    decoded = decode_codes(entry.reply_code, entry.status_code)
    segments = mark_sample(entry, current().catalog, decoded)
    assert "".join(segment.text for segment in segments) == entry.sample
    return [(s.text, s.role, s.anchor) for s in segments if s.role]


def test_words_of_the_patterns_and_codes_of_the_entry_are_marked():
    entry = make_entry(
        "full", "mailbox full", reply_code="552", sample="552 5.2.2 Mailbox full"
    )
    assert marked(entry) == [
        ("552", "reply-code", "reply-code"),
        ("Mailbox full", "cause", ""),
    ]


def test_own_words_are_marked_where_another_entry_would_win():
    make_entry("longer", "the mailbox full of mail")
    entry = make_entry("full", "mailbox full", sample="552 The mailbox full of mail")
    assert marked(entry) == [("mailbox full", "cause", "")]


def test_sample_that_reads_otherwise_than_it_is_written_stays_plain():
    sample = "<html><body><p>Mailbox <b>full</b></p></body></html>"
    assert marked(make_entry("full", "mailbox full", sample=sample)) == []


def test_sample_without_a_match_stays_plain():
    assert marked(make_entry("full", "mailbox full", sample="Something else")) == []

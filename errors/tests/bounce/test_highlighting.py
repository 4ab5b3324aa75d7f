"""Highlighting: marks never overlap, and the segments are the whole text."""

from hypothesis import given, strategies as st

from errors.bounce.highlighting import MAX_NAMES, find_highlights, find_segments
from errors.bounce.matching import Catalog
from errors.bounce.ranking import rank
from errors.bounce.smtp import find_codes
from errors.bounce.values import Bounce, Highlight, Recipient, Region, Rule, Span

TEXT = "To: a@example.jp\n550 5.2.2 <a@example.jp> mailbox full, 10 MB (mx.example.jp)"


def explained(*rules):
    recipient = Recipient(
        "a@example.jp",
        reply_code="550",
        status="5.2.2",
        remote_mta="mx.example.jp",
        diagnostics=(Span(17, len(TEXT)),),
    )
    bounce = Bounce(
        text=TEXT,
        kind="failure",
        recipients=(recipient,),
        codes=tuple(find_codes(TEXT)),
    )
    catalog = Catalog.build(rules)
    return bounce, rank(bounce, catalog.match(bounce), catalog)


def marked(bounce, verdicts):
    return [
        (h.span.of(TEXT), h.role, h.entry) for h in find_highlights(bounce, verdicts)
    ]


def test_every_fact_is_marked_with_its_role():
    assert marked(*explained(Rule(entry="full", text="mailbox full"))) == [
        ("a@example.jp", "recipient", None),
        ("550", "reply-code", None),
        ("5.2.2", "status-code", None),
        ("a@example.jp", "recipient", None),
        ("mailbox full", "cause", "full"),
        ("mx.example.jp", "host", None),
    ]


def test_other_words_of_the_deciding_entry_are_marked_too():
    rules = (Rule(entry="full", text="mailbox full"), Rule(entry="full", text="10 MB"))
    causes = [m for m in marked(*explained(*rules)) if m[1] == "cause"]
    assert causes == [("mailbox full", "cause", "full"), ("10 MB", "cause", "full")]


def test_captured_value_outside_the_cause_gets_its_role():
    marks = marked(*explained(Rule(entry="full", text="full, {limit:size} (")))
    assert ("full, 10 MB (", "cause", "full") in marks


def test_words_of_the_server_are_marked_when_only_a_code_decided():
    marks = marked(*explained(Rule(entry="code", status_code="5.2.2")))
    assert (TEXT[17:], "cause", "code") in marks


def test_words_of_the_server_are_marked_beside_those_elsewhere_that_decided():
    text = "This is a warning only.\n421 Host not reachable\n"
    answer = Span(text.index("421"), len(text) - 1)
    bounce = Bounce(
        text=text,
        kind="delay",
        recipients=(Recipient(reply_code="421", diagnostics=(answer,)),),
    )
    catalog = Catalog.build([Rule(entry="waiting", text="this is a warning")])
    verdicts = rank(bounce, catalog.match(bounce), catalog)
    causes = [
        h.span.of(text) for h in find_highlights(bounce, verdicts) if h.role == "cause"
    ]
    assert causes == ["This is a warning", "421 Host not reachable"]


def test_what_merely_stands_around_is_no_answer_of_the_server():
    text = "This is a warning only.\nThe mail to taro@example.jp waits.\n"
    around = Span(text.index("The"), len(text) - 1)
    bounce = Bounce(
        text=text,
        kind="delay",
        recipients=(Recipient("taro@example.jp", diagnostics=(around,)),),
    )
    catalog = Catalog.build([Rule(entry="waiting", text="this is a warning")])
    verdicts = rank(bounce, catalog.match(bounce), catalog)
    assert [h.role for h in find_highlights(bounce, verdicts)] == ["cause", "recipient"]


def test_many_dates_leave_room_for_a_size():
    text = "Tue, 3 Mar 2026 10:12:41 +0900\n" * 60 + "limit 10485760 bytes"
    roles = [h.role for h in find_highlights(Bounce(text), ())]
    assert (roles.count("time"), roles.count("size")) == (50, 1)


def test_of_very_many_recipients_only_the_first_are_marked():
    people = [f"p{number}@example.jp" for number in range(MAX_NAMES + 50)]
    bounce = Bounce(text=" ".join(people), recipients=tuple(map(Recipient, people)))
    marks = [h.span.of(bounce.text) for h in find_highlights(bounce, ())]
    assert marks == people[:MAX_NAMES]


def test_numbers_that_are_no_size_of_their_own_are_not_marked():
    text = "id 1.20971520 bytes, 123 bytes, 2026 Mar 2026 10:12:41 +0900"
    assert find_highlights(Bounce(text), ()) == ()


def test_dates_and_numbers_of_bytes_are_marked_but_in_the_returned_message():
    text = (
        "Date: Tue, 3 Mar 2026 10:12:41 +0900\nlimit 10485760 bytes, 10 MB\n"
        "Date: 4 Mar 2026 10:12 GMT, 20971520 bytes"
    )
    end = text.rindex("Date")
    regions = (
        Region("narrative", Span(0, end)),
        Region("returned", Span(end, len(text))),
    )
    highlights = find_highlights(Bounce(text, regions=regions), ())
    assert [(h.span.of(text), h.role) for h in highlights] == [
        ("Tue, 3 Mar 2026 10:12:41 +0900", "time"),
        ("10485760 bytes", "size"),
    ]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8))
def test_segments_rebuild_the_text(pieces):
    bounce = Bounce(
        text=TEXT,
        regions=(Region("header", Span(0, 17)), Region("narrative", Span(17, 40))),
    )
    marks, end = [], 0
    for start, length in sorted(pieces):
        if start >= end:
            end = min(start + length, len(TEXT))
            marks.append(Highlight(Span(start, end), "host"))
    segments = list(find_segments(bounce, marks))
    assert "".join(s.span.of(TEXT) for s in segments) == TEXT
    assert {s.highlight for s in segments if s.highlight} == set(marks)


def test_segments_know_their_region():
    bounce = Bounce(text="ab", regions=(Region("header", Span(0, 1)),))
    assert [s.region for s in find_segments(bounce, ())] == ["header", None]

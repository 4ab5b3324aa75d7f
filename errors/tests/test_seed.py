"""The seed's 21 errors: each is explained in every way a customer may paste it."""

import textwrap

import pytest
from django.conf import settings

from errors.bounce.explaining import explain
from errors.bounce.folding import fold
from errors.contract import as_contract
from errors.models import Entry
from errors.publishing import TEXT_FIELDS, Published, build
from errors.shipping import load

SECTIONS = ("by-message", "by-number", "by-subject")

# Each entry with words of its sample that name the reason, folded: the mark of the cause
# must overlap them.
DECIDING = {
    "returned-mail-recipient-rejected": "invalid recipient",
    "returned-mail-over-quota": "over quota",
    "returned-mail-computer-not-found": "not found",
    "returned-mail-warning-4-hours": "hours|warning message only",
    "returned-mail-docomo-unknown-user": "unknown user",
    "returned-mail-not-reachable": "not reachable|not responding",
    "procmail-quota-exceeded": "quota exceeded|can't create",
    "451-name-server-timeout": "name server timeout",
    "501-sender-domain-must-exist": "sender domain must exist",
    "550-host-unknown": "host unknown",
    "550-user-unknown": "user unknown",
    "550-relaying-denied": "relaying denied",
    "551-access-denied": "access denied",
    "552-message-too-large": "message is too large",
    "553-unbalanced": "unbalanced",
    "553-recipient-not-local": "recipient is not local",
    "554-service-unavailable": "service unavailable",
    "554-too-many-hops": "too many hops",
    "subject-unknown-mailer-error": "unknown mailer error",
    "subject-insufficient-permission": "insufficient permission",
    "subject-forwarding-loop-broken": "aliasing/forwarding loop broken",
}


def as_is(sample):
    return sample


def quoted(sample):
    """Forward it: quote marks before each line, wrapped anew."""
    lines = (
        piece
        for line in sample.splitlines()
        for piece in textwrap.wrap(line, 70, break_long_words=False) or [""]
    )
    return "\n".join(f"> {line}".rstrip() for line in lines)


def on_one_line(sample):
    return " ".join(sample.split())


def in_a_report(sample):
    """Put it into a whole bounce (RFC 3464) of which nothing else names a cause."""
    return _report(sample, "")


def in_a_report_of_one_recipient(sample):
    """The same with a recipient, whose code says less than the sample's wording."""
    return _report(
        sample, "Final-Recipient: rfc822; someone@example.net\nAction: failed\n"
    )


def in_a_diagnostic(sample):
    """The report repeats the whole sample as what the far server answered."""
    words = textwrap.fill(on_one_line(sample), 72, subsequent_indent="    ")
    return _report(
        sample,
        "Final-Recipient: rfc822; someone@example.net\n"
        f"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; {words}\n",
    )


def _report(sample, recipient):
    subject = "Returned mail: see transcript for details"
    if sample.startswith("Subject: "):
        head, _, sample = sample.partition("\n")
        subject = head.removeprefix("Subject: ")
    return f"""\
From: Mail Delivery Subsystem <MAILER-DAEMON@mail.example.com>
To: <hanako@example.com>
Subject: {subject}
Date: Mon, 6 Jul 2026 10:00:00 +0900
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

{sample}
--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Arrival-Date: Mon, 6 Jul 2026 09:59:00 +0900

{recipient}
--=_b
Content-Type: message/rfc822

From: <hanako@example.com>
To: <someone@example.net>
Subject: your mailbox is full and the user is unknown

This text is none of the cause: relaying denied, message too large.
--=_b--
"""


_read: list[tuple[Published, dict[str, str]]] = []


@pytest.fixture
def shipped(db):
    """Return the compiled catalog and the samples; both immutable, so read only once."""
    if not _read:
        load(settings.BASE_DIR / "fixtures" / "catalog")
        entries = Entry.objects.filter(section__slug__in=SECTIONS)
        _read.append((build(), {e.slug: e.sample for e in entries}))
    return _read[0]


def marked_as_cause(explanation, slug):
    """Return the words marked as the cause by an entry, folded."""
    text = explanation.bounce.text
    return [
        fold(mark.span.of(text)).text
        for mark in explanation.highlights
        if mark.role == "cause" and mark.entry == slug
    ]


@pytest.mark.parametrize(
    "form",
    [
        as_is,
        quoted,
        on_one_line,
        in_a_report,
        in_a_report_of_one_recipient,
        in_a_diagnostic,
    ],
)
@pytest.mark.parametrize("slug", DECIDING)
def test_a_sample_leads_to_its_own_entry(shipped, slug, form):
    published, samples = shipped
    explanation = explain(form(samples[slug]), published.catalog)
    verdict = explanation.verdicts[explanation.headline]
    assert (verdict.entry, verdict.certainty) == (slug, "wording")

    marked = marked_as_cause(explanation, slug)
    words = DECIDING[slug].split("|")
    assert any(word in mark or mark in word for mark in marked for word in words)
    cause = verdict.winner.match.span
    returned = [r.span for r in explanation.bounce.regions if r.kind == "returned"]
    assert not any(region.overlaps(cause) for region in returned)

    for language in ("ja", "en"):
        (first, *_) = as_contract(explanation, published, language)["entries"]
        assert first["slug"] == slug
        assert first["title"] == published.entries[slug].text("title", language)


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("550 HostUnknown", "550-host-unknown"),
        ("550 UserUnknown", "550-user-unknown"),
        ("552 Message is too large;～bytes max", "552-message-too-large"),
        ("552 Message is too large; ****** bytes max", "552-message-too-large"),
        ("553 Unbalanced", "553-unbalanced"),
        ("554 Too many hops 26(25 max)", "554-too-many-hops"),
        ("５５１　Ａｃｃｅｓｓ　ｄｅｎｉｅｄ", "551-access-denied"),
        ("554 Service unavailable", "554-service-unavailable"),
        ("unknown mailer error 1", "subject-unknown-mailer-error"),
        (
            "Returned Mail Warning: could not send message for past 4 hours [abc]"
            " Rejecting your mail to taro@example.ne.jp",
            "returned-mail-warning-4-hours",
        ),
        (
            "Your message was rejected by mfsmax.docomo.ne.jp for the following reason:"
            " Unknown user:taro@example.ne.jp",
            "returned-mail-docomo-unknown-user",
        ),
        (
            "Your message was rejected by mx.example.jp for the following reason:"
            " Unknown user:taro@example.jp",
            "550-user-unknown",
        ),
    ],
)
def test_a_wording_as_people_write_it_down_leads_to_the_entry(shipped, words, slug):
    published, _ = shipped
    assert explain(words, published.catalog).verdicts[0].entry == slug


@pytest.mark.parametrize(
    ("command", "slug", "reason"),
    [
        ("RCPT TO", "550-user-unknown", "userunknown"),
        ("end of DATA", "returned-mail-docomo-unknown-user", "filtered"),
    ],
)
def test_the_answer_of_docomo_differs_by_smtp_command(shipped, command, slug, reason):
    published, _ = shipped
    text = (
        "<xx@docomo.ne.jp>: host mfsmax.docomo.ne.jp[192.0.2.25] said: 550 Unknown user\n"
        f"    xx@docomo.ne.jp (in reply to {command} command)\n"
    )
    explanation = explain(text, published.catalog)
    assert explanation.verdicts[0].entry == slug
    assert explanation.reasons == (reason,)


@pytest.mark.parametrize(
    ("cause", "slug"),
    [
        ("550 5.1.1 <taro@example.jp>... User unknown", "550-user-unknown"),
        ("552 5.3.4 Message too big", "552-message-too-large"),
    ],
)
def test_service_unavailable_yields_to_the_words_that_name_the_cause(
    shipped, cause, slug
):
    published, _ = shipped
    text = (
        "----- The following addresses had permanent fatal errors -----\n"
        "<taro@example.jp>\n\n"
        "----- Transcript of session follows -----\n"
        "... while talking to mx.example.jp.:\n>>> RCPT To:<taro@example.jp>\n"
        f"<<< {cause}\n554 5.0.0 Service unavailable\n"
    )
    assert explain(text, published.catalog).verdicts[0].entry == slug


def test_a_delay_yields_to_the_words_that_name_the_cause(shipped):
    published, samples = shipped
    verdicts = explain(samples["451-name-server-timeout"], published.catalog).verdicts
    assert verdicts[0].entry == "451-name-server-timeout"
    assert "returned-mail-warning-4-hours" in {c.entry for c in verdicts[0].others}


def test_every_entry_of_the_seed_is_shipped_in_both_languages(shipped):
    published, _ = shipped
    for slug in DECIDING:
        entry = published.entries[slug]
        for field in TEXT_FIELDS:
            texts = {entry.texts.by_language[field, code] for code in ("ja", "en")}
            assert len(texts - {""}) == 2, (slug, field)


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("returned-mail-recipient-rejected", {"address": "taro@example.ne.jp"}),
        ("returned-mail-computer-not-found", {"host": "exmaple.ne.jp"}),
        ("returned-mail-warning-4-hours", {"duration": "4 hours", "until": "5 days"}),
        ("returned-mail-docomo-unknown-user", {"address": "xx@docomo.ne.jp"}),
        (
            "returned-mail-not-reachable",
            {"duration": "0 days and 6 hours", "host": "mx.example.ne.jp"},
        ),
        (
            "451-name-server-timeout",
            {"host": "example.ne.jp", "duration": "4 hours", "until": "5 days"},
        ),
        ("501-sender-domain-must-exist", {"sender": "hanako@exmaple.jp"}),
        ("550-host-unknown", {"host": "exmaple.co.jp"}),
        ("550-user-unknown", {"address": "taro@example.jp"}),
        ("550-relaying-denied", {"address": "taro@example.ne.jp"}),
        ("551-access-denied", {"address": "taro@example.ne.jp"}),
        ("552-message-too-large", {"limit": "10485760 bytes"}),
        ("553-recipient-not-local", {"address": "taro@example.ne.jp"}),
        (
            "554-too-many-hops",
            {"hops": "26", "max": "25", "address": "taro@example.ne.jp"},
        ),
        ("subject-unknown-mailer-error", {"code": "1"}),
        ("subject-insufficient-permission", {"address": "taro@example.ne.jp"}),
        ("subject-forwarding-loop-broken", {"depth": "11", "max": "10"}),
    ],
)
@pytest.mark.parametrize("form", [as_is, quoted, on_one_line])
def test_values_of_a_sample_are_captured(shipped, slug, values, form):
    published, samples = shipped
    verdict = explain(form(samples[slug]), published.catalog).verdicts[0]
    address = verdict.recipient.address
    known = {"address": address} if address else {}
    assert {v.name: v.text for v in verdict.winner.values} == {**known, **values}

"""The seed's 21 errors: each is explained in every way a customer may paste it."""

import textwrap

import pytest
from django.conf import settings

from errors import catalog
from errors.bounce.explaining import explain
from errors.contract import as_contract
from errors.models import Entry
from errors.shipping import load

SECTIONS = ("by-message", "by-number", "by-subject")
SLUGS = (
    "returned-mail-recipient-rejected",
    "returned-mail-over-quota",
    "returned-mail-computer-not-found",
    "returned-mail-warning-4-hours",
    "returned-mail-docomo-unknown-user",
    "returned-mail-not-reachable",
    "procmail-quota-exceeded",
    "451-name-server-timeout",
    "501-sender-domain-must-exist",
    "550-host-unknown",
    "550-user-unknown",
    "550-relaying-denied",
    "551-access-denied",
    "552-message-too-large",
    "553-unbalanced",
    "553-recipient-not-local",
    "554-service-unavailable",
    "554-too-many-hops",
    "subject-unknown-mailer-error",
    "subject-insufficient-permission",
    "subject-forwarding-loop-broken",
)


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

--=_b
Content-Type: message/rfc822

From: <hanako@example.com>
To: <someone@example.net>
Subject: your mailbox is full and the user is unknown

This text is none of the cause: relaying denied, message too large.
--=_b--
"""


_read: list[tuple[catalog.Published, dict[str, str]]] = []


@pytest.fixture
def shipped(db):
    """Return the compiled catalog and the samples; both immutable, so read only once."""
    if not _read:
        load(settings.BASE_DIR / "fixtures" / "catalog")
        entries = Entry.objects.filter(section__slug__in=SECTIONS)
        _read.append((catalog.build(), {e.slug: e.sample for e in entries}))
    return _read[0]


@pytest.mark.parametrize("form", [as_is, quoted, on_one_line, in_a_report])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_leads_to_its_own_entry(shipped, slug, form):
    published, samples = shipped
    explanation = explain(form(samples[slug]), published.catalog)
    verdict = explanation.verdicts[explanation.headline]
    assert (verdict.entry, verdict.certainty) == (slug, "wording")

    cause = verdict.winner.match.span
    marks = [h for h in explanation.highlights if h.role == "cause" and h.entry == slug]
    assert any(mark.span.overlaps(cause) for mark in marks)
    returned = [r.span for r in explanation.bounce.regions if r.kind == "returned"]
    assert not any(region.overlaps(cause) for region in returned)

    for language in ("ja", "en"):
        (first, *_) = as_contract(explanation, published, language)["entries"]
        assert first["slug"] == slug
        assert first["title"] == published.entries[slug].text("title", language)


def test_every_entry_of_the_seed_is_shipped_in_both_languages(shipped):
    published, _ = shipped
    for slug in SLUGS:
        entry = published.entries[slug]
        for field in catalog.TEXT_FIELDS:
            texts = {entry.texts.by_language[field, code] for code in ("ja", "en")}
            assert len(texts - {""}) == 2, (slug, field)


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("552-message-too-large", {"limit": "10485760 bytes"}),
        ("554-too-many-hops", {"count": "26", "max": "25"}),
        ("returned-mail-warning-4-hours", {"duration": "4 hours", "until": "5 days"}),
        ("550-user-unknown", {"address": "taro@example.jp"}),
    ],
)
def test_values_of_a_sample_are_captured(shipped, slug, values):
    published, samples = shipped
    winner = explain(samples[slug], published.catalog).verdicts[0].winner
    assert {v.name: v.text for v in winner.values} == values

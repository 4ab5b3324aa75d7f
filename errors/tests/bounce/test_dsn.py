from errors.bounce.dsn import read_reports
from errors.bounce.values import Region, Span

REPORT = """Reporting-MTA: dns; mx.example.jp
Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0900

Original-Recipient: rfc822;list@example.jp
Final-Recipient: RFC822; <taro@example.com>
Action: failed
Status: 5.0.0 (permanent failure)
Remote-MTA: dns; mx.example.com (192.0.2.1)
Diagnostic-Code: smtp; 550 5.1.1 <taro@example.com>:
    Recipient address rejected

Final-Recipient: rfc822; jiro@example.net
Action: delayed
Status: 4.4.1 (no answer from host)
Will-Retry-Until: Sat, 7 Mar 2026 10:00:00 +0900
"""


def reports_of(text, kind="report"):
    return read_reports(text, [Region(kind, Span(0, len(text)))])


def shown(report, text):
    words = report.diagnostic.of(text) if report.diagnostic else None
    return (report.address, report.action, report.status, report.remote_mta, words)


def test_report_fields_per_recipient():
    reports = reports_of(REPORT)
    assert [shown(r, REPORT) for r in reports.recipients] == [
        (
            "taro@example.com",
            "failed",
            "5.0.0",
            "mx.example.com",
            "550 5.1.1 <taro@example.com>:\n    Recipient address rejected",
        ),
        ("jiro@example.net", "delayed", "4.4.1", None, "no answer from host"),
    ]
    assert reports.reporting_mta == "mx.example.jp"
    assert reports.arrival_date == "Mon, 2 Mar 2026 10:00:00 +0900"
    assert reports.recipients[1].will_retry_until == "Sat, 7 Mar 2026 10:00:00 +0900"


def test_report_on_one_line():
    text = " ".join(REPORT.split())
    assert [r.address for r in reports_of(text, "narrative").recipients] == [
        "taro@example.com",
        "jiro@example.net",
    ]


def test_report_whose_groups_put_the_action_first():
    text = """Action: failed
Final-Recipient: rfc822; taro@example.com
Diagnostic-Code: smtp; 550 5.1.1 no
Status: 5.1.1

Action: failed
Final-Recipient: rfc822; jiro@example.com
Status: 5.2.2
"""
    found = [(r.address, r.status) for r in reports_of(text).recipients]
    assert found == [("taro@example.com", "5.1.1"), ("jiro@example.com", "5.2.2")]


def test_labels_in_prose_are_no_report():
    text = "The status: it failed. Action: call them. Reason: none given."
    assert reports_of(text, "narrative").recipients == []


def test_json_notification():
    text = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":'
        '"taro@example.com","action":"failed","status":"5.1.1","diagnosticCode":'
        '"smtp; 550 5.1.1 user unknown"}],"reportingMTA":"dns; mx.example.jp"}}'
    )
    reports = reports_of(text, "narrative")
    assert reports.notification == "bounce"
    assert [shown(r, text) for r in reports.recipients] == [
        ("taro@example.com", "failed", "5.1.1", None, "550 5.1.1 user unknown")
    ]


def test_feedback_report():
    text = "Feedback-Type: abuse\nOriginal-Rcpt-To: <taro@example.com>\n"
    reports = reports_of(text)
    assert (reports.feedback_type, reports.recipients[0].address) == (
        "abuse",
        "taro@example.com",
    )

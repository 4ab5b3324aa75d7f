"""Did the reader send the mail at all? What a returned message tells of forged senders."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from errors.bounce.tracing import Trace, read_trace
from errors.presentation.case import Case
from errors.presentation.values import Forgery

SUBJECT_MAX = 200


def find_forgery(case: Case) -> Forgery | None:
    """Return the returned mail's subject and the signs that somebody else wrote it.

    None where no mail came back that the reader could have sent. Signs are hints, never
    proof: forwarding breaks them too, and the page says so.
    """
    if case.bounce.kind != "failure" or not _is_about_a_mail(case):
        return None
    trace = read_trace(case.bounce)
    signs = tuple(_signs(trace)) if trace else ()
    return Forgery((case.bounce.returned_subject or "")[:SUBJECT_MAX], signs)


def _is_about_a_mail(case: Case) -> bool:
    """Tell a notice of a mail from a note on mail in general, such as a warning of fraud."""
    return case.entry is None or case.entry.outcome != "information"


def _signs(trace: Trace) -> Iterator[str]:
    domain = trace.sender.rpartition("@")[2]
    if trace.failed_checks:
        names = ", ".join(name.upper() for name in trace.failed_checks)
        yield _(
            "A server on its way checked whether %(domain)s had sent it, and found"
            " that it had not (%(names)s failed)."
        ) % {"domain": domain or _("your domain"), "names": names}
    if trace.is_foreign():
        yield _(
            "It was handed in without a password, and no server of %(domain)s is named"
            " on its way."
        ) % {"domain": domain}

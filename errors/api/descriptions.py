"""What the shapes of the API say of themselves, for its description and its page."""

from django.utils.translation import gettext_noop

SHAPES = {
    "Question": gettext_noop(
        "A bounce as text, or as the bytes of a mail: exactly one of the two."
    ),
    "Upload": gettext_noop(
        "A bounce as a form with a file: right for mails that are large."
    ),
    "Contract": gettext_noop("An explanation, recipient by recipient."),
    "Problem": gettext_noop("Why there is no answer (RFC 9457)."),
}
# What the fields of an explanation say; errors.contract itself knows no API.
CONTRACT = {
    "Contract": {
        "kind": gettext_noop("What kind of mail it is."),
        "text": gettext_noop("The text as it was read; all offsets point into it."),
        "highlights": gettext_noop("The pieces of the text worth marking, in order."),
        "recipients": gettext_noop("What became of the mail, recipient by recipient."),
        "entries": gettext_noop("The entries that explain it, the gravest first."),
        "reporting_mta": gettext_noop("The server that wrote the notice."),
        "subject": gettext_noop("The subject of the notice."),
        "language": gettext_noop("The language of the texts."),
    },
    "HighlightItem": {
        "start": gettext_noop("The first code point."),
        "end": gettext_noop("The code point after the last one."),
        "role": gettext_noop("What the piece is; cause is the words that decided."),
        "entry": gettext_noop("The entry that a cause led to."),
    },
    "RecipientItem": {
        "address": gettext_noop("The recipient, where the notice names one."),
        "action": gettext_noop("What the notice says was done (RFC 3464)."),
        "reply_code": gettext_noop("RFC 5321."),
        "status": gettext_noop("RFC 3463."),
        "reason": gettext_noop("The reason in Sisimai's vocabulary."),
        "diagnostic": gettext_noop("The words of the notice that say why."),
        "remote_mta": gettext_noop("The server that answered."),
        "entry": gettext_noop("The slug of the entry that explains it."),
        "certainty": gettext_noop("What the answer rests on."),
        "values": gettext_noop("Values captured from the words, by name."),
        "others": gettext_noop("Other entries that it could also be."),
    },
    "EntryItem": {
        "slug": gettext_noop("The name of the entry; it never changes."),
        "summary": gettext_noop("What happened, in one plain sentence."),
        "actor": gettext_noop("Who must act."),
        "stage": gettext_noop("Where on its way the mail stopped."),
        "outcome": gettext_noop("Whether the mail will arrive by itself."),
        "url": gettext_noop("The page for people."),
    },
}

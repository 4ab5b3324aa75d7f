"""What an entry can say of an error beside its words: closed lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    PERMANENT = "permanent", _("Permanent: it will not arrive by itself")
    TEMPORARY = "temporary", _("Temporary: it may still arrive")
    WARNING = "warning", _("Warning: it is still being tried")
    INFORMATION = "information", _("Information: nothing went wrong")


class Stage(models.TextChoices):
    """Where on the mail's way it stopped, in the order of the way."""

    PROGRAM = "program", _("Your mail program")
    SENDING_SERVER = "sending-server", _("Your mail server")
    LOOKUP = "lookup", _("Finding their server")
    CONNECTION = "connection", _("Connecting to their server")
    RECEIVING_SERVER = "receiving-server", _("Their mail server")
    POLICY = "policy", _("Their rules and spam filter")
    MAILBOX = "mailbox", _("The mailbox")


class Actor(models.TextChoices):
    """Who must act."""

    SENDER = "sender", _("You, the sender")
    RECIPIENT = "recipient", _("The recipient")
    SENDER_ADMIN = "sender-admin", _("The administrator of your mail server")
    RECIPIENT_ADMIN = (
        "recipient-admin",
        _("The administrator of the recipient's server"),
    )
    HOST = "host", _("Us, your hosting company")
    NOBODY = "nobody", _("Nobody: wait")


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Reason(models.TextChoices):
    """Sisimai's vocabulary; facts for programs, the words for people are the entry's."""

    AUTHFAILURE = "authfailure", _("Sender authentication failed")
    BADREPUTATION = "badreputation", _("Bad reputation")
    BLOCKED = "blocked", _("Sending host blocked")
    CONTENTERROR = "contenterror", _("Malformed or forbidden content")
    DELIVERED = "delivered", _("Delivered")
    EXCEEDLIMIT = "exceedlimit", _("Larger than the recipient's limit")
    EXPIRED = "expired", _("Given up after waiting")
    FAILEDSTARTTLS = "failedstarttls", _("Encryption failed")
    FEEDBACK = "feedback", _("Feedback report")
    FILTERED = "filtered", _("Refused by the recipient's filter")
    HASMOVED = "hasmoved", _("Recipient has moved")
    HOSTUNKNOWN = "hostunknown", _("Domain unknown")
    MAILBOXFULL = "mailboxfull", _("Mailbox full")
    MAILERERROR = "mailererror", _("A delivery program failed")
    MESGTOOBIG = "mesgtoobig", _("Message too big")
    NETWORKERROR = "networkerror", _("Network error")
    NORELAYING = "norelaying", _("Relaying denied")
    NOTACCEPT = "notaccept", _("Host takes no mail")
    NOTCOMPLIANTRFC = "notcompliantrfc", _("Message breaks RFC 5322")
    ONHOLD = "onhold", _("Not decided")
    POLICYVIOLATION = "policyviolation", _("Against the receiving site's rules")
    REJECTED = "rejected", _("Sender's address refused")
    REQUIREPTR = "requireptr", _("Reverse DNS missing or wrong")
    SECURITYERROR = "securityerror", _("Other security refusal")
    SPAMDETECTED = "spamdetected", _("Taken for spam")
    SPEEDING = "speeding", _("Too many mails per time")
    SUPPRESSED = "suppressed", _("On a do-not-send list")
    SUSPEND = "suspend", _("Account suspended")
    SYNTAXERROR = "syntaxerror", _("SMTP syntax error")
    SYSTEMERROR = "systemerror", _("Trouble at the receiving host")
    SYSTEMFULL = "systemfull", _("Disk of the receiving host full")
    TOOMANYCONN = "toomanyconn", _("Too many connections")
    UNDEFINED = "undefined", _("Unknown")
    USERUNKNOWN = "userunknown", _("No such mailbox")
    VACATION = "vacation", _("Automatic reply")
    VIRUSDETECTED = "virusdetected", _("Virus found")

"""How reply codes (RFC 5321) and enhanced status codes (RFC 3463) are written."""

from django.utils.translation import gettext_lazy as _

REPLY_CODE = r"^[245][0-9]{2}$"
REPLY_CODE_PREFIX = r"^[245][0-9]{0,2}$"
# Enhanced status code (RFC 3463): class.subject.detail
STATUS_CODE = r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}$"
STATUS_CODE_PREFIX = r"^[245](\.[0-9]{1,3}){0,2}$"
SAYS_REPLY = _("A reply code has three digits, such as 550.")
SAYS_STATUS = _("An enhanced status code has three numbers, such as 5.1.1.")
SAYS_REPLY_PREFIX = _("A reply code, or its beginning, such as 550 or 5.")
SAYS_STATUS_PREFIX = _(
    "An enhanced status code, or its beginning, such as 5.1.1 or 5.7."
)

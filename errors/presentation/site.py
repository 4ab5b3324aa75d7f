"""What the site says of itself."""

from django.conf import settings
from django.utils.translation import gettext


def site_name() -> str:
    """Return the operator's name for the site, or the default one, translated."""
    return settings.SITE_NAME or gettext("Mail error guide")

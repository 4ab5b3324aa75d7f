"""The record of who of the staff came in, and who tried to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginRecord(models.Model):
    """One try to log in. Personal data of staff: forgotten after `settings.KEEP_DAYS`."""

    class Outcome(models.TextChoices):
        IN = "in", _("Logged in")
        RECOVERED = "recovered", _("Logged in with a recovery code")
        FAILED = "failed", _("Wrong password")
        WRONG_CODE = "wrong-code", _("Wrong code")
        LOCKED = "locked", _("Refused: locked out")
        OUT = "out", _("Logged out")

    # Empty for a name that nobody has: people type passwords into the wrong field.
    username = models.CharField(_("user name"), max_length=150, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    address = models.GenericIPAddressField(_("from"), null=True)
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = _("login")
        verbose_name_plural = _("logins")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username or '–'} {self.outcome}"

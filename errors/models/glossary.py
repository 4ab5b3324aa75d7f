"""The words of the catalog: what each means, and what it is not called."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from errors.models.catalog import Shipped, SlugManager


class Term(Shipped):
    """A technical word: explained to customers, and the one that editors use for it."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    explanation = models.TextField(
        _("explanation"), help_text=_("One or two plain sentences.")
    )
    is_everyday = models.BooleanField(
        _("everyday word"),
        default=False,
        help_text=_("Stands in the glossary, but is not explained within texts."),
    )
    avoid = models.TextField(
        _("words to avoid"),
        blank=True,
        help_text=_("Other words for the same, one a line: the catalog keeps to one."),
    )

    objects = SlugManager()

    class Meta:
        ordering = ("slug",)
        verbose_name = _("term")
        verbose_name_plural = _("glossary")

    def __str__(self) -> str:
        return self.name or self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

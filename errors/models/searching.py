"""Words that mean the same: what customers say, and what the catalog says."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from errors.models.catalog import Shipped, SlugManager


class Synonym(Shipped):
    """A group of words or phrases, of any language, each of which finds the others."""

    slug = models.SlugField(_("slug"), unique=True)
    words = models.TextField(
        _("words"),
        blank=True,
        help_text=_("One word or short phrase a line; each finds all the others."),
    )

    objects = SlugManager()

    class Meta:
        ordering = ("slug",)
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

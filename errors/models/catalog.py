"""What entries stand in and refer to: sections, providers, glosses; and the revision."""

import itertools
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from errors.models.translating import Translated


class SlugManager(models.Manager[Any]):
    """Finds a row by its natural key, the slug."""

    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)


def free_slug(model: Any, *names: str) -> str:
    """Return a slug that no row has yet: of the first name with Latin letters, or numbered."""
    length = model._meta.get_field("slug").max_length - 10  # room for the number
    kind = model._meta.model_name
    base = next(filter(None, map(slugify, names)), kind)[:length].strip("-")
    slugs = itertools.chain([base], (f"{base}-{n}" for n in itertools.count(2)))
    return next(s for s in slugs if not model.objects.filter(slug=s).exists())


class Shipped(Translated):
    """A row that may have come with the software; the hash tells whether staff changed it."""

    shipped_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


class Section(Shipped):
    """A chapter of the catalog: by message, by number, by subject, a provider family."""

    slug = models.SlugField(_("slug"), unique=True)
    position = models.PositiveIntegerField(_("position"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("introduction"), blank=True)

    objects = SlugManager()

    class Meta:
        ordering = ("position",)
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("section", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Provider(Shipped):
    """A mail service or mail server software, and by what a bounce shows it."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    domains = models.TextField(
        _("domains"), blank=True, help_text=_("One domain or MX suffix a line.")
    )
    signatures = models.TextField(
        _("signatures"),
        blank=True,
        help_text=_("One phrase that only it writes a line."),
    )

    objects = SlugManager()

    class Meta:
        ordering = ("slug",)
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name or self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Gloss(Shipped):
    """A phrase of bounces translated beside the original; never the cause."""

    class Role(models.TextChoices):
        FRAMING = "framing", _("Framing")
        FOLLOW_ON = "follow-on", _("Follow-on line")
        LABEL = "label", _("Field name")

    text = models.CharField(_("phrase"), max_length=500, unique=True)
    translation = models.TextField(_("translation"))
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        ordering = ("text",)
        verbose_name = _("gloss")
        verbose_name_plural = _("glosses")

    def __str__(self) -> str:
        return self.text


class CatalogRevision(models.Model):
    """One row: a counter bumped in every transaction that changes the catalog."""

    number = models.PositiveBigIntegerField(default=0)
    changed = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.number)

"""The one app of faqsite."""

from django.apps import AppConfig


class ErrorsConfig(AppConfig):
    name = "errors"
    verbose_name = "Mail errors"

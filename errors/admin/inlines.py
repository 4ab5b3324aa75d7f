"""What stands within the page of an entry: its patterns, examples and related entries."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.forms import Field as FormField, ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from errors.admin.forms import LINES, ExampleFormSet, QuickSelect, RowForm
from errors.admin.prefilling import count_rows
from errors.admin.rights import ByRole, Part
from errors.models import Example, Pattern, Relation


class Prefilled:
    """Has a row more than there is to fill in, or none where nobody asks for one."""

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        name = self.model._meta.model_name  # type: ignore[attr-defined]
        extra: int = super().get_extra(request, obj, **kwargs)  # type: ignore[misc]
        return count_rows(request, f"{name}s") + extra


class PatternInline(Part, Prefilled, admin.StackedInline):
    """Hundreds of wordings an entry: each is a line, with its conditions folded away."""

    model = Pattern
    form = RowForm
    formfield_overrides = LINES
    extra = 1
    fieldsets = (
        (None, {"fields": ("text",)}),
        (
            _("Conditions and note"),
            {
                "fields": (
                    "note",
                    (
                        "kind",
                        "scope",
                        "reply_code",
                        "status_code",
                        "provider",
                        "command",
                    ),
                ),
                "classes": ("collapse",),
            },
        ),
    )
    classes = ("patterns",)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """Tell the script where a wording is tried while it is typed; keep rows light."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "text":
            field.widget.attrs |= {"data-try": reverse("admin:errors_entry_try")}
        elif isinstance(field, ModelChoiceField):
            # Asked for and rendered once, not once per pattern.
            field.widget = QuickSelect()
            field.choices = [*cast(Iterable[Any], field.choices)]
        elif field and db_field.choices:
            field.widget = QuickSelect(choices=db_field.choices)
        return field


class ExampleInline(Part, Prefilled, admin.StackedInline):
    model = Example
    formfield_overrides = LINES
    formset = ExampleFormSet
    extra = 1


class RelationInline(ByRole, Prefilled, TranslationStackedInline):
    model = Relation
    formfield_overrides = LINES
    fk_name = "entry"
    extra = 0
    autocomplete_fields = ("other",)

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:  # type: ignore[override]  # the stubs forget obj
        return self.may_edit(request, obj) and super().has_add_permission(request, obj)

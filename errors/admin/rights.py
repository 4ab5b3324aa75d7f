"""Which fields of a page somebody may change: all of them, or one language's texts."""

from typing import Any

from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from modeltranslation.admin import TranslationBaseModelAdmin
from modeltranslation.utils import build_localized_fieldname

from errors.models import Entry
from errors.roles import languages_of, may_edit as may_edit_entry, may_publish


class ByRole(TranslationBaseModelAdmin):
    """Lets editors edit drafts, publishers everything, translators their language.

    For the page of a row and for the rows within the page of an entry; of those, `obj` is
    the entry.
    """

    def may_edit(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether somebody may change everything about a row."""
        user, opts = request.user, self.opts
        codename = get_permission_codename("change", opts)
        if not user.has_perm(f"{opts.app_label}.{codename}"):
            return False
        return not isinstance(obj, Entry) or may_edit_entry(user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request, obj) or bool(languages_of(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.may_edit(
            request, obj
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        fixed = (*super().get_readonly_fields(request, obj),)
        if not self.may_edit(request, obj):
            return tuple(dict.fromkeys((*fixed, *self._fields_not_theirs(request))))
        if self.model is Entry and not may_publish(request.user):
            return (*fixed, "state")
        return fixed

    def _fields_not_theirs(self, request: HttpRequest) -> list[str]:
        """Return every field but the translations into the person's languages."""
        translated = self.trans_opts.all_fields
        theirs = {
            build_localized_fieldname(name, code)
            for name in translated
            for code in languages_of(request.user)
        }
        fields = (*self.opts.fields, *self.opts.many_to_many)
        return [
            field.name
            for field in fields
            if field.editable
            and not field.primary_key
            and field.name not in translated
            and field.name not in theirs
        ]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> dict[str, Any]:
        fields = super().get_prepopulated_fields(request, obj)
        return dict(fields) if self.may_edit(request, obj) else {}


class Part(InlineModelAdmin):
    """A row within the page of an entry: who may change the entry may change it."""

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:  # type: ignore[override]  # the stubs forget obj
        return may_edit_entry(request.user, obj) and super().has_add_permission(
            request, obj
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit_entry(request.user, obj) and super().has_change_permission(
            request, obj
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit_entry(request.user, obj) and super().has_delete_permission(
            request, obj
        )

"""Who came in, and the way back for a colleague who lost the phone."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _, ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from errors.models import LoginRecord

User = get_user_model()
# These pages would show recovery codes to everybody who may see them.
admin.site.unregister((StaticDevice, TOTPDevice))
admin.site.unregister(User)


@admin.register(LoginRecord)
class LoginRecordAdmin(admin.ModelAdmin):
    """To read, not to write."""

    list_display = ("at", "username", "outcome", "address")
    list_filter = ("outcome",)
    date_hierarchy = "at"
    search_fields = ("username", "=address")
    list_per_page = 100
    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Django's own, with a look at the second step."""

    list_display = (
        "username",
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "two_step",
    )
    actions = ("reset_two_step",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        phones = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        users: QuerySet[Any] = super().get_queryset(request)
        users = users.annotate(has_phone=Exists(phones))
        return users

    @admin.display(description=_("two-step login"), boolean=True)
    def two_step(self, user: Any) -> bool:
        return bool(user.has_phone)

    @admin.action(
        description=_("Let the selected users set up the two-step login anew"),
        permissions=["change"],
    )
    def reset_two_step(self, request: HttpRequest, users: QuerySet[Any]) -> None:
        number = len(users)
        for kind in (TOTPDevice, StaticDevice):
            kind.objects.filter(user__in=users).delete()
        said = ngettext(
            "%d user sets up the two-step login at the next login.",
            "%d users set up the two-step login at the next login.",
            number,
        )
        self.message_user(request, said % number, messages.SUCCESS)

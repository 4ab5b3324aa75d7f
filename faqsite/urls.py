"""Addresses: the customer's pages per language, the staff's admin, pages of trouble."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from errors.views import brand_colours, robots, sitemap

# "/" and any page without a language lead to the browser's language: LocaleMiddleware.
urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("api/v1/", include("errors.api.urls")),
    path("brand-<slug:version>.css", brand_colours, name="brand-colours"),
    *i18n_patterns(path("", include("errors.urls"))),
]

handler400 = "errors.views.bad_request"
handler403 = "errors.views.forbidden"
handler404 = "errors.views.not_found"
handler500 = "errors.views.server_error"

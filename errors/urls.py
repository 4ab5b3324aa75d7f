"""The customer's pages, all under the prefix of a language."""

from django.urls import path

from errors import views

urlpatterns = [
    path("", views.home, name="home"),
    path("explain/", views.explain, name="explain"),
    path("hand-in/", views.hand_in, name="hand_in"),
    path("feedback/", views.feedback, name="feedback"),
    path("thanks/", views.thanks, name="thanks"),
    path("thanks/<slug:slug>/", views.thanks, name="thanks"),
    path("errors/", views.catalog, name="catalog"),
    path("errors/all/", views.everything, name="everything"),
    path("errors/in/<slug:slug>/", views.section, name="section"),
    path("errors/<slug:slug>/", views.entry, name="entry"),
]

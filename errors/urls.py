"""The customer's pages, all under the prefix of a language."""

from django.urls import path

from errors import views
from errors.api.documentation import documentation

urlpatterns = [
    path("", views.home, name="home"),
    path("explain/", views.explain, name="explain"),
    path("find/", views.find, name="find"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("glossary/", views.glossary, name="glossary"),
    path("feed/", views.feed, name="feed"),
    path("hand-in/", views.hand_in, name="hand_in"),
    path("feedback/", views.feedback, name="feedback"),
    path("thanks/", views.thanks, name="thanks"),
    path("thanks/<slug:slug>/", views.thanks, name="thanks"),
    path("errors/", views.catalog, name="catalog"),
    path("errors/all/", views.everything, name="everything"),
    path("errors/in/<slug:slug>/", views.section, name="section"),
    path("errors/by/code/", views.codes, name="codes"),
    path("errors/by/provider/<slug:slug>/", views.provider, name="provider"),
    path("errors/by/actor/<slug:slug>/", views.actor, name="actor"),
    path("errors/by/title/", views.titles, name="titles"),
    path("errors/by/date/", views.recent, name="recent"),
    path("errors/<slug:slug>/", views.entry, name="entry"),
    path("errors/<slug:slug>/<slug:version>.png", views.picture, name="picture"),
    path("code/<str:text>/", views.code, name="code"),
    path("case/<path:told>/", views.case, name="case"),
    path("embed/", views.embed, name="embed"),
    path("api/", documentation, name="api-docs"),
]

"""The operator's name, logo, colours and links, without touching a template."""

import pytest
from django.conf import settings as project

from errors import branding, colours

TEXTS = [
    *(("ink", ground) for ground in colours.GROUNDS),
    *(("brand", ground) for ground in colours.GROUNDS),
    *(("muted", ground) for ground in ("paper", "wash")),
    *((tone, f"{tone}-wash") for tone in ("stop", "wait", "ok", "info")),
    *((tone, "paper") for tone in ("stop", "wait", "ok", "info")),
    ("on-brand", "brand"),
    ("ink", "cause"),
]


@pytest.mark.parametrize("scheme", colours.SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS, ids="-on-".join)
def test_text_of_the_shipped_colours_can_be_read(scheme, text, ground):
    shown = colours.palette(scheme)
    assert colours.contrast(shown[text], shown[ground]) >= colours.TEXT_CONTRAST


@pytest.mark.parametrize("scheme", colours.SCHEMES)
def test_edge_of_a_field_can_be_seen(scheme):
    shown = colours.palette(scheme)
    assert colours.contrast(shown["edge"], shown["paper"]) >= 3  # WCAG 2.2, 1.4.11


def test_nothing_set_changes_nothing(client):
    assert colours.stylesheet() == colours.stylesheet_version() == ""
    assert branding.check() == []


@pytest.mark.parametrize("colour", ["#7a1fa2", "#004400", "rgb(160 20 20)", "navy"])
def test_dark_variant_of_a_colour_is_read_well(settings, colour):
    settings.BRAND_COLOR = colour
    assert branding.check() == []
    assert colours.own_colours("dark")["brand"] != colour


def test_dark_variant_that_is_given_is_taken(settings):
    settings.BRAND_COLOR, settings.BRAND_COLOR_DARK = "#7a1fa2", "#e0b0ff"
    assert colours.own_colours("dark") == {"brand": "#e0b0ff", "on-brand": "#0c1622"}


def test_low_contrast_is_named_with_its_pair_and_ratio(settings):
    settings.BRAND_COLOR = "#ff9900"
    assert (
        "--brand #ff9900 on --paper #fff (light) has a contrast of 2.14, below 4.5."
        in [error.msg for error in branding.check()]
    )


def test_low_contrast_in_the_dark_alone_is_named(settings):
    settings.BRAND_COLOR, settings.BRAND_COLOR_DARK = "#14558f", "#14558f"
    told = [error.msg for error in branding.check()]
    assert told
    assert all("(dark)" in message for message in told)


@pytest.mark.parametrize("colour", ["zzz", "red;}body{display:none", "#12345"])
def test_what_is_no_colour_is_refused_and_not_served(settings, colour):
    settings.ACCENT_COLOR = colour
    assert [e.msg for e in branding.check()] == [
        f"ACCENT_COLOR is no colour: {colour!r}"
    ]
    assert colours.stylesheet() == ""


def test_link_without_address_is_refused(settings):
    settings.LEGAL_LINKS = "Privacy https://example.jp/privacy; Terms"
    assert [error.id for error in branding.check()] == ["errors.E003"]
    assert branding.legal_links() == (
        branding.Link("Privacy", "https://example.jp/privacy"),
    )


def test_script_is_no_link(settings):
    settings.LEGAL_LINKS = "Click javascript:alert(1)"
    assert branding.legal_links() == ()


def test_missing_logo_is_refused(settings):
    settings.LOGO = "nowhere.svg"
    assert [error.id for error in branding.check()] == ["errors.E004"]


@pytest.mark.django_db
def test_page_bears_name_logo_colours_and_links_in_its_language(
    client, settings, tmp_path
):
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.STATICFILES_DIRS = [*project.STATICFILES_DIRS, ("brand", tmp_path)]
    settings.LOGO, settings.BRAND_COLOR = "logo.svg", "#7a1fa2"
    settings.SITE_NAME = "Example Hosting"
    settings.LEGAL_LINKS = "Terms https://example.jp/terms"
    settings.BRAND_TEXTS = {
        ("SITE_NAME", "ja"): "サンプルホスティング",
        ("LEGAL_LINKS", "ja"): "利用規約 https://example.jp/kiyaku",
    }
    japanese = client.get("/ja/").content.decode()
    assert "<span>サンプルホスティング</span>" in japanese
    assert '<a href="https://example.jp/kiyaku">利用規約</a>' in japanese
    assert 'src="/static/brand/logo.svg"' in japanese
    english = client.get("/en/").content.decode()
    assert "<span>Example Hosting</span>" in english
    assert '<a href="https://example.jp/terms">Terms</a>' in english
    address = f"/brand-{colours.stylesheet_version()}.css"
    assert f'<link rel="stylesheet" href="{address}">' in english
    answer = client.get(address)
    assert answer.content.decode() == colours.stylesheet()
    assert "immutable" in answer["Cache-Control"]


def test_colours_of_another_release_are_not_kept(client, settings):
    settings.BRAND_COLOR = "#7a1fa2"
    answer = client.get("/brand-0.css")
    assert answer["Cache-Control"] == "no-cache"
    assert "--brand:rgb(122 31 162)" in answer.content.decode()

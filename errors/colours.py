"""The operator's colours: read beside the site's own, brightened for the dark, measured."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from coloraide import Color
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import Error

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Backgrounds on which links and buttons stand.
GROUNDS = ("paper", "wash", "stop-wash", "wait-wash", "ok-wash", "info-wash", "code")
TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
DERIVED_CONTRAST = 6.0  # what a dark variant of ours aims at
ON_BRAND = ("#ffffff", "#0c1622")  # text on the brand's colour: the one read better
SETTINGS = {"brand": "BRAND_COLOR", "accent": "ACCENT_COLOR"}
_RULE = re.compile(r":root\s*\{([^}]*)\}")
_PROPERTY = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,8})", re.IGNORECASE)


def stylesheet() -> str:
    """Return the rules that put the operator's colours in place, "" without any."""
    light, dark = own_colours("light"), own_colours("dark")
    if not light:
        return ""
    return (
        f":root{{{_declare(light)}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{_declare(dark)}}}}}\n"
    )


def stylesheet_version() -> str:
    """Name the rules by what is in them, so that they may be cached for ever; "" without any."""
    rules = stylesheet()
    return hashlib.sha256(rules.encode()).hexdigest()[:12] if rules else ""


def own_colours(scheme: Scheme) -> dict[str, str]:
    """Return the custom properties that the settings change; bad colours are left out."""
    colours: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        light, dark = getattr(settings, setting), getattr(settings, f"{setting}_DARK")
        if not is_colour(light):
            continue
        if scheme == "light":
            colours[name] = light
        else:
            colours[name] = dark if is_colour(dark) else brighten(light)
    if "brand" in colours:
        colours["on-brand"] = max(
            ON_BRAND, key=lambda on: contrast(on, colours["brand"])
        )
    return colours


def is_colour(text: str) -> bool:
    return Color.match(text, fullmatch=True) is not None


@cache
def brighten(colour: str) -> str:
    """Raise a colour's lightness until it is read well on the dark backgrounds."""
    grounds = [palette("dark")[name] for name in GROUNDS]
    bright = Color(colour).convert("oklch")
    while bright["lightness"] < 1:
        shown = str(bright.clone().fit("srgb").convert("srgb").to_string(hex=True))
        if all(contrast(shown, ground) >= DERIVED_CONTRAST for ground in grounds):
            return shown
        bright["lightness"] += 0.01
    return "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 counts it: 1 to 21.

    >>> contrast("#fff", "#000")
    21.0
    """
    return round(Color(one).contrast(other, method="wcag21"), 2)


@cache
def palette(scheme: Scheme) -> dict[str, str]:
    """Read the colours that the site's style sheet ships with."""
    path = finders.find("site.css")
    if not isinstance(path, str):
        raise FileNotFoundError("site.css")
    light, dark = _RULE.findall(Path(path).read_text("utf-8"))[:2]
    colours = dict(_PROPERTY.findall(light))
    return colours | dict(_PROPERTY.findall(dark)) if scheme == "dark" else colours


def _declare(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{Color(c).to_string()}" for name, c in colours.items())


def find_bad_colours() -> Iterator[Error]:
    """Say which settings are no colours."""
    names = [name + suffix for name in SETTINGS.values() for suffix in ("", "_DARK")]
    for name in names:
        colour = getattr(settings, name)
        if colour and not is_colour(colour):
            yield Error(f"{name} is no colour: {colour!r}", id="errors.E001")


def find_low_contrast() -> Iterator[Error]:
    """Say which pairs of the operator's colours cannot be read, with their contrast."""
    for scheme in SCHEMES:
        own = own_colours(scheme)
        if "brand" not in own:
            continue
        shown = palette(scheme) | own
        pairs = [("on-brand", "brand"), *(("brand", ground) for ground in GROUNDS)]
        for text, ground in pairs:
            ratio = contrast(shown[text], shown[ground])
            if ratio < TEXT_CONTRAST:
                yield Error(
                    f"--{text} {shown[text]} on --{ground} {shown[ground]} ({scheme})"
                    f" has a contrast of {ratio}, below {TEXT_CONTRAST}.",
                    hint="Choose another BRAND_COLOR or BRAND_COLOR_DARK.",
                    id="errors.E002",
                )

"""The picture that chat programs and social networks show beside a link to an entry.

Japanese needs a font of the machine; where there is none, only Latin text is drawn.
"""

import hashlib
import io
import unicodedata
from functools import cache

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 1200, 630, 80
INK, PAPER, BRAND, STOP = "#1b232e", "#ffffff", "#14558f", "#a82a17"
TITLE_SIZES = (64, 56, 48, 40)
TITLE_LINES = 5
STRIPE = 22
LAYOUT = "1"  # part of every address: raise it when the drawing changes

# Names of font files as distributions install them; the first that is there is taken.
JAPANESE_FONTS = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJKjp-Bold.otf",
    "NotoSansJP-Bold.otf",
    "NotoSansJP-Bold.ttf",
    "SourceHanSansJP-Bold.otf",
    "ipaexg.ttf",
    "ipagp.ttf",
    "TakaoPGothic.ttf",
    "VL-PGothic-Regular.ttf",
    "YuGothB.ttc",
    "meiryob.ttc",
)
_NOT_FIRST = frozenset(
    "、。，．）」』】〕］｝・：；？！ーぁぃぅぇぉっゃゅょァィゥェォッャュョ)]}.,:;!?…"
)
_NOT_LAST = frozenset("（「『【(“")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def picture_version(title: str, site_name: str) -> str:
    """Return what names this picture, so that its address may be kept for ever."""
    said = "\0".join((LAYOUT, title, site_name, settings.PICTURE_FONT))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def draw_picture(title: str, site_name: str) -> bytes:
    """Draw the title of an entry as a PNG of 1200 × 630 pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    _draw_edge(draw)
    _draw_envelope(draw)
    draw.text((MARGIN + 96, MARGIN + 4), drawable(site_name), BRAND, find_font(36))
    _draw_title(draw, drawable(title) or drawable(site_name))
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def drawable(text: str) -> str:
    """Return the text, or without a Japanese font what of it can be drawn."""
    text = " ".join(text.split())
    if _japanese_font():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if ord(c) < 0x250).strip(" :·()")


@cache
def find_font(size: int) -> Font:
    """Return a font for Japanese, else the Latin one that comes with Pillow."""
    name = _japanese_font()
    return _load(name, size) if name else ImageFont.load_default(size)


def _load(name: str, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout draws whatever text there is; the complex one refuses some.
    return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _japanese_font() -> str:
    for name in filter(None, (settings.PICTURE_FONT, *JAPANESE_FONTS)):
        try:
            _load(name, 10)
        except OSError:
            continue
        return name
    return ""


def _draw_edge(draw: ImageDraw.ImageDraw) -> None:
    """Draw the edge of an airmail envelope along the bottom."""
    step, top = 90, HEIGHT - STRIPE
    for number, x in enumerate(range(-step, WIDTH + step, step)):
        corners = [(x, HEIGHT), (x + 22, top), (x + 67, top), (x + 45, HEIGHT)]
        draw.polygon(corners, BRAND if number % 2 else STOP)


def _draw_envelope(draw: ImageDraw.ImageDraw) -> None:
    left, top = MARGIN, MARGIN
    draw.rounded_rectangle((left, top, left + 72, top + 52), 8, None, BRAND, 5)
    draw.line(
        [(left + 4, top + 6), (left + 36, top + 30), (left + 68, top + 6)], BRAND, 5
    )


def _draw_title(draw: ImageDraw.ImageDraw, title: str) -> None:
    for size in TITLE_SIZES:
        lines = wrap(title, find_font(size), WIDTH - 2 * MARGIN)
        if len(lines) <= TITLE_LINES:
            break
    if len(lines) > TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1], lines[TITLE_LINES - 1][:-1] + "…"]
    draw.multiline_text(
        (MARGIN, 190), "\n".join(lines), INK, find_font(size), spacing=size // 3
    )


def wrap(text: str, font: Font, width: int) -> list[str]:
    """Break a text into lines: Latin between words, Japanese anywhere but before 。」ー."""
    lines = [""]
    for piece in _pieces(text):
        fits = font.getlength(lines[-1] + piece.rstrip()) <= width
        if fits or not lines[-1]:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    """Part a text where a line may break: not within Latin or katakana words."""
    pieces: list[str] = []
    for char in text:
        if pieces and _is_glued(pieces[-1][-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _is_glued(before: str, char: str) -> bool:
    if char == " " or char in _NOT_FIRST or before in _NOT_LAST:
        return True
    return before != " " and _kind(before) == _kind(char) != "other"


def _kind(char: str) -> str:
    if char.isascii():
        return "latin"
    return "katakana" if "\u30a1" <= char <= "\u30ff" else "other"

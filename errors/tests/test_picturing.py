"""The picture beside a shared link: text that fits, with or without a Japanese font."""

import io

import pytest
from PIL import Image

from errors import picturing

LONG = "非常に長い題名がどこまでも続くときにも、画像からはみ出さないこと。" * 8


@pytest.fixture
def _no_japanese_font(monkeypatch):
    monkeypatch.setattr(picturing, "JAPANESE_FONTS", ())
    for cached in (picturing._japanese_font, picturing.find_font):
        cached.cache_clear()
    yield
    for cached in (picturing._japanese_font, picturing.find_font):
        cached.cache_clear()


def open_picture(title, site="Mail error guide"):
    return Image.open(io.BytesIO(picturing.draw_picture(title, site))).convert("RGB")


@pytest.mark.parametrize("title", ["550", LONG, "x" * 500, "", "題\n名", "\ud800"])
def test_any_title_gives_a_picture(title):
    assert open_picture(title).size == (1200, 630)


def test_title_leaves_the_margin_free():
    picture = open_picture(LONG)
    right = picture.crop((1200 - picturing.MARGIN + 12, 60, 1200, 590))
    assert right.getextrema() == ((255, 255),) * 3


def test_titles_that_differ_look_different():
    assert open_picture("550").tobytes() != open_picture("551").tobytes()


@pytest.mark.usefixtures("_no_japanese_font")
@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("550 User unknown（宛先のアドレスが存在しません）", "550 User unknown"),
        ("ドコモ：552 Too much mail data", "552 Too much mail data"),
        ("容量がいっぱいです", ""),
    ],
)
def test_without_a_japanese_font_latin_is_drawn(title, drawn):
    assert picturing.drawable(title) == drawn
    assert open_picture(title).size == (1200, 630)


def test_line_breaks_between_words_and_not_before_marks():
    font = picturing.find_font(40)
    lines = picturing.wrap("User unknown（宛先のアドレスが存在しません）", font, 420)
    assert (
        "".join(lines).replace(" ", "") == "Userunknown（宛先のアドレスが存在しません）"
    )
    assert all(font.getlength(line) <= 420 for line in lines)
    assert not any(line[0] in "）。、ー" for line in lines)


def test_address_changes_with_title_and_site():
    addresses = {
        picturing.picture_version(title, site)
        for title in ("題", "別の題")
        for site in ("サイト", "別のサイト")
    }
    assert len(addresses) == 4

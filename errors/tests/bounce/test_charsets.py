import pytest

from errors.bounce import charsets

SENTENCE = "宛先のメールアドレスが見つかりません"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (SENTENCE.encode("utf-8"), "utf-8"),
        (SENTENCE.encode("utf-8"), ""),
        (SENTENCE.encode("utf-8"), "us-ascii"),
        (SENTENCE.encode("iso2022_jp"), "iso-2022-jp"),
        (SENTENCE.encode("iso2022_jp"), "utf-8"),
        (SENTENCE.encode("cp932"), "Shift_JIS"),
        (SENTENCE.encode("cp932"), "x-sjis"),
        (SENTENCE.encode("cp932"), "no-such-charset"),
        (SENTENCE.encode("euc_jp"), "euc-jp"),
        (SENTENCE.encode("euc_jp"), "iso-2022-jp"),
        (SENTENCE.encode("euc_jp"), ""),
        (SENTENCE.encode("utf-16"), ""),
        (SENTENCE.encode("utf-16"), "utf-8"),
        (SENTENCE.encode("utf-16-be"), "UTF-16BE"),
        (SENTENCE.encode("utf-7"), "x-unicode-2-0-utf-7"),
    ],
)
def test_decode_japanese_right_wrong_or_undeclared(data, charset):
    assert charsets.decode(data, charset) == SENTENCE


def test_decode_nec_row_13_which_the_standard_codecs_refuse():
    data = b"\x1b$B\x2d\x21\x2d\x6a\x1b(B 1"
    assert charsets.decode(data, "iso-2022-jp") == "①㈱ 1"


def test_decode_half_width_katakana_in_jis():
    assert charsets.decode(b"\x1b(I\x31\x32\x1b(B!", "iso-2022-jp") == "ｱｲ!"


def test_decode_broken_utf8_keeps_what_is_whole():
    data = SENTENCE.encode()[:-1] + b" 550"
    assert charsets.decode(data, "utf-8") == SENTENCE[:-1] + "\ufffd 550"


def test_decode_western_text_without_a_charset():
    assert charsets.decode("Adresse refusée".encode("latin-1")) == "Adresse refusée"


def test_decode_survives_a_charset_that_is_no_text_encoding():
    assert charsets.decode(b"caf\xc3\xa9", "base64") == "café"


def test_normalise_newlines_nul_and_surrogates():
    assert charsets.normalise("a\r\nb\rc\x00\ud800") == "a\nb\nc\ufffd\ufffd"


NEIGHBOURS = [
    ("cp949", "받는 사람의 메일함이 가득 찼습니다. 나중에 다시 보내 주십시오."),
    ("gb18030", "您的邮件无法发送：对方的信箱已满 <taro@example.jp>"),
    ("big5", "您的郵件無法發送：對方的信箱已滿 <taro@example.jp>"),
    ("cp1251", "Ваше письмо не доставлено: ящик получателя переполнен"),
]


@pytest.mark.parametrize(("codec", "text"), NEIGHBOURS)
@pytest.mark.parametrize("charset", ["", "utf-8"])
def test_decode_undeclared_text_of_the_neighbours(codec, text, charset):
    assert charsets.decode(text.encode(codec), charset) == text


@pytest.mark.parametrize("codec", ["euc_jp", "cp932"])
@pytest.mark.parametrize(
    "text", ["宛先不明", "携帯電話会社", "容量不足", "送信失敗、宛先不明", SENTENCE]
)
def test_decode_japanese_comes_before_the_neighbours(text, codec):
    assert charsets.decode(text.encode(codec)) == text


def test_decode_huge_text_by_its_first_letters_beyond_ascii():
    text = "550 no\n" * 20_000 + SENTENCE * 5_000
    assert charsets.decode(text.encode("euc_jp")) == text

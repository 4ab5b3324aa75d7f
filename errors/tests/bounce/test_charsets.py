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


@pytest.mark.parametrize("escape", ["", "^[", "\u241b", "\ufffd"])
def test_repair_jis_whose_escapes_a_paste_stripped(escape):
    jis = SENTENCE.encode("iso2022_jp").decode("ascii")
    pasted = f"550 {jis.replace(chr(27), escape)} 5.1.1"
    assert charsets.repair(pasted) == f"550 {SENTENCE} 5.1.1"


@pytest.mark.parametrize("text", ["it costs $Better (B) than", "$B $B(B", "café naïve"])
def test_repair_leaves_other_text_alone(text):
    assert charsets.repair(text) == text


@pytest.mark.parametrize("codec", ["utf-8", "euc_jp"])
def test_repair_text_read_with_the_wrong_charset(codec):
    scrambled = SENTENCE.encode(codec).decode("latin-1")
    assert charsets.repair(scrambled) == SENTENCE


def as_browsers_read(data):
    """Read bytes as CP1252, with control characters where it has no letter."""
    return "".join(
        bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in data
    )


MAILBOX = "メールボックスがいっぱいです。ご確認ください。"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (MAILBOX, "utf-8"),
        (MAILBOX, "cp932"),
        (MAILBOX, "euc_jp"),
        ("Почтовый ящик переполнен", "utf-8"),
        ("收件人邮箱已满", "utf-8"),
    ],
)
def test_repair_text_that_a_browser_read_as_western(text, codec):
    assert charsets.repair(as_browsers_read(text.encode(codec))) == text


def test_repair_only_the_lines_that_were_misread():
    misread = as_browsers_read(MAILBOX.encode())
    pasted = f"次の通知が届きました。\n\n> {misread}\n“550” 5.1.1"
    expected = f"次の通知が届きました。\n\n> {MAILBOX}\n“550” 5.1.1"
    assert charsets.repair(pasted) == expected


@pytest.mark.parametrize(
    "text",
    ["café—bar", "der Gruß“", "viel Spaß…", "résumé… à–b", "ÅÄÖåäö", "½¼¾±°µ", "CAFÉ…"],
)
def test_repair_leaves_western_letters_next_to_quotes_and_dashes(text):
    assert charsets.repair(text) == text

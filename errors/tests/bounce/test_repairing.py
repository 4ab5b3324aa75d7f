import pytest

from errors.bounce import repairing

SENTENCE = "宛先のメールアドレスが見つかりません"


@pytest.mark.parametrize("escape", ["", "^[", "\u241b", "\ufffd"])
def test_repair_jis_whose_escapes_a_paste_stripped(escape):
    jis = SENTENCE.encode("iso2022_jp").decode("ascii")
    pasted = f"550 {jis.replace(chr(27), escape)} 5.1.1"
    assert repairing.repair(pasted) == f"550 {SENTENCE} 5.1.1"


@pytest.mark.parametrize("text", ["it costs $Better (B) than", "$B $B(B", "café naïve"])
def test_repair_leaves_other_text_alone(text):
    assert repairing.repair(text) == text


@pytest.mark.parametrize("codec", ["utf-8", "euc_jp"])
def test_repair_text_read_with_the_wrong_charset(codec):
    scrambled = SENTENCE.encode(codec).decode("latin-1")
    assert repairing.repair(scrambled) == SENTENCE


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
    assert repairing.repair(as_browsers_read(text.encode(codec))) == text


def test_repair_only_the_lines_that_were_misread():
    misread = as_browsers_read(MAILBOX.encode())
    pasted = f"次の通知が届きました。\n\n> {misread}\n“550” 5.1.1"
    expected = f"次の通知が届きました。\n\n> {MAILBOX}\n“550” 5.1.1"
    assert repairing.repair(pasted) == expected


@pytest.mark.parametrize(
    "text",
    ["café—bar", "der Gruß“", "viel Spaß…", "résumé… à–b", "ÅÄÖåäö", "½¼¾±°µ", "CAFÉ…"],
)
def test_repair_leaves_western_letters_next_to_quotes_and_dashes(text):
    assert repairing.repair(text) == text

import pytest
from hypothesis import given, strategies as st

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


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp949", "받는 사람의 메일함이 가득 찼습니다. 나중에 다시 보내 주십시오."),
        ("gb18030", "您的邮件无法发送：对方的信箱已满"),
        ("big5", "您的郵件無法發送：對方的信箱已滿"),
        ("cp1251", "Ваше письмо не доставлено: ящик получателя переполнен"),
    ],
)
def test_repair_text_of_the_neighbours_read_as_latin(codec, text):
    assert repairing.repair(text.encode(codec).decode("latin-1")) == text


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


def as_cp932(data, lost="\ufffd"):
    """Read bytes as CP932 the way browsers do: a lost pair is one mark."""
    out, index = [], 0
    while index < len(data):
        width = 1 if data[index] <= 0x80 or 0xA0 <= data[index] <= 0xDF else 2
        try:
            out.append(data[index : index + width].decode("cp932"))
        except UnicodeDecodeError:
            out.append(lost)
            width = 1 if data[index + 1 : index + 2].isascii() else width
        index += width
    return "".join(out)


@pytest.mark.parametrize("lost", ["\ufffd", "・"])
def test_repair_utf8_that_was_read_as_cp932(lost):
    misread = as_cp932(MAILBOX.removesuffix("。").encode(), lost)
    assert misread.startswith("繝｡繝ｼ繝ｫ")
    repaired = repairing.repair(f"件名: {misread} <taro@example.jp>")
    assert repaired == f"件名: {MAILBOX.removesuffix('。')} <taro@example.jp>"


@pytest.mark.parametrize("one_by_one", [True, False])
def test_repair_euc_that_was_read_as_cp932(one_by_one):
    data = MAILBOX.encode("euc_jp")
    misread = data.decode("cp932", "replace") if one_by_one else as_cp932(data)
    lost = "メー\ufffdボ" if one_by_one else "メー\ufffd"  # "ル" is no pair of CP932
    expected = MAILBOX.replace("メールボ", lost)
    assert repairing.repair(f"> {misread} 550") == f"> {expected} 550"


def test_repair_keeps_a_mark_for_what_cp932_lost():
    misread = as_cp932("宛先のメールアドレス".encode())
    assert repairing.repair(misread) == "宛\ufffdのメールアドレス"


HONEST = (
    "宛先のメールアドレスが見つかりません。",
    "糸が縺れ、話も縺れる・・・",
    "ﾒｰﾙ･ｱﾄﾞﾚｽ､ﾕｰｻﾞｰ名｡",
    "ｴﾗｰ･ﾒｯｾｰｼﾞ",
    "收件人邮箱已满，请稍后再试。",
    "收件者信箱已滿。",
    "받는 사람의 메일함이 가득 찼습니다.",
    "Empfänger „Groß“ – Postfach überfüllt…",
    "boîte pleine—« réessayez »",
    "Почтовый ящик переполнен",
    "550 5.1.1 <taro@example.jp>",
)


@given(st.lists(st.sampled_from(HONEST)), st.sampled_from([" ", "\n", "", "\ufffd"]))
def test_repair_leaves_honest_texts_of_any_language(texts, between):
    text = between.join(texts)
    assert repairing.repair(text) == text


def test_repair_of_a_huge_text_is_bounded():
    misread = as_cp932(MAILBOX.encode())
    repaired = repairing.repair(misread * 5_000)
    assert repaired.startswith(MAILBOX[:12])
    assert repaired.endswith(misread)

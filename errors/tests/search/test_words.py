"""Text → terms."""

import threading

import pytest

from errors.search import words
from errors.search.words import find_spellings, find_terms, find_words, read_aloud


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Mailboxes rejected", ("mailbox", "reject")),
        ("ＵＳＥＲ　Unknown", ("user", "unknown")),
        ("doesn't", ("doesnt",)),
        ("e-mail auto-reply", ("email", "mail", "autorepli", "auto", "repli")),
        ("550-5.7.1 5.7.26", ("550", "5.7.1", "5.7.26")),
        ("5.7 and 5.x.x", ("5.7", "and", "5.x.x")),
        ("0x800CCC0F 800ccc0f", ("800ccc0f", "800ccc0f")),
        ("192.0.2.55", ("192", "0", "2", "55")),
        ("サーバ サーバー ｻｰﾊﾞ", ("サーバー",) * 3),
        ("届かない 届きません とどかない", ("届く",) * 3),
        ("受取 受け取り", ("受け取り",) * 2),
        ("メールが迷惑メールに", ("メール", "迷惑", "メール")),
        ("Gmailに届かない", ("gmail", "届く")),
        ("", ()),
        ("、。！？", ()),
        ("\0\ud800", ()),
    ],
)
def test_terms_of_a_text(text, terms):
    assert find_terms(text) == terms


def test_blank_between_japanese_words_parts_them():
    assert find_terms("アイフォン メール") == ("アイフォン", "メール")


def test_words_know_their_place_in_the_text_given():
    text = "ﾒｰﾙ　がUSERS\nへ"
    assert [(word.term, word.span.of(text)) for word in find_words(text)] == [
        ("メール", "ﾒｰﾙ"),
        ("user", "USERS"),
    ]


def test_particles_are_words_on_demand_alone():
    assert [w.surface for w in find_words("宛先がない", keep_all=True)] == [
        "宛先",
        "が",
        "ない",
    ]
    assert find_terms("宛先がない") == ("宛て先",)


def test_each_word_of_a_text_is_learned_once():
    assert find_spellings("user User 宛先") == (
        ("user", "user", ""),
        ("宛て先", "宛先", "アテサキ"),
    )


def test_words_of_customers_are_not_remembered():
    find_terms("tanakataro unreachable")
    assert "tanakataro" not in str(vars(words).values())
    find_spellings("hostmaster unreachable")
    assert words._stems["hostmaster"] == "hostmast"


def test_text_longer_than_sudachi_takes_is_read_whole():
    assert find_terms("あ" * 40_000 + "宛先")[-1] == "宛て先"


def test_threads_do_not_get_in_each_others_way():
    found, wrong = [], []

    def read():
        try:
            found.extend(find_terms(f"迷惑メールと判定された{n}") for n in range(300))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, len(found)) == ([], 1200)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("宛先がありません", "アテサキガアリマセン"),
        ("Gmailの容量", "gmailノヨウリョウ"),
        ("550", "550"),
    ],
)
def test_text_is_read_aloud(text, reading):
    assert read_aloud(text) == reading

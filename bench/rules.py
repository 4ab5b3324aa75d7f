"""Invented rules by the hundred thousand, of the kind editors write."""

import random
from collections.abc import Iterator

from errors.bounce.values import Rule

_ENGLISH = [
    "mailbox",
    "recipient",
    "address",
    "message",
    "server",
    "domain",
    "sender",
    "user",
    "account",
    "connection",
    "quota",
    "policy",
    "rejected",
    "refused",
    "unavailable",
    "unknown",
    "disabled",
    "exceeded",
    "blocked",
    "limit",
    "temporarily",
    "permanently",
    "delivery",
    "host",
    "relay",
    "access",
    "denied",
    "local",
    "remote",
    "invalid",
    "system",
    "storage",
    "spam",
    "content",
    "header",
    "greylisted",
    "reputation",
    "authentication",
    "signature",
    "record",
    "lookup",
    "timeout",
    "resources",
    "deferred",
]
_JAPANESE = [
    "宛先",
    "受信者",
    "容量",
    "超過",
    "メール",
    "サーバー",
    "拒否",
    "存在しない",
    "アドレス",
    "一時的",
    "迷惑",
    "制限",
    "送信元",
    "接続",
    "認証",
    "配送",
    "できません",
    "ドメイン",
    "設定",
    "利用停止",
]
_VALUES = ("{size}", "{address}", "{host}", "{ip}", "{count}", "{duration}", "*")


def invented_rules(count: int) -> Iterator[Rule]:
    """Make different rules, always the same ones: a quarter Japanese, a third with values."""
    chance = random.Random(count)  # noqa: S311 - nothing here is secret
    for number in range(count):
        text = _invent(chance, number)
        code = chance.choice(("", "", "550", "5", "452"))
        yield Rule(entry=f"invented-{number % 2000}", text=text, reply_code=code)


def _invent(chance: random.Random, number: int) -> str:
    if chance.random() < 0.25:
        return "".join(chance.sample(_JAPANESE, 3)) + f"(E{number:05})"
    words = chance.sample(_ENGLISH, 4)
    if chance.random() < 0.4:
        words.insert(2, chance.choice(_VALUES))
    # A number of its own, as in "AB-01234", keeps the wordings apart.
    place = chance.choice((0, len(words)))
    words.insert(place, f"{chance.choice(('AB', 'RP', 'S', 'IB'))}-{number:05}")
    return " ".join(words)

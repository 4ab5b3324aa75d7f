"""A server's words → a phrase for the catalog: what belongs to the one case is left out."""

import re

from errors.bounce.phrases import find_problems

MAX_WORDS = 160  # code points of a phrase; a longer one fits no second mail
ENOUGH = 20  # code points of a first sentence that says the error by itself

_LEAD = re.compile(
    r"^(?:[\s<>:;,.()\[\]#'\"-]|smtp;|said:|[245]\d\d(?=[\s-])|[245]\.\d{1,3}\.\d{1,3}(?![.\d]))+",
    re.IGNORECASE,
)
_SAID = re.compile(r"^.{0,200}?\bsaid: ", re.IGNORECASE)  # host mx.example.jp said: 550
_TAIL = re.compile(
    r"\s*\(in reply to [^()]{0,60}\)?\s*$", re.IGNORECASE
)  # Postfix's own
_SENTENCE = re.compile(r"[.!?](?= [^ ])|。")
_SIGN = re.compile(r"[\\*{}]")
# What belongs to one mail, the surest first, with what stands for it in a phrase.
_PARTS: tuple[tuple[str, str], ...] = (
    ("{url}", r"https?://[^\s<>\"'()]+[^\s<>\"'().,;:]"),
    # Of ASCII: Japanese stands before an address without a blank.
    ("{address}", r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]*[a-z0-9]"),
    (
        "{ip}",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}",
    ),
    ("{host}", r"\b(?:[a-z0-9_-]+\.){1,}(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,}\b"),
    (
        "{duration}",
        r"\b\d+(?:\.\d+)? ?(?:weeks?|days?|hours?|minutes?|seconds?|日間?|時間|分間?|秒間?)",
    ),
    ("{size}", r"\b\d[\d,.]* ?(?:bytes?|octets?|[kmg]i?b)\b|\d[\d,]* ?バイト"),
    ("*", r"\b(?=[\w.+/=-]*\d)(?=[\w.+/=-]*[a-z])[\w.+/=-]{8,}"),
    ("{count}", r"(?<![\w.])\d[\d,]*\d(?![\w.])|(?<![\w.])\d(?![\w.])"),
)
_PART = re.compile(
    "|".join(f"(?P<part{n}>{source})" for n, (_, source) in enumerate(_PARTS)),
    re.IGNORECASE,
)
# At the ends, signs and what names the one case say nothing of the error.
_MARK = r"(?<!\\)(?:\*|\{(?:address|host|ip|url)\})"
_ENDS = re.compile(
    rf"^(?:{_MARK}|[\s<>:;,.()\[\]'\"-])+|\s\([^()]*$|(?:{_MARK}|[\s<>:;,.()\[\]'\"-])+$"
)


def suggest_phrase(words: str) -> str:
    """Return a phrase that the next mail with this error will meet too; "" for no words.

    >>> suggest_phrase("550 5.1.1 <taro@example.jp>... User unknown in example.jp (ab12cd34ef)")
    'User unknown in'
    """
    line = _TAIL.sub("", _LEAD.sub("", _SAID.sub("", " ".join(words.split()))))
    phrase = _cut(_PART.sub(_stand_in, _escape(line)))
    while (trimmed := _ENDS.sub("", phrase)) != phrase:
        phrase = trimmed
    return "" if find_problems(phrase) else phrase


def _escape(text: str) -> str:
    return _SIGN.sub(lambda found: f"\\{found[0]}", text)


def _stand_in(found: re.Match[str]) -> str:
    return _PARTS[int((found.lastgroup or "part0").removeprefix("part"))][0]


def _cut(phrase: str) -> str:
    """End a phrase behind its first sentence, a long one behind a word."""
    for found in _SENTENCE.finditer(phrase, ENOUGH):
        return _cut(phrase[: found.start()])
    if len(phrase) <= MAX_WORDS:
        return phrase
    whole = phrase[:MAX_WORDS]
    return whole.rpartition(" ")[0] or whole

"""Text that a paste or a wrong charset damaged → the text that was meant."""

import re

from errors.bounce import charsets

# A paste strips ESC, or shows it as "^[", U+241B or U+FFFD.
_JIS_START = re.compile(r"(?:\^\[|[\u241b\ufffd])?\$[@B]")
_JIS_RUN = re.compile(r"((?:[\x21-\x7e]{2})+?)(?:\^\[|[\u241b\ufffd])?\([BJ]")
_MAX_RUN = 400
_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff\uff61-\uff9f]")


def repair(text: str) -> str:
    """Undo what a paste did to Japanese: ESC stripped, or UTF-8 shown as Latin letters."""
    if (
        "\x1b" in text
        and text.isascii()
        and charsets.JIS_SWITCH.search(text.encode("ascii"))
    ):
        return charsets.decode_jis(text.encode("ascii"))
    if "$B" in text or "$@" in text:
        text = _with_escapes(text)
    return unscramble(text)


def _with_escapes(text: str) -> str:
    """Decode the stretches between "$B" and "(B" that are Japanese."""
    out: list[str] = []
    position = 0
    for start in _JIS_START.finditer(text):
        begin = start.end()
        if start.start() < position or not _closes(text, begin):
            continue
        run = _JIS_RUN.match(text, begin, begin + _MAX_RUN)
        japanese = charsets.jis_pairs(run[1].encode("ascii")) if run else ""
        if run and "\ufffd" not in japanese and _JAPANESE.search(japanese):
            out += (text[position : start.start()], japanese)
            position = run.end()
    return "".join([*out, text[position:]])


def _closes(text: str, begin: int) -> bool:
    end = begin + _MAX_RUN
    return text.find("(B", begin, end) >= 0 or text.find("(J", begin, end) >= 0


def unscramble(text: str) -> str:
    """Return text whose bytes were read with the wrong charset as it was meant.

    Line by line where only some lines are damaged.
    """
    if text.isascii() or not _LOOKS_LATIN.search(text):
        return text
    meant = _from_latin(text)
    if meant == text:
        meant = "\n".join(map(_from_latin, text.split("\n")))
    return meant


# Two neighbours that no Latin text has: UTF-8 or Japanese bytes read one by one.
_LOOKS_LATIN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]|[\u0080-\u009f]|[\u00a1-\u00fe]{6}"
)
# Browsers read Latin-1 as CP1252, but keep the bytes that have no letter there.
_WEB_1252 = {
    ord(letter): byte
    for byte in range(0x80, 0xA0)
    if (letter := bytes((byte,)).decode("cp1252", "ignore"))
}
_KANA = re.compile("[\u3041-\u30fe]")
# What a letter and the quote or dash behind it would be in UTF-8: "Gruß“", "CAFÉ…".
_NEVER_MEANT = re.compile("[\u0180-\u019f\u01b1-\u02af\u0590-\u05cf\u0700-\u08ff]")


def _from_latin(text: str) -> str:
    """Undo a reading as Latin-1 or CP1252, where it surely was one."""
    if not _LOOKS_LATIN.search(text):
        return text
    try:
        data = text.translate(_WEB_1252).encode("latin-1")
    except UnicodeEncodeError:
        return text
    try:
        meant = data.decode("utf-8")
        return text if _NEVER_MEANT.search(meant) else meant
    except UnicodeDecodeError:
        meant = charsets.guess(data)
        return meant if "\ufffd" not in meant and _KANA.search(meant) else text

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

    Where only a part is damaged, the rest stays.
    """
    if text.isascii() or not _SUSPICIOUS.search(text):
        return text
    if _LOOKS_LATIN.search(text):
        meant = _from_latin(text)
        if meant != text:
            return meant
        text = "\n".join(map(_from_latin, text.split("\n")))
    if _LOOKS_UTF8.search(text) or _LOOKS_EUC.search(text):
        begin, rest = text[:_MAX_MISREAD], text[_MAX_MISREAD:]
        text = _FOREIGN.sub(lambda run: _from_cp932(run[0]), begin) + rest
    return text


# At least one of these is in whatever the expressions below look for: a quick no.
_SUSPICIOUS = re.compile("[\u0080-\u00fe縺繧繝､･]")
# Two neighbours that no Latin text has: UTF-8 or Japanese bytes read one by one. Looked for
# by one set and then from behind, which is three times as fast as the plain alternatives.
_LOOKS_LATIN = re.compile(
    "[\u0080-\u00fe](?:(?<=[\u0080-\u009f])"
    "|(?<=[\u00c2-\u00f4])[\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]"
    "|(?<=[\u00a1-\u00fe])[\u00a1-\u00fe]{5})"
)
# Browsers read Latin-1 as CP1252, but keep the bytes that have no letter there.
_WEB_1252 = {
    ord(letter): byte
    for byte in range(0x80, 0xA0)
    if (letter := bytes((byte,)).decode("cp1252", "ignore"))
}
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
        sure = charsets.KANA.search(meant) or charsets.neighbour(data)
        return meant if sure and "\ufffd" not in meant else text


_FOREIGN = re.compile("[^\x00-\x7f]+")  # neither UTF-8 nor EUC-JP has ASCII within
_MAX_MISREAD = 65_536
# The first bytes of kana in UTF-8, and in EUC-JP, as CP932 shows them.
_LOOKS_UTF8 = re.compile("[縺繧繝]")
_LOOKS_EUC = re.compile("(?:[､･][\uff61-\uff9f]){4}")
# What stands for bytes that CP932 has no character for.
_LOST = re.compile("[\ufffd・]")
# Bytes of UTF-8 kana that CP932 loses: the second one; or the last one with the first
# of the next kana. That last one is one of five: "い" or, after an o, "う"; "ッ".
_NEXT_KANA = rb"\xff(?=[\x81-\x83][\x80-\xbf](?![\x80-\xbf]))"
_AFTER_O = rb"(?<=\xe3\x82[\x82\x87\x88\x8d]\xe3\x81|\xe3\x81[\x93\x9d\xa9]\xe3\x81)"
_LOST_BYTES = tuple(
    (re.compile(pattern), found)
    for pattern, found in (
        (rb"(?<=\xe3)\xff(?=[\xad-\xb6])", b"\x81"),
        (rb"(?<=\xe3)\xff(?=[\x97-\x9e\xb8-\xbe])", b"\x83"),
        (_AFTER_O + _NEXT_KANA, b"\x86\xe3"),
        (rb"(?<=\xe3\x81)" + _NEXT_KANA, b"\x84\xe3"),
        (rb"(?<=\xe3\x83)" + _NEXT_KANA, b"\x83\xe3"),
        (_NEXT_KANA, b"\xff\xe3"),
    )
)
_EUC_PIECES = re.compile(rb"[\x00-\x7f]+|[\x80-\xff]{1,2}")


def _from_cp932(run: str) -> str:
    """Undo a reading of UTF-8 or EUC-JP as CP932; what stays lost is U+FFFD."""
    try:
        data = b"\xff".join(part.encode("cp932") for part in _LOST.split(run))
    except UnicodeEncodeError:
        return run
    if _LOOKS_UTF8.search(run):
        meant = _utf8_less(data)
        if _share(meant, _JAPANESE) > 0.4:
            return meant
    if not _LOOKS_EUC.search(run):
        return run
    readings = (_euc_less(data), _euc_less(data, lost=b"\xff\xff"))
    share, meant = max(
        (_share(reading, charsets.KANA), reading) for reading in readings
    )
    return meant if share > 0.2 else run


def _utf8_less(data: bytes) -> str:
    for lost, byte in _LOST_BYTES:
        data = lost.sub(byte, data)
    return _RUBBLE.sub("\ufffd", data.decode("utf-8", "replace"))


def _euc_less(data: bytes, lost: bytes = b"\xff") -> str:
    """Decode pair by pair, so that a lost one does not shift the others."""
    pieces = _EUC_PIECES.findall(data.replace(b"\xff", lost))
    return _RUBBLE.sub("\ufffd", "".join(p.decode("euc_jp", "replace") for p in pieces))


_RUBBLE = re.compile("\ufffd+")


def _share(text: str, wanted: re.Pattern[str]) -> float:
    """Return how much of a text is wanted, less what is lost."""
    return (len(wanted.findall(text)) - text.count("\ufffd")) / (len(text) or 1)

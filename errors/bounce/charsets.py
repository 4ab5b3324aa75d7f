"""Bytes → Unicode: ISO-2022-JP and its damages, wrong and missing charsets."""

import codecs
import re

_ALIASES = {
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "x-euc-jp": "euc_jp",
    "euc-jp": "euc_jp",
    "eucjp-ms": "euc_jp",
    "cp51932": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "iso-2022-jp-ms": "iso2022_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "us-ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "utf7": "utf-7",
    "hz-gb-2312": "hz",
    "iso-2022-kr": "iso2022_kr",
    "csiso2022kr": "iso2022_kr",
    "iso-8859-8-i": "iso8859_8",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Charsets whose text is ASCII until it is decoded.
_SEVEN_BIT = frozenset(("utf-7", "hz", "iso2022_kr"))
JIS_SWITCH = re.compile(rb"\x1b(\$[@B]|\(\$B|\$\(D|\([BJIA-Z])")
_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")


def normalise(text: str) -> str:
    """Return the text with LF newlines, without NUL and lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text.replace("\x00", "\ufffd")
    return _UNSHOWABLE.sub("\ufffd", text.removeprefix("\ufeff"))


def lowered(text: str) -> str:
    """Return the text in lower case, every letter in its place.

    "İ" is the one letter that would become two.
    """
    return text.replace("\u0130", "i").lower()


def decode(data: bytes, charset: str = "") -> str:
    """Decode with the declared charset, or with what the bytes look like. Never fail."""
    if data.startswith(UTF16_MARKS):
        return data.decode("utf-16", "replace")
    if b"\x1b" in data and JIS_SWITCH.search(data):
        return decode_jis(data)
    if data.isascii() and b"\x00" not in data and not is_seven_bit(charset):
        return data.decode("ascii")
    for name in (_codec(charset), "utf-8"):
        if name and name != "ascii":
            try:
                return data.decode(name)
            except (UnicodeDecodeError, ValueError):
                continue
    return guess(data)


def is_seven_bit(charset: str) -> bool:
    """Tell whether ASCII labelled with this charset is still to be decoded."""
    return _resolved(charset) in _SEVEN_BIT


def _resolved(charset: str) -> str:
    name = charset.strip("'\" \t").lower()
    return _ALIASES.get(name, name)


def _codec(charset: str) -> str:
    name = _resolved(charset)
    if not name or name == "iso2022_jp":
        return ""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return info.name if info._is_text_encoding else ""


# Western letters stand alone; EUC-JP has pairs and CP932 bytes below them.
_JAPANESE_BYTES = re.compile(rb"[\x80-\x9f]|[\xa0-\xff]{2}")


def guess(data: bytes) -> str:
    """Decode bytes that are neither as declared nor clean UTF-8.

    Broken UTF-8 keeps its good characters; else the Japanese reading that
    yields most kana and kanji wins, unless it has no kana and the letters are
    frequent ones of a neighbour's language. Last comes Western text.
    """
    sample = _sample(data)
    broken = sample.decode("utf-8", "replace")
    good = sum(ch > "\x7f" and ch != "\ufffd" for ch in broken)
    if good > broken.count("\ufffd"):
        return data.decode("utf-8", "replace")
    if not _JAPANESE_BYTES.search(data):
        return data.decode("cp1252", "replace")
    return data.decode(_best(sample), "replace")


_HIGH = re.compile(rb"[\x80-\xff]")
_MAX_SAMPLE = 65_536


def _sample(data: bytes) -> bytes:
    start = _HIGH.search(data)
    return data[start.start() : start.start() + _MAX_SAMPLE] if start else b""


def _best(sample: bytes) -> str:
    """Return the charset of Japanese, a neighbour's or Western text."""
    best, score, kana = "", 0.3, False
    for name in ("euc_jp", "cp932"):
        text = sample.decode(name, "replace")
        points = _japanese_share(text)
        if points > score:
            best, score, kana = name, points, bool(KANA.search(text))
    return best if kana else neighbour(sample) or best or "cp1252"


KANA = re.compile("[\u3041-\u30fe]")
# The letters that texts of this sort are full of. Western ones have no three letters
# beyond ASCII in a row.
_FREQUENT = {
    "cp949": re.compile("[이다는을의에가고하지로니습메일은서시정사를한수자았었받람용]"),
    "gb18030": re.compile(
        "[的您邮件收发送信箱人地址不无法在是到一退户失败服务请这因为对方]"
    ),
    "big5": re.compile(
        "[的您郵件收發送信箱人地址不無法在是到一退戶失敗服務請這因為對方]"
    ),
    "cp1251": re.compile("(?<=[а-я]{2})[аеинорствл](?=[а-я]{2})"),
}


def neighbour(data: bytes) -> str:
    """Return the charset of text that surely is Korean, Chinese or Russian, or ""."""
    sample = _sample(data)
    for name, frequent in _FREQUENT.items():
        text = sample.decode(name, "replace")
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        hits = len(frequent.findall(text)) - text.count("\ufffd")
        if hits >= 3 and hits > 0.3 * foreign:
            return name
    return ""


def _japanese_share(text: str) -> float:
    """Return how much of the non-ASCII text is common Japanese, with a fine for rubble."""
    foreign = [ch for ch in text if ch > "\x7f"]
    if not foreign:
        return 0.0
    # Half-width kana in a row is how EUC-JP looks when read as CP932.
    good = sum(
        "\u3001" <= ch <= "\u30ff" or "\u4e00" <= ch <= "\u9fff" or ch > "\uff00"
        for ch in foreign
    )
    bad = sum("\uff61" <= ch <= "\uff9f" for ch in foreign) + 3 * foreign.count(
        "\ufffd"
    )
    return (good - bad) / len(foreign)


def decode_jis(data: bytes) -> str:
    """Decode ISO-2022-JP, with NEC row 13 (①, ㈱) that the standard codecs refuse.

    Two-byte runs are moved into CP932, which has those rows.
    """
    pieces: list[str] = []
    mode, position = b"(B", 0
    for switch in JIS_SWITCH.finditer(data):
        pieces.append(_decode_jis_run(data[position : switch.start()], mode))
        mode, position = switch[1], switch.end()
    pieces.append(_decode_jis_run(data[position:], mode))
    return "".join(pieces)


def _decode_jis_run(run: bytes, mode: bytes) -> str:
    if mode in (b"$@", b"$B", b"($B"):
        lines = run.split(b"\n")  # a lost "ESC ( B" ends at the line's end
        return "\n".join(jis_pairs(line) for line in lines)
    if mode == b"(I":
        return bytes(b | 0x80 if 0x21 <= b <= 0x5F else b for b in run).decode(
            "cp932", "replace"
        )
    if run.isascii():
        return run.decode("ascii")
    return run.decode("cp932", "replace")


def jis_pairs(run: bytes) -> str:
    """Decode pairs of JIS X 0208 bytes (0x21–0x7E each) by way of CP932."""
    out = bytearray()
    index = 0
    while index + 1 < len(run):
        first, second = run[index], run[index + 1]
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            out.append(first)
            index += 1
            continue
        row = (first - 0x21) // 2
        out.append(row + (0x81 if row < 0x1F else 0xC1))
        if first % 2:
            out.append(second + (0x1F if second < 0x60 else 0x20))
        else:
            out.append(second + 0x7E)
        index += 2
    out += run[index:]
    return bytes(out).decode("cp932", "replace")

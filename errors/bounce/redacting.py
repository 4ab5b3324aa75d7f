"""Personal data in a bounce: find it, blank it, or put stand-ins in its place.

What explains the error stays: codes, hosts, the words of the servers, the domains.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from errors.bounce import labels
from errors.bounce.values import Region, Span

PrivateKind = Literal[
    "address", "name", "ip", "message-id", "subject", "token", "message"
]


@dataclass(frozen=True, slots=True, order=True)
class Private:
    """A piece of personal data in a text."""

    span: Span
    kind: PrivateKind


BLANK = "•"
# Local parts that are nobody's.
_ROLES = frozenset(
    (
        "postmaster",
        "mailer-daemon",
        "abuse",
        "noreply",
        "no-reply",
        "hostmaster",
        "root",
    )
)
# Japanese letters are left out on purpose: a word stands before an address without a blank.
_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
_JAPANESE = r"\u3000-\u9fff\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20\uff5b-\uff9f"
_ADDRESS = re.compile(
    rf"(\"[^\"\n@]{{1,64}}\"|(?:(?![{_JAPANESE}]){_LOCAL}){{1,128}})[@＠](?=[\w\[.-])"
)
_MESSAGE_ID = re.compile(
    r"(?:(?:Message-ID|In-Reply-To|References|Content-ID|Original-Envelope-Id|X-\w*-?Message-ID)"
    r"[ \t]*:\s{0,3}|\bmessage-id=)(<[^<>\n]{1,250}>|[^\s<>]{1,250})",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f:.]{0,45}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"
    r"(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:])"
)
_URL = re.compile(r"https?://[^\s<>\"'）」]{4,2000}", re.IGNORECASE)
# A long piece of a URL with digits and letters in it is a token, not a page's name.
_TOKEN = re.compile(r"(?<=[/=?&;,#])[A-Za-z0-9%_.~+-]{12,}|(?<=//)[^/@\s]{1,200}(?=@)")
_PERSONAL_VALUE = re.compile(
    r"(?<=[?&;])(?:e?mail|to|rcpt|recipient|user|u|id|ip|token|key|sig|uid|address)=([^&;#\s]{2,})",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"^[ \t>*]{{0,12}}(?:{labels.alternatives('from', 'to', 'cc', 'reply_to')}"
    r"|Bcc|Sender|Resent-From|X-Display-Name)[ \t]*[:：][ \t]*([^\n]{1,998})",
    re.IGNORECASE | re.MULTILINE,
)
_DISPLAY_NAME = re.compile(r"(\"[^\"\n]{1,100}\"|[^<>,;:@\"\n]{1,100}?)[ \t]*(?=<)")
_SUBJECT = re.compile(
    rf"^[ \t>*]{{0,12}}(?:{labels.alternatives('subject')}|Thread-Topic)"
    r"[ \t]*[:：][ \t]*([^\n]{1,998})",
    re.IGNORECASE | re.MULTILINE,
)
# A bounce's own subject may repeat the mail's behind such words.
_SUBJECT_OF_MAIL = re.compile(
    r"^(?:\s*(?:undeliverable|undelivered|delivery delayed|failure notice|unzustellbar|non remis"
    r"|automatic reply|auto reply|re|fwd?|配信不能|配信遅延|配信の遅延|未配信|自動応答|自動返信|転送)\s*[:：]\s*)+",
    re.IGNORECASE,
)
_OWN_SUBJECT = re.compile(
    r"return|deliver|undeliver|fail|delay|bounce|notice|notification|error|warning|mail system"
    r"|配信|配送|送信|エラー|返送|未達|失敗|遅延|返り|недостав|доставлен",
    re.IGNORECASE,
)
_MIN_NAME = 4  # shorter names are found in too many words


def find_private(text: str, regions: Iterable[Region] = ()) -> list[Private]:
    """Return the personal data in a text, in order, no two overlapping.

    With the regions of a bounce, the returned message is private as a whole.
    """
    found = [
        Private(region.span, "message")
        for region in regions
        if region.kind == "returned" and len(region.span)
    ]
    for find in _FINDERS:
        found += find(text)
    found += _names_again(text, found)
    return _disjoint(found)


def redact(text: str, regions: Iterable[Region] = ()) -> str:
    """Blank personal data, every code point by one dot, so that offsets stay.

    >>> redact("<taro@example.jp>: 550 User unknown")
    '<••••@example.jp>: 550 User unknown'
    """
    return _replaced(text, find_private(text, regions), _blanked)


def anonymise(text: str, regions: Iterable[Region] = ()) -> str:
    """Put stand-ins in the place of personal data, the same for the same.

    >>> anonymise("<taro@example.jp>: host mx.example.jp[203.0.113.9] said: 550")
    '<user1@example.jp>: host mx.example.jp[192.0.2.1] said: 550'
    """
    stand_ins = _StandIns()
    return _replaced(text, find_private(text, regions), stand_ins.replace)


def _blanked(private: Private, words: str) -> str:
    return "".join(ch if ch == "\n" else BLANK for ch in words)


def _replaced(
    text: str, found: list[Private], replace: Callable[[Private, str], str]
) -> str:
    out: list[str] = []
    position = 0
    for private in found:
        out.append(text[position : private.span.start])
        out.append(replace(private, private.span.of(text)))
        position = private.span.end
    return "".join([*out, text[position:]])


class _StandIns:
    """Numbers what it is given: one person stays one person in the text."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, int]] = {}

    def replace(self, private: Private, words: str) -> str:
        match private.kind:
            case "address" | "name":
                return f"user{self.number('person', words.strip(chr(34)))}"
            case "ip":
                return self.address(words)
            case "message-id":
                return f"<message{self.number('message-id', words)}@id.invalid>"
            case "token":
                return "…"
        return "[…]"

    def number(self, kind: str, words: str) -> int:
        numbers = self.known.setdefault(kind, {})
        return numbers.setdefault(normalize("NFKC", words).casefold(), len(numbers) + 1)

    def address(self, words: str) -> str:
        """Return an address reserved for examples (RFC 5737, 3849)."""
        if ":" in words:
            return f"2001:db8::{self.number('ipv6', words):x}"
        return f"192.0.2.{self.number('ipv4', words) % 255}"


# --- finders -----------------------------------------------------------------------------


def _find_addresses(text: str) -> list[Private]:
    return [
        Private(Span(*found.span(1)), "address")
        for found in _ADDRESS.finditer(text)
        if found[1].casefold() not in _ROLES
    ]


def _find_message_ids(text: str) -> list[Private]:
    return [
        Private(Span(*found.span(1)), "message-id")
        for found in _MESSAGE_ID.finditer(text)
    ]


def _find_ips(text: str) -> list[Private]:
    found = [
        Private(Span(*m.span()), "ip") for m in _IPV4.finditer(text) if _is_ip(m[0])
    ]
    return found + [
        Private(Span(*m.span()), "ip")
        for m in _IPV6.finditer(text)
        if m[0].count(":") > 2 or "::" in m[0]
    ]


def _is_ip(words: str) -> bool:
    return all(int(part) < 256 for part in words.split("."))


def _find_tokens(text: str) -> list[Private]:
    found = []
    for url in _URL.finditer(text):
        for token in _TOKEN.finditer(url[0]):
            if (
                _is_token(token[0])
                or token.string[token.end() : token.end() + 1] == "@"
            ):
                found.append(_within(url, token.span()))
        found += [
            _within(url, value.span(1)) for value in _PERSONAL_VALUE.finditer(url[0])
        ]
    return found


def _within(url: re.Match[str], span: tuple[int, int]) -> Private:
    return Private(Span(url.start() + span[0], url.start() + span[1]), "token")


def _is_token(words: str) -> bool:
    digits = sum(ch.isdigit() for ch in words)
    return digits > 2 or "%40" in words or len(words) > 40


def _find_names(text: str) -> list[Private]:
    found = []
    for line in _NAMED.finditer(text):
        for name in _DISPLAY_NAME.finditer(line[1]):
            words = name[1].strip()
            if words and not _OWN_SUBJECT.search(words):
                start = line.start(1) + name.start(1) + name[1].index(words)
                found.append(Private(Span(start, start + len(words)), "name"))
    return found


def _find_subjects(text: str) -> list[Private]:
    """Return the subjects of mails; the bounce's own tells of the error and stays."""
    found = []
    for number, line in enumerate(_SUBJECT.finditer(text)):
        lead = _SUBJECT_OF_MAIL.match(line[1])
        if lead and lead.end() < len(line[1]):
            start = line.start(1) + lead.end()
            found.append(Private(Span(start, line.end(1)), "subject"))
        elif number or not _OWN_SUBJECT.search(line[1]):
            found.append(Private(Span(*line.span(1)), "subject"))
    return found


_FINDERS = (
    _find_addresses,
    _find_message_ids,
    _find_ips,
    _find_tokens,
    _find_names,
    _find_subjects,
)
_MAX_NAMES = 50


def _names_again(text: str, found: list[Private]) -> list[Private]:
    """Return where people's names stand without their address."""
    names = {
        private.span.of(text).strip('"')
        for private in found
        if private.kind in ("name", "address") and len(private.span) >= _MIN_NAME
    }
    longest = sorted(names, key=len, reverse=True)[:_MAX_NAMES]
    if not longest:
        return []
    words = re.compile("|".join(rf"(?<!\w){re.escape(n)}(?![\w@])" for n in longest))
    return [Private(Span(*again.span()), "name") for again in words.finditer(text)]


def _disjoint(found: list[Private]) -> list[Private]:
    """Return the finds in order; of two that overlap the earlier and longer one."""
    kept: list[Private] = []
    for private in sorted(found, key=lambda p: (p.span.start, -p.span.end)):
        if not len(private.span):
            continue
        if kept and private.span.start < kept[-1].span.end:
            if private.span.end > kept[-1].span.end:
                joined = Span(kept[-1].span.start, private.span.end)
                kept[-1] = Private(joined, kept[-1].kind)
            continue
        kept.append(private)
    return kept

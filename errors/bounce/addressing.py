"""Who failed, from words alone: the addresses a bounce names, and which lines are whose."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from errors.bounce.values import Span

# ASCII on purpose: in Japanese text an address follows a word without a blank.
_LOCAL = "".join(map(chr, range(0x30, 0x3A))) + (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.!#$%&'*+=?^_`{|}~-"
)
_QUOTED_LOCAL = re.compile(r'"[^"\s@]{1,64}"$')
_DOMAIN = re.compile(
    r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,12}|\[[0-9A-Fa-f:.]{2,45}\]"
)
_MAX_LOCAL = 128
_LEAD = 72

# What stands before an address that failed …
_CUE = re.compile(
    r"(?:\brcpt(?:\s+to)?|\brecipients?(?:\s+address)?|\baddress(?:ee|es)?(?:\(es\))?|\buserid|\buser"
    r"|\bdeliver(?:ed|ing|y)?\s+(?:(?:your|the|a|this)\s+)?(?:(?:mail|message|e-?mail)s?\s+)?to"
    r"|\b(?:mail|message|e-?mail)s?\s+(?:to|for)|\bsen[dt](?:ing)?\s+to|\bsent\s+to\s+the\s+address"
    r"|\bto\s+address|\bgroup|\bto\s+this\s+recipient|-->|->|>>>|->>"
    r"|宛先|あて先|宛て先|受信者|送信先|アドレス|ユーザー?)"
    r"\s*[:：=]?\s*[<\"'(「\[]{0,2}\s*$",
    re.IGNORECASE,
)
# … and before one that did not.
_SENDER = re.compile(
    r"(?:\bmail\s+from|\breturn-path|\bfrom|\breply-to|\bsender|\berrors-to|\benvelope-from|\bmessage-id"
    r"|\bin-reply-to|\breferences|\bmessage-id\s+is|\bid|\bexpanded\s+from:?|\bgenerated\s+from"
    r"|\bwritten\s+by|\bcontact|\bhello|\bhi|\bdear|\bposted\s+by|\boriginator|(?<!generated\s)\bby|\bauthor|差出人|送信者|送信元)"
    r"\s*[:：=]?\s*[<\"'(「]{0,2}\s*$",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"^(?:postmaster|mailer-daemon|abuse|support|help|helpdesk|noreply|no-reply|info-help)$",
    re.IGNORECASE,
)
_LINE_LEAD = re.compile(r"(?:^|\n)[ \t]*[<\"'*(•・>|:「-]{0,4}[ \t]*[<\"']?$")
_HEAD_FOLLOW = re.compile(
    r"[>\"')」]{0,3}\s{0,3}(?:$|\n|:|\.\.\.|\(|\[|;|<|,|、|-\s|on\s|mailto:|Action:|\s{2,}\S)"
)
_INLINE_FOLLOW = re.compile(
    r"(?:>?[\"']?:(?=\s|$)|>[\"']?\.\.\.|>?\s+\((?:reason|expanded|generated)\b)"
)
_LIST_LEAD = re.compile(r"(?:[:：]|-{3,}|\*{3,}|={3,}|_{3,})\s*[<\"'*•・-]{0,3}\s*$")
_AFTER_CODE = re.compile(
    r"(?:\b[245][0-9]{2}|\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\)?)[\s:,#-]{0,4}[<\"'(]{0,2}$"
)
# Sendmail's own summary of a dialogue quotes nobody: "550 5.1.1 <a@example.jp>... ".
_OWN_REPLY = re.compile(r">\.\.\.\s")
_QUOTES_REPLY = re.compile(r"[<:;,'\"]\s*(?:[245][0-9]{2}[ -]){0,2}\s*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """An address in the text; rank 0 says it failed, 1 is in a reply, 2 is merely there."""

    address: str
    span: Span
    rank: int
    head: bool = False  # it begins a line or a list
    begin: int = 0  # where the words about it begin: the head's end, else its line


@dataclass(frozen=True, slots=True)
class Found:
    """An address and where it stands."""

    address: str
    span: Span


def find_addresses(text: str, start: int = 0, end: int | None = None) -> list[Found]:
    """Return the addresses between two offsets, led by their at signs."""
    limit = len(text) if end is None else end
    found: list[Found] = []
    at = text.find("@", start, limit)
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1, limit)
        floor = max(start, at - _MAX_LOCAL, found[-1].span.end if found else 0)
        local = _local_before(text, floor, at)
        if domain and local:
            address = local + "@" + domain[0]
            found.append(Found(address, Span(at - len(local), domain.end())))
        at = text.find("@", at + 1, limit)
    return found


def _local_before(text: str, floor: int, at: int) -> str:
    before = text[floor:at]
    if before.endswith('"'):
        quoted = _QUOTED_LOCAL.search(before)
        return quoted[0] if quoted else ""
    local = before[len(before.rstrip(_LOCAL)) :].lstrip("'*`{|}&.")
    if local.startswith("?") or (local.startswith("=") and local[:2] != "=?"):
        return ""
    return local


def without_addresses(text: str) -> str:
    """Return the text with its addresses cut out."""
    out, position = [], 0
    for found in find_addresses(text):
        out.append(text[position : found.span.start])
        position = found.span.end
    return "".join([*out, text[position:]])


def find_mentions(text: str, spans: Iterable[Span]) -> list[Mention]:
    """Return the addresses within the spans that may be recipients, ranked by their cue."""
    return [
        mention
        for span in spans
        for found in find_addresses(text, span.start, span.end)
        if (mention := _mention(text, found, span))
    ]


def _mention(text: str, found: Found, within: Span) -> Mention | None:
    start, end = found.span.start, found.span.end
    lead = text[max(within.start, start - _LEAD) : start]
    follow = text[end : min(within.end, end + 24)]
    if _in_url(lead):
        return None
    return _ranked(found.address, found.span, lead, follow)


_URL_LEAD = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]*$|mailto:[^\s<>\"]*\?[^\s<>\"]*$", re.IGNORECASE
)


def _in_url(lead: str) -> bool:
    return bool(_URL_LEAD.search(lead))


def _ranked(address: str, span: Span, lead: str, follow: str) -> Mention | None:
    if _SENDER.search(lead):
        return Mention(address, span, 3)
    code = _AFTER_CODE.search(lead)
    if code:
        own = _OWN_REPLY.match(follow) and not _QUOTES_REPLY.search(
            lead[: code.start()]
        )
        begin = span.start - len(lead) + code.start()
        return Mention(address, span, 0 if own else 1, head=bool(own), begin=begin)
    head = bool(
        (_LINE_LEAD.search(lead) and _HEAD_FOLLOW.match(follow))
        or _INLINE_FOLLOW.match(follow)
        or _LIST_LEAD.search(lead)
    )
    if head:
        return Mention(address, span, 0, head=True, begin=span.end)
    begin = span.start - len(_same_sentence(lead))
    service = _SERVICE.match(address.partition("@")[0])
    if _CUE.search(lead) and not service:
        return Mention(address, span, 0, begin=begin)
    return Mention(address, span, 3 if service else 2, begin=begin)


_SENTENCE_END = re.compile(r"[.!?。]\s|\n")


def _same_sentence(lead: str) -> str:
    """Return the end of the lead that belongs to the address's own sentence and line."""
    ends = [found.end() for found in _SENTENCE_END.finditer(lead)]
    return lead[ends[-1] :] if ends else lead


def failed_addresses(mentions: list[Mention], senders: frozenset[str]) -> list[str]:
    """Return the addresses of the best rank that are no sender's, in order."""
    for rank in (0, 1, 2):
        named = unique(m.address for m in mentions if m.rank == rank)
        others = [a for a in named if a.lower() not in senders]
        if others:
            return others
    return []


def sender_addresses(mentions: list[Mention]) -> list[str]:
    """Return who is named as failed though a sender: one can write to oneself."""
    return unique(m.address for m in mentions if m.rank == 0)


def unique(addresses: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for address in addresses:
        seen.setdefault(address.lower(), address)
    return list(seen.values())


def find_portions(
    mentions: list[Mention], addresses: list[str], spans: list[Span]
) -> dict[str, list[Span]]:
    """Return per address (lower case) the stretches of text that speak of it.

    A stretch runs from a mention to the next mention of somebody else, or to the
    end of its span. A single address owns everything from its first mention on.
    """
    portions: dict[str, list[Span]] = {a.lower(): [] for a in addresses}
    marks = [m for m in mentions if m.rank < 2 and m.address.lower() in portions]
    if not marks:
        marks = [m for m in mentions if m.address.lower() in portions]
    for span in spans:
        inside = [m for m in marks if span.covers(m.span)]
        inside = [
            m
            for n, m in enumerate(inside)
            if n == 0 or m.head or inside[n - 1].address.lower() != m.address.lower()
        ]
        if len(portions) == 1:
            inside = inside[:1]
        ends = [min(m.begin, m.span.start) for m in inside[1:]] + [span.end]
        for mark, end in zip(inside, ends, strict=False):
            portions[mark.address.lower()].append(
                Span(mark.begin, max(end, mark.span.end))
            )
    return portions

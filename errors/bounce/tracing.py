"""Whence the returned message came: what its own header says of its way (RFC 5321 section 4.4)."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from errors.bounce.values import Bounce

HEADER_MAX = 20_000
HOPS_MAX = 50
_FIELD = re.compile(
    r"^(Received|From|Authentication-Results):[ \t]*(.*(?:\n[ \t].*)*)",
    re.IGNORECASE | re.MULTILINE,
)
# RFC 3848: the A says that the sender signed in; local mail never crossed a network.
_SIGNED_IN = re.compile(
    r"\bwith\s+(?:\w*SMTPS?A|HTTPS?|MAPI|local)\b|\bfrom\s+userid\b|\[127\.0\.0\.1\]",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?<![a-z\d.-])[a-z\d][a-z\d.-]{0,253}\.[a-z]{2,63}(?![a-z\d-])", re.IGNORECASE
)
_FAILED = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*(?:hard|soft)?fail\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a returned message's header tells of its sender and its way."""

    sender: str  # the address that it names as its sender
    hosts: tuple[str, ...]  # named by the servers on the way, the last one first
    is_signed_in: bool  # some server took it from a user it knows
    failed_checks: tuple[
        str, ...
    ]  # spf, dkim, dmarc: what did not vouch for the sender

    def is_foreign(self) -> bool:
        """Tell whether nobody who knows the sender seems to have taken the mail.

        False where the header says too little.
        """
        domain = self.sender.rpartition("@")[2].lower()
        if self.is_signed_in or not domain or not self.hosts:
            return False
        return not any(f".{host}".endswith(f".{domain}") for host in self.hosts)


def read_trace(bounce: Bounce) -> Trace | None:
    """Read the header of the returned message; None when none came back."""
    region = next((r for r in bounce.regions if r.kind == "returned"), None)
    if region is None:
        return None
    text = region.span.of(bounce.text)[:HEADER_MAX].lstrip("\n")
    header = text.partition("\n\n")[0]
    fields = [(m[1].lower(), m[2]) for m in _FIELD.finditer(header)]
    hops = [value for name, value in fields if name == "received"][:HOPS_MAX]
    checks = " ".join(value for name, value in fields if name.startswith("auth"))
    return Trace(
        sender=next((parseaddr(v)[1] for name, v in fields if name == "from"), ""),
        hosts=tuple(host.lower() for hop in hops for host in _HOST.findall(hop)),
        is_signed_in=any(_SIGNED_IN.search(hop) for hop in hops),
        failed_checks=tuple(
            dict.fromkeys(name.lower() for name in _FAILED.findall(checks))
        ),
    )

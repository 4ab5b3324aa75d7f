"""What the operator's own mail server found out about the sender (RFC 8601).

Only the topmost Authentication-Results of the server whose name is set is believed; that
server has to take away those that came with the mail (RFC 8601 section 5).
"""

import re
from collections.abc import Iterator

from errors.mailin.letters import Letter

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([;()=])|([^\s;()="]+)|(\s+)')
_IDENTITIES = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}


def is_authentic(letter: Letter, server: str) -> bool:
    """Tell whether the server vouches for the domain of the envelope's sender."""
    domain = letter.sender.rpartition("@")[2]
    for value in letter.fields.get("authentication-results", ()):
        told = list(_results(value))
        if told and told[0].split()[:1] == [server.lower()]:
            return bool(domain) and any(_vouches(one, domain) for one in told[1:])
    return False


def _vouches(result: str, domain: str) -> bool:
    """Tell whether one result, as "dkim = pass header.d = example.jp", is about the domain."""
    words = re.sub(r"\s*=\s*", "=", result).split()
    method, _, verdict = words[0].partition("=") if words else ("", "", "")
    method = method.partition("/")[0]
    if verdict != "pass" or method not in _IDENTITIES:
        return False
    said = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    return any(_is_aligned(said.get(name, ""), domain) for name in _IDENTITIES[method])


def _is_aligned(identity: str, domain: str) -> bool:
    """Tell whether an identity is the domain or stands above it, as DKIM's may."""
    name = identity.rpartition("@")[2].rstrip(".")
    return (
        bool(name) and "." in name and (domain == name or domain.endswith(f".{name}"))
    )


def _results(value: str) -> Iterator[str]:
    """Yield the parts between semicolons in lower case, without comments.

    A quoted string is one word whatever stands in it: its blanks and signs become "_", so
    that none of them can pass for a result.
    """
    depth, words = 0, [""]
    for quoted, sign, word, blank in _TOKEN.findall(value):
        if sign in ("(", ")") and sign:
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif depth == 0 and sign == ";":
            yield "".join(words).strip().lower()
            words = [""]
        elif depth == 0:
            words.append(
                re.sub(r"[\s;=()]", "_", quoted) or sign or word or (blank and " ")
            )
    yield "".join(words).strip().lower()

"""What answering needs to know of a mail that came in: its header, and from whom it is."""

import re
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from errors.bounce.mime import decode_words

_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[a-z0-9.-]{1,253}", re.IGNORECASE)
_MBOX_LINE = re.compile(rb"From (\S{1,320}) [^\n]*\n")
REFERENCES_MAX = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """The header of a mail; names in lower case, values in the order of the mail."""

    sender: str  # of the envelope, "" for none
    fields: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return the first value of a field, unfolded, "" without one."""
        return next(iter(self.fields.get(name, ())), "")

    @property
    def message_id(self) -> str:
        return next(iter(_MESSAGE_ID.findall(self.get("message-id"))), "")

    @property
    def references(self) -> list[str]:
        """Return the mails that this one follows, the first of the thread first."""
        told = self.get("references") or self.get("in-reply-to")
        return list(dict.fromkeys(_MESSAGE_ID.findall(told)))

    @property
    def subject(self) -> str:
        return " ".join(decode_words(self.get("subject")).split())[:200]

    @property
    def author(self) -> str:
        return parseaddr(self.get("from"))[1].lower()


def read_letter(mail: bytes, sender: str | None = None) -> Letter:
    """Read the header of a mail; the envelope's sender as given, else as the MTA noted it."""
    mbox = _MBOX_LINE.match(mail)
    source = mail[mbox.end() :] if mbox else mail
    header = BytesHeaderParser().parsebytes(source[:200_000])
    fields: dict[str, list[str]] = {}
    for name, value in header.raw_items():
        told = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        fields.setdefault(name.lower(), []).append(" ".join(told.split()))
    if sender is None:
        noted = mbox[1].decode("ascii", "replace") if mbox else ""
        sender = next(iter(fields.get("return-path", ())), noted)
    return Letter(sender=_address_of(sender), fields=fields)


def _address_of(text: str) -> str:
    """Return the address in `<…>`, lower-case; "" for the null sender and for rubbish."""
    address = text.strip().removeprefix("<").removesuffix(">").lower()
    return address if _ADDRESS.fullmatch(address) else ""

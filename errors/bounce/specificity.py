"""How strongly a rule explains a recipient, like CSS specificity: the first difference decides."""

from typing import NamedTuple

PLACES = {
    6: "wording in this recipient's diagnostic",
    5: "wording beside this recipient's diagnostic",
    4: "wording elsewhere",
    3: "status code alone",
    2: "reply code alone",
    1: "class of the code alone",
}

ELSEWHERE = -1  # instead of the codes that agree
_AWAY = "provider in the bounce, but another host refused"


class Specificity(NamedTuple):
    """What is compared, the weightiest first; the greater one explains better."""

    valid: bool  # on the bounce's day
    priority: int  # the editor's
    place: int  # where the evidence lies, see PLACES
    required: (
        int  # and met: 4 the recipient's provider, 2 the bounce's; and 1 the command
    )
    codes: int  # digits of the codes required and met
    literal: int  # letters of the wording met
    agreeing: int  # codes of the entry that the recipient has, or ELSEWHERE

    def line(self) -> str:
        """Return it in one line that an editor can read.

        >>> Specificity(True, 0, 6, 0, 3, 12, 0).line()
        "wording in this recipient's diagnostic · 3 digits of codes required · 12 letters of wording"
        """
        providers = ("", "provider in the bounce", "provider of the recipient")
        parts = [
            "" if self.valid else "not valid on that day",
            f"priority {self.priority}" if self.priority else "",
            PLACES[self.place],
            providers[self.required // 2],
            "SMTP command" if self.required % 2 else "",
            f"{self.codes} digits of codes required" if self.codes else "",
            f"{self.literal} letters of wording" if self.literal else "",
            f"{self.agreeing} codes agree" if self.agreeing > 0 else "",
            _AWAY if self.agreeing == ELSEWHERE else "",
        ]
        return " · ".join(filter(None, parts))

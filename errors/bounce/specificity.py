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


class Specificity(NamedTuple):
    """What is compared, the weightiest first; the greater one explains better."""

    valid: bool  # on the bounce's day
    priority: int  # the editor's
    place: int  # where the evidence lies, see PLACES
    # Required and met: 4 the recipient's provider, 2 the bounce's, -2 that one while
    # another host refused; and 1 the command.
    required: int
    codes: int  # digits of the codes required and met
    literal: int  # letters of the wording met
    agreeing: int  # codes of the entry that the recipient has

    def line(self) -> str:
        """Return it in one line that an editor can read.

        >>> Specificity(True, 0, 6, 0, 3, 12, 0).line()
        "wording in this recipient's diagnostic · 3 digits of codes required · 12 letters of wording"
        """
        providers = {
            0: "",
            1: "provider in the bounce",
            2: "provider of the recipient",
            -1: "provider in the bounce, but another host refused",
        }
        parts = [
            "" if self.valid else "not valid on that day",
            f"priority {self.priority}" if self.priority else "",
            PLACES[self.place],
            providers[self.required // 2],
            "SMTP command" if self.required % 2 else "",
            f"{self.codes} digits of codes required" if self.codes else "",
            f"{self.literal} letters of wording" if self.literal else "",
            f"{self.agreeing} codes agree" if self.agreeing else "",
        ]
        return " · ".join(filter(None, parts))

"""Where in one bounce a rule may look: its diagnostics, its subject, or anywhere but headers."""

import re
from functools import cached_property

from errors.bounce import labels
from errors.bounce.folding import fold
from errors.bounce.values import Bounce, Rule, Span

_SUBJECT_LINE = re.compile(
    rf"[>|\s]*(?:{labels.alternatives('subject')})\s*[:：]", re.IGNORECASE
)


class Scopes:
    """The places of one bounce that rules ask for; made once for all that is met in it."""

    def __init__(self, bounce: Bounce) -> None:
        self.bounce = bounce
        self.headers = [r.span for r in bounce.regions if r.kind == "header"]
        self.only_header = len(self.headers) == len(bounce.regions) > 0
        self.diagnostics = [d for r in bounce.recipients for d in r.diagnostics]

    def those_of(self, rules: tuple[Rule, ...], span: Span) -> tuple[Rule, ...]:
        """Return the rules that may be met at this place; most may be met anywhere."""
        is_open = self._is_open(span)
        for rule in rules:
            if rule.scope != "anywhere" or not is_open:
                return tuple(
                    one for one in rules if self._has(one, span, is_open=is_open)
                )
        return rules

    def _has(self, rule: Rule, span: Span, *, is_open: bool) -> bool:
        if rule.scope == "subject":
            return self._is_in_subject(span)
        if rule.scope == "reporting-host":
            words = fold(span.of(self.bounce.text)).text
            return bool(self._reporting_host) and words in self._reporting_host
        if rule.scope == "diagnostic" and self.diagnostics:
            return any(d.overlaps(span) for d in self.diagnostics)
        return is_open

    def _is_open(self, span: Span) -> bool:
        """Tell whether rules that ask for no place may look here.

        A bounce's subject repeats the customer's own; it decides only where asked for,
        or where it was read as a reason.
        """
        if self.only_header:
            return True
        for header in self.headers:  # a loop, as this is asked for every hit
            if header.start <= span.start and span.end <= header.end:
                return any(diagnostic.covers(span) for diagnostic in self.diagnostics)
        return True

    @cached_property
    def _reporting_host(self) -> str:
        return fold(self.bounce.reporting_mta or "").text

    def _is_in_subject(self, span: Span) -> bool:
        text = self.bounce.text
        line = text.rfind("\n", 0, span.start) + 1
        if not self.headers:
            return line == 0
        while (
            line and text[line] in " \t"
        ):  # a folded header line, RFC 5322 section 2.2.3
            line = text.rfind("\n", 0, line - 1) + 1
        in_header = any(header.covers(span) for header in self.headers)
        return in_header and bool(_SUBJECT_LINE.match(text, line))

"""Many bounces at once: a row per recipient, and counts by entry, reason and provider."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from errors.bounce.matching import Catalog
from errors.bounce.values import Explanation


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one recipient of one mail."""

    source: str
    kind: str
    address: str
    reply_code: str
    status: str
    reason: str
    entry: str
    certainty: str
    provider: str
    diagnostic: str


COLUMNS = tuple(column.name for column in fields(Row))


@dataclass(slots=True)
class Summary:
    """Counts over all rows; mails that could not be read are named with why."""

    mails: int = 0
    unexplained: int = 0  # mails that are bounces, yet no entry was found
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {
            name: Counter() for name in ("kind", "entry", "reason", "provider")
        }
    )
    broken: list[tuple[str, str]] = field(default_factory=list)

    def add(self, rows: list[Row]) -> None:
        self.mails += 1
        bounced = bool(rows) and rows[0].kind in ("failure", "delay")
        self.unexplained += bounced and not any(row.entry for row in rows)
        for row in rows:
            for name, counter in self.counts.items():
                counter[getattr(row, name)] += 1


def rows_of(source: str, explanation: Explanation, catalog: Catalog) -> Iterator[Row]:
    """Yield a row per recipient, at least one."""
    bounce = explanation.bounce
    for verdict, reason in zip(explanation.verdicts, explanation.reasons, strict=True):
        who = verdict.recipient
        hosts = (who.remote_mta, who.address, bounce.reporting_mta)
        providers = (catalog.provider_of(host) for host in hosts if host)
        words = who.diagnostics[0].of(bounce.text) if who.diagnostics else ""
        yield Row(
            source=source,
            kind=bounce.kind,
            address=who.address or "",
            reply_code=who.reply_code or "",
            status=who.status or "",
            reason=reason,
            entry=verdict.entry or "",
            certainty=verdict.winner.certainty if verdict.winner else "none",
            provider=next(filter(None, providers), ""),
            diagnostic=" ".join(words.split()),
        )

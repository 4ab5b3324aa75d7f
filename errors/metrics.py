"""What Prometheus may know of explaining and of the catalog: numbers, never a paste."""

import os

from django.http import HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    generate_latest,
    multiprocess,
)

from errors.bounce.values import Explanation

EXPLANATIONS = Counter(
    "faqsite_explanations",
    "Bounces explained, by what the headline rests on (none: not explained).",
    ["certainty"],
)
# Of several processes the one that lags is what matters.
REVISION = Gauge(
    "faqsite_catalog_revision",
    "Revision of the catalog in use; the lowest of all processes.",
    multiprocess_mode="livemin",
)
BUILT = Gauge(
    "faqsite_catalog_built_timestamp_seconds",
    "When the catalog in use was compiled; the earliest of all processes.",
    multiprocess_mode="livemin",
)
ENTRIES = Gauge(
    "faqsite_catalog_entries",
    "Published entries in the catalog in use.",
    multiprocess_mode="livemin",
)
OUT_OF_DATE = Gauge(
    "faqsite_catalog_out_of_date",
    "1 while some process could not read or build the catalog and uses an older one.",
    multiprocess_mode="livemax",
)


def count_explanation(explanation: Explanation) -> None:
    """Count an explanation by the certainty of its headline."""
    certainty = explanation.verdicts[explanation.headline].certainty
    EXPLANATIONS.labels(certainty).inc()


def note_catalog(*, revision: int, entries: int, built: float, problem: str) -> None:
    """Show which catalog this process uses; `built` is a time.time()."""
    REVISION.set(revision)
    ENTRIES.set(entries)
    BUILT.set(built)
    OUT_OF_DATE.set(1 if problem else 0)


def page() -> HttpResponse:
    """Return all metrics of all processes that share PROMETHEUS_MULTIPROC_DIR."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # its own
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

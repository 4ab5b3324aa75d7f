"""Is this process fit to serve, and what is it lacking?"""

import threading
import time
from dataclasses import asdict, dataclass
from typing import Literal

from django.core.cache import cache
from django.db import Error as DatabaseProblem, connection
from django.db.migrations.executor import MigrationExecutor

from errors import catalog
from errors.rediscache import ForgivingRedisCache

Status = Literal["ready", "degraded", "unready"]


@dataclass(frozen=True, slots=True)
class Health:
    """What /readyz says. Degraded serves on: only `unready` takes a node out of service."""

    status: Status
    database: str
    cache: str
    migrations: str
    catalog_revision: int
    catalog_entries: int
    catalog_age_seconds: int  # since it was compiled here
    catalog_problem: str

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return asdict(self)


def find_health() -> Health:
    """Look at everything. Waits for nothing that is known to be away."""
    published = catalog.current()
    migrations = "unknown" if published.is_database_away else _say_migrations()
    cache.get("health")
    is_cache_away = ForgivingRedisCache.is_away()
    status: Status = "ready"
    if published.problem or is_cache_away:
        status = "degraded"
    if published.revision < 0 or migrations == "pending":
        status = "unready"
    return Health(
        status=status,
        database="away" if published.is_database_away else "ok",
        cache="away" if is_cache_away else "ok",
        migrations=migrations,
        catalog_revision=published.revision,
        catalog_entries=len(published.entries),
        catalog_age_seconds=int(time.time() - published.built),
        catalog_problem=published.problem,
    )


def _say_migrations() -> str:
    """Tell whether the tables are those of this release; once they are, they stay so."""
    if _migrated.is_set():
        return "applied"
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "pending"
    except DatabaseProblem:
        return "unknown"
    _migrated.set()
    return "applied"


_migrated = threading.Event()

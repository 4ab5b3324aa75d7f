"""Keys of programs that use the API: random, shown once, known to us as hashes alone.

They live in the environment, so that a key works while the database is away.
"""

import hashlib
import secrets

from django.conf import settings
from django.http import HttpRequest


def make_key() -> tuple[str, str]:
    """Return a new key, and its hash for API_KEYS."""
    key = secrets.token_urlsafe(32)
    return key, hash_key(key)


def hash_key(key: str) -> str:
    """Hash a key. It is long and random, so that a fast hash without salt will do."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def owner_of(request: HttpRequest) -> str | None:
    """Return to whom the key of a request was given: "" without one, None for a wrong one."""
    header: str = request.headers.get("authorization", "")
    if not header:
        return ""
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    hashed = hash_key(key.strip())
    keys: dict[str, str] = settings.API_KEYS
    owners = (name for name, known in keys.items() if _is_same(known, hashed))
    return next(owners, None)


def _is_same(known: str, hashed: str) -> bool:
    return secrets.compare_digest(known.strip().lower().encode(), hashed.encode())

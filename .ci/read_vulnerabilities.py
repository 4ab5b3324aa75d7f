"""Read pip-audit's report. It counts a package that it could not look up as fine; we do not."""

import json
import sys
from pathlib import Path

NOT_AUDITED = 3


def main(path: str) -> int:
    try:
        dependencies = json.loads(Path(path).read_text("utf-8"))["dependencies"]
    except (ValueError, KeyError, OSError):
        dependencies = []
    known = [found for found in dependencies if found.get("vulns")]
    skipped = [found["name"] for found in dependencies if "skip_reason" in found]
    for found in known:
        names = ", ".join(vulnerability["id"] for vulnerability in found["vulns"])
        print(f"VULNERABLE: {found['name']} {found['version']}: {names}")
    if known:
        return 1
    if skipped or not dependencies:
        told = f"{len(skipped)} of {len(dependencies)} packages" if skipped else "all"
        print(f"NOT AUDITED ({told}): the database could not be asked from here.")
        return NOT_AUDITED
    print(f"{len(dependencies)} packages, no known vulnerability.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

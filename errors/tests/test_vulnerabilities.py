"""The audit never calls unaudited what is unaudited fine."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

FINE = {"name": "django", "version": "5.2.19", "vulns": []}
BAD = {"name": "old", "version": "1", "vulns": [{"id": "PYSEC-2026-1"}]}
SKIPPED = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("report", "status", "said"),
    [
        ([FINE], 0, "1 packages, no known vulnerability."),
        ([FINE, BAD], 1, "VULNERABLE: old 1: PYSEC-2026-1"),
        ([FINE, SKIPPED], 3, "NOT AUDITED (1 of 2 packages)"),
        ([BAD, SKIPPED], 1, "VULNERABLE"),
        ([], 3, "NOT AUDITED (all)"),
        (None, 3, "NOT AUDITED (all)"),
    ],
    ids=["fine", "vulnerable", "skipped", "both", "nothing", "no report"],
)
def test_report_is_read(tmp_path, report, status, said):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"dependencies": report}) if report is not None else "")
    done = subprocess.run(
        [sys.executable, ".ci/read_vulnerabilities.py", path],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status
    assert said in done.stdout

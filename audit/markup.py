"""What the Nu HTML checker, the W3C's own, finds wrong with pages."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from audit.serving import ROOT

CHECKER = ROOT / "audit" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def find_faults(pages: Mapping[str, str]) -> list[str]:
    """Check the source of pages by name, all in one run, for Java is slow to start."""
    with tempfile.TemporaryDirectory() as folder:
        for name, html in pages.items():
            (Path(folder) / f"{name}.html").write_text(html, "utf-8")
        command = ["java", "-jar", str(CHECKER), "--format", "json", "--stdout", folder]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    return [
        f"{Path(fault['url']).stem}:{fault.get('lastLine', '?')}: {fault['message']}"
        for fault in json.loads(told.stdout)["messages"]
        if fault["type"] == "error" or fault.get("subType") == "warning"
    ]

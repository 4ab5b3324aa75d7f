"""nginx with the shipped configuration, on this machine alone."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "deploy" / "nginx"
START_SECONDS = 60


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


class Nginx:
    """Runs the shipped files; folders, ports and limits by address alone differ.

    The instances are expected at a.sock and b.sock in the folder, files to serve in `files`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        is_limited: bool = False,
        files: Path = ROOT / "staticfiles",
    ) -> None:
        self.folder, self.is_limited, self.files = folder, is_limited, files
        self.port, self.inner_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        for file in SHIPPED.glob("faqsite-*.conf"):
            text = file.read_text("utf-8")
            for shipped, here in self._substitutes().items():
                text = text.replace(shipped, here)
            (self.folder / file.name).write_text(text, "utf-8")
        config = self.folder / "nginx.conf"
        config.write_text(self._config(), "utf-8")
        self.process = subprocess.Popen(
            ["nginx", "-p", self.folder, "-c", config, "-e", "nginx.log"]
        )
        self._wait()

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.process:
            self.process.terminate()
            self.process.wait()

    def _substitutes(self) -> dict[str, str]:
        folder = str(self.folder)
        places = {
            "/run/faqsite/": f"{folder}/",
            "/run/faqsite-body": f"{folder}/body",
            "/var/cache/nginx/faqsite": f"{folder}/cache",
            "/var/log/nginx/": f"{folder}/",
            "/srv/faqsite/current/staticfiles": str(self.files),
            "127.0.0.1:8081": f"127.0.0.1:{self.inner_port}",
        }
        # All load comes from one address.
        limits = {f"rate={n}r/s": "rate=1000000r/s" for n in (5, 50)}
        limits["limit_conn faqsite_conn 40"] = "limit_conn faqsite_conn 4000"
        return places if self.is_limited else places | limits

    def _config(self) -> str:
        return f"""
            daemon off;
            worker_processes 2;
            user {"root" if os.getuid() == 0 else "nobody"};
            pid {self.folder}/nginx.pid;
            events {{ worker_connections 1024; }}
            http {{
                include /etc/nginx/mime.types;
                sendfile on;
                tcp_nopush on;
                include {self.folder}/faqsite-http.conf;
                server {{
                    listen 127.0.0.1:{self.port};
                    include {self.folder}/faqsite-server.conf;
                    location /yardstick/ {{
                        alias {self.folder}/yardstick/;
                        gzip_static on;
                    }}
                }}
            }}
        """

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
                return
            time.sleep(0.05)
        raise RuntimeError("nginx did not start")

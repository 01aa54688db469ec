"""A dashboard as a process of its own, for the browser tests and for the benchmark of the app."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class Server:
    """A dashboard on a free port, with everything it writes below `root`.

    Parameters
    ----------
    root : Path
        Where data sets and runs lie, and the server's log.
    script : str
        What Streamlit runs.
    port : int, optional
        A free one if not given.

    Raises
    ------
    AssertionError
        If it ends early or does not answer within a minute; the message is its log.
    """

    def __init__(self, root: Path, *, script: str = "app.py", port: int | None = None) -> None:
        self.port = port or free_port()
        self.root = root
        self.url = f"http://localhost:{self.port}"
        self.log = (root / "server.log").open("w")
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(self.port), "--server.headless", "true"]
        self._process = subprocess.Popen(
            [*command, "--server.fileWatcherType", "none"],
            cwd=PROJECT,
            env={**os.environ, "GENRE_HOME": str(root)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.pid = self._process.pid
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            # The health address answers before any page has run, so a test's own request stays the first.
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
            assert self._process.poll() is None, (root / "server.log").read_text()
            time.sleep(0.1)
        self.close()
        raise AssertionError(f"the server did not answer within {START_SECONDS} s:\n" + (root / "server.log").read_text())

    def kill(self) -> None:
        """Take the server away without a word."""
        self._process.kill()
        self._process.wait(timeout=20)

    def close(self) -> None:
        """End the server; its root stays."""
        self._process.terminate()
        self._process.wait(timeout=20)
        self.log.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

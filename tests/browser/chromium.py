"""Find a Chromium for the browser tests, or install one. Run as a script before the tests, imported by their fixtures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Without a graphics card, as root, and without traffic of the browser's own."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Path of the browser to drive: GENRE_CHROMIUM, one on PATH, or Playwright's own; None where there is none."""
    given = os.environ.get("GENRE_CHROMIUM")
    if given:
        return given
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install_chromium() -> None:
    """Install from Debian's packages where that is allowed, else Playwright's own build."""
    attempts = []
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append([["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]])
    attempts.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    for commands in attempts:
        results = [subprocess.run(command, check=False).returncode for command in commands]
        if results[-1] == 0 and find_chromium():
            return


def main() -> int:
    if not find_chromium():
        print("No Chromium found for the browser tests: installing one ...", flush=True)
        install_chromium()
    if found := find_chromium():
        print(f"Browser for the tests: {found}")
        return 0
    print(
        "The browser tests need Chromium, and none could be found or installed.\n"
        "Install chromium or Google Chrome, or name one: GENRE_CHROMIUM=/path/to/chromium make test",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

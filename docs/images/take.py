"""Take the README's pictures: `make app` first, then `.venv/bin/python docs/images/take.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.browser.chromium import find_chromium

PICTURES = {
    "explore": "Explore?clip=demo/jazz.02&view=spectrogram_db&region=10.5-16",
    "gallery": "Explore?mode=all",
    "classify": "Classify?run=demo-ann&clip=demo/disco.03",
    "evaluate": "Evaluate?run=demo-ann",
}

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for name, address in PICTURES.items():
        page.goto(f"{sys.argv[1] if len(sys.argv) > 1 else 'http://localhost:8501'}/{address}")
        page.locator(".js-plotly-plot, .player canvas.picture").last.wait_for()
        page.wait_for_timeout(3000)  # fonts and pictures settle
        page.screenshot(path=str(Path(__file__).with_name(f"{name}.png")))

"""Take the README's pictures: `make app` first, then `.venv/bin/python docs/images/take.py SONG [ADDRESS [PICTURE ...]]`.

SONG is classified in the picture of Classify: a recording that may be shown, such as the Hungarian Dance No. 5 of the US Army
Strings (public domain, Musopen). Named pictures alone are taken, else all.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.browser.chromium import find_chromium

PICTURES = {
    "explore": "Explore?clip=demo/jazz.02&view=spectrogram_db&region=10.5-16",
    "gallery": "Explore?mode=all",
    "classify": "Classify",
    "evaluate": "Evaluate?run=demo-ann",
    "inspect": "Inspect?run=demo-cnn-small",
    "listened": "Inspect?run=demo-cnn-small&look=listened",
    "learn": "Learn?lesson=neuron&step=cannot&hidden=4",
}

IS_QUIET = "!document.querySelector('[data-testid=stProgress], [data-testid=stStatusWidget]')"
"""Nothing is computed any more."""

song, address, *wanted = [*sys.argv[1:], "http://localhost:8501"][:2] + sys.argv[3:]

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for name, place in PICTURES.items():
        if wanted and name not in wanted:
            continue
        page.goto(f"{address}/{place}")
        if name == "classify":
            page.locator("input[type=file]").set_input_files(song)
            page.get_by_text(Path(song).name, exact=True).last.wait_for()
        page.locator(".js-plotly-plot, .player canvas.picture").last.wait_for()
        page.wait_for_timeout(2000)
        page.wait_for_function(IS_QUIET, timeout=120_000)
        page.wait_for_timeout(3000)  # fonts and pictures settle
        page.screenshot(path=str(Path(__file__).with_name(f"{name}.png")))

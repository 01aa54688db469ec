"""The dashboard as a visitor meets it: a real server, a real Chromium."""

from __future__ import annotations

import io
import re

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from pages.ui.page import PAGES

expect.set_options(timeout=20_000)
PATHS = {name: "" if name == "home" else page.title for name, page in PAGES.items()}


def m4a(seconds: float = 8.0, sr: int = 44100) -> bytes:
    """A stereo AAC file of a plucked chord that repeats."""
    time = np.arange(int(seconds * sr)) / sr
    y = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220.0, 277.2, 329.6)) * np.exp(-3 * (time % 0.5)) * 0.2
    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=sr, layout="stereo")
        for start in range(0, y.size, 1024):
            samples = np.stack([y[start : start + 1024]] * 2).astype(np.float32)  # (2, n_samples)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = sr, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def test_a_deep_link_may_be_the_first_request(server, page):
    page.goto(f"{server.url}/Explore?clip=demo/rock.01&view=mfcc")
    expect(page.get_by_role("heading", name="Explore", exact=True)).to_be_visible()
    expect(page).to_have_title("Explore · Genrescope")
    expect(page.get_by_role("combobox", name="Clip")).to_have_value(re.compile("^demo/rock.01 "))
    expect(page.get_by_role("radio", name="MFCC")).to_have_attribute("aria-checked", "true")
    main = page.get_by_test_id("stMain")
    for entry in PAGES.values():
        expect(main.get_by_role("link", name=entry.title, exact=True)).to_be_visible()
    expect(page.locator("audio")).to_have_count(1)
    expect(page.locator(".js-plotly-plot").last).to_be_visible()
    assert "clip=demo%2Frock.01" in page.url or "clip=demo/rock.01" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_on_something_real(server, page, scheme):
    page.emulate_media(color_scheme=scheme)
    for name, entry in PAGES.items():
        page.goto(f"{server.url}/{PATHS[name]}")
        expect(page.get_by_role("heading", name=entry.title, exact=True)).to_be_visible()
        expect(page.get_by_text(entry.question)).to_be_visible()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_an_m4a_is_classified_and_a_text_is_refused(server, page):
    page.goto(f"{server.url}/Classify")
    page.locator("input[type=file]").first.set_input_files(
        [
            {"name": "chord.m4a", "mimeType": "audio/mp4", "buffer": m4a()},
            {"name": "letter.wav", "mimeType": "audio/wav", "buffer": b"Dear reader, this is a letter and no sound.\n" * 20},
        ]
    )
    expect(page.get_by_text("'letter.wav' is no audio: it is text.")).to_be_visible()
    expect(page.get_by_text("chord.m4a").last).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    assert '"path": "chord.m4a"' in download.value.path().read_text(encoding="utf-8")
    assert not [path for path in server.root.rglob("*") if path.name.startswith(("chord", "letter"))]

"""The dashboard as a visitor meets it: a real server, a real Chromium."""

from __future__ import annotations

import io
import re

import av
import numpy as np
from playwright.sync_api import expect


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


def test_an_m4a_is_classified_and_plays_and_a_text_is_refused(server, page):
    page.goto(f"{server.url}/Classify")
    page.locator("input[type=file]").first.set_input_files(
        [
            {"name": "chord.m4a", "mimeType": "audio/mp4", "buffer": m4a()},
            {"name": "letter.wav", "mimeType": "audio/wav", "buffer": b"Dear reader, this is a letter and no sound.\n" * 20},
        ]
    )
    expect(page.get_by_text("'letter.wav' is no audio: it is text.")).to_be_visible()
    expect(page.get_by_text("chord.m4a").last).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(r"^[A-Z]+ +[01]\.\d\d|^NOT SURE"))
    player = page.locator(".player")
    player.get_by_role("button", name="Play (space)").click()
    expect(player).to_have_attribute("data-position", re.compile(r"^0\.[3-9]|^[1-9]"))
    player.get_by_role("button", name="Pause (space)").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    assert '"path": "chord.m4a"' in download.value.path().read_text(encoding="utf-8")
    assert not [path for path in server.root.rglob("*") if path.name.startswith(("chord", "letter"))]

"""Classify in a real browser: bars that move with the playhead, first results early, and nothing of an upload left behind."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.songs import SR, song, upload
from tests.browser.visitor import WORK_SECONDS, look

pytestmark = pytest.mark.timeout(600)

LONG_SECONDS = 360
LONG_RATE = 8000

# What the bars show: name -> number in words and share of the track's width.
BARS = """(host, _, width = (made) => made.getBoundingClientRect().width) => ({
  said: host.querySelector('.bars-said').textContent,
  rows: Object.fromEntries([...host.querySelectorAll('.bars-row')].map(row => [
    row.querySelector('.bars-name').textContent,
    [Number(row.querySelector('.bars-number').textContent),
     width(row.querySelector('.bars-fill')) / width(row.querySelector('.bars-track'))],
  ])),
})"""

# What the ribbon holds at a moment: name -> share; and where it and the waveform lie on the picture.
RIBBON = """(host, seconds) => {
  const player = host.player;
  const layer = player.scene.panels[0].layers[0];
  let piece = 0;
  while (piece + 1 < layer.starts.length && layer.starts[piece + 1] <= seconds) piece++;
  return {
    shares: Object.fromEntries(layer.names.map((name, index) => [name, layer.shares[piece * layer.names.length + index]])),
    seconds: player.scene.seconds, visible: player.visible, outlined: player.scene.outline.to, boxes: player.layout.boxes.length,
  };
}"""


@pytest.fixture(scope="module")
def quiet(own_root, tmp_path_factory):
    """A dashboard whose temporary folder is its own, to see what it leaves there."""
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        started = Server(own_root)
    yield started, folder
    started.close()


def two_halves(seconds: float = 12.0) -> bytes:
    """A song that changes in its middle: deep chords, then high ones."""
    halves = [soundfile.read(io.BytesIO(song(genre, seconds=seconds / 2)))[0] for genre in ("bass", "flute")]
    return as_wav(np.concatenate(halves), SR)


def as_wav(y: np.ndarray, rate: int) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, y, rate, format="WAV", subtype="PCM_16")
    return out.getvalue()


def drop(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").first.set_input_files(upload(name, content))


def test_bars_move_with_the_playhead_and_speak_of_the_whole_song_at_rest(quiet, page):
    server, _ = quiet
    page.goto(f"{server.url}/Classify?run=demo-ann")
    drop(page, "halves.wav", two_halves())
    player = page.locator(".player", has=page.locator(".bars-row")).first
    expect(player).to_have_attribute("aria-label", "Player: halves.wav")
    expect(player.locator(".bars-said")).to_have_text("Whole song")
    whole = player.evaluate(BARS)
    genres = list(whole["rows"])
    assert len(genres) == 10
    assert sum(number for number, _ in whole["rows"].values()) == pytest.approx(1, abs=0.05)
    seen = {}
    for seconds in (1.0, 10.0):
        player.evaluate("(host, seconds) => host.player.seek(seconds)", seconds)
        expect(player.locator(".bars-said")).to_have_text(f"At 0:{seconds:02.0f}")
        ribbon, seen[seconds] = player.evaluate(RIBBON, seconds), player.evaluate(BARS)
        for name, share in ribbon["shares"].items():
            number, width = seen[seconds]["rows"][name]
            assert number == pytest.approx(share, abs=0.006)
            assert width == pytest.approx(share, abs=0.02)
    assert seen[1.0]["rows"] != seen[10.0]["rows"]
    assert list(seen[10.0]["rows"]) == genres  # each keeps its place: it moves, and does not jump
    # Waveform and ribbon share one axis, on which the whole song is in sight.
    assert ribbon["boxes"] == 2
    assert ribbon["visible"] == pytest.approx([0, 12], abs=0.01)
    assert ribbon["outlined"] == pytest.approx(ribbon["seconds"])
    player.get_by_role("button", name="Play (space)").click()
    page.wait_for_function("host => host.player.position > 0.5 && host.player.transport.playing", arg=player.element_handle())
    player.get_by_role("button", name="Pause (space)").click()
    player.get_by_role("button", name="Whole song").click()
    expect(player.locator(".bars-said")).to_have_text("Whole song")
    assert player.evaluate(BARS) == whole
    look(page, "classify-bars")


def test_a_long_file_is_named_before_its_end_and_heard_anywhere(quiet, page):
    server, folder = quiet
    rng = np.random.default_rng(0)
    y = np.sin(np.arange(LONG_SECONDS * LONG_RATE) / 9) * np.repeat(rng.uniform(0.1, 0.8, LONG_SECONDS), LONG_RATE)
    content = as_wav(0.5 * y + rng.normal(scale=0.02, size=y.size), LONG_RATE)
    page.goto(f"{server.url}/Classify?run=ten-genres")
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=2)).to_be_visible()
    drop(page, "hours.wav", content)
    expect(page.get_by_text(re.compile(r"^Heard \d:\d\d of 6:00"))).to_be_visible()
    player = page.locator(".player", has=page.locator(".bars-row")).first
    expect(player).to_have_attribute("aria-label", "Player: hours.wav")
    expect(player.locator(".bars-said")).to_have_text("So far")
    look(page, "classify-first-result")
    expect(player.locator(".bars-said")).to_have_text("Whole song", timeout=1000 * WORK_SECONDS)
    expect(page.get_by_text(re.compile(r"^Heard \d:\d\d of 6:00"))).to_have_count(0)
    # Five and a half minutes in, where the browser had nothing of it: the part comes, and it plays on from there.
    player.evaluate("host => { host.player.seek(330); host.player.play(); }")
    page.wait_for_function(
        "host => host.player.transport.playing && host.player.position > 330.3", arg=player.element_handle(), timeout=60_000
    )
    assert player.evaluate("host => host.player.sound.start") == 240
    player.evaluate("host => host.player.pause()")
    look(page, "classify-long")
    part = content[len(content) // 2 :][:64]
    for place in (folder, server.root):
        assert not [path for path in place.rglob("*") if path.is_file() and part in path.read_bytes()]
    large = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 2**16]
    assert not large, f"left in the temporary folder: {large}"


def test_what_is_no_sound_is_told_beside_what_is(quiet, page):
    server, _ = quiet
    page.goto(f"{server.url}/Classify?run=demo-ann")
    files = {"letter.mp3": b"Dear reader, this is no sound.", "empty.wav": b"", "tone.wav": two_halves(6.0)}
    page.locator("input[type=file]").first.set_input_files([upload(name, content) for name, content in files.items()])
    expect(
        page.get_by_text("3 songs: 1 named, 0 not sure, 2 could not be heard").or_(
            page.get_by_text("3 songs: 0 named, 1 not sure, 2 could not be heard")
        )
    ).to_be_visible()
    told = page.get_by_role("alert").filter(has_text="letter.mp3")
    expect(told).to_contain_text("'letter.mp3' is no audio: it is text.")
    expect(told).to_contain_text("'empty.wav' is empty")
    expect(page.locator(".player", has=page.locator(".bars-row")).first).to_have_attribute("aria-label", "Player: tone.wav")
    look(page, "classify-several")

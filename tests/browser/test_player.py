"""The player in a real browser: what is drawn is what is heard, to the sample."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import expect

from tests.browser.songs import upload
from tests.browser.visitor import Visitor, look

SR = 22050
SECONDS = 6.0
CLICKS = (1.0, 2.0, 4.5)
PLAYHEAD_SECONDS = 0.05

# Plays from a second, and tells when a click sounded, what the playhead stood at when it was last drawn, and when that was.
AT_THE_CLICK = """async (host, from) => {
  const player = host.player;
  player.seek(from);
  await player.play();
  const {context, gain} = player.transport;
  const ear = context.createAnalyser();
  ear.fftSize = 32768;  // a second and a half: a busy machine may look again only after that long
  gain.connect(ear);
  const samples = new Float32Array(ear.fftSize);
  return await new Promise((tell, fail) => {
    const limit = setTimeout(() => fail('no click was heard'), 30000);
    const listen = setInterval(() => {
      const now = context.currentTime;
      ear.getFloatTimeDomainData(samples);
      const first = samples.findIndex(sample => Math.abs(sample) > 0.5);
      if (first < 0) return;
      clearInterval(listen); clearTimeout(limit);
      const sounded = now - (samples.length - first) / context.sampleRate;
      const latency = context.outputLatency || context.baseLatency || 0;
      tell({sounded: sounded + latency, now, heard: player.heard(), drawn: player.position, drawnAt: player.drawnAt});
      player.pause();
    }, 1);
  });
}"""

# Plays a region again and again, and keeps what comes out of the player, sample by sample. A worklet listens on the thread that
# makes the sound: on a busy machine the page's own thread would miss blocks.
RECORDED = """async (host, [from, to, seconds]) => {
  const player = host.player;
  player.select([from, to]);
  player.setLoop(true);
  await player.play();
  const {context, gain} = player.transport;
  const worklet = `registerProcessor('ear', class extends AudioWorkletProcessor {
    process([input]) { if (input.length) this.port.postMessage(input[0].slice()); return true; }
  })`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], {type: 'text/javascript'})));
  const ear = new AudioWorkletNode(context, 'ear', {numberOfOutputs: 0});
  const out = [];
  ear.port.onmessage = event => out.push(...event.data);
  gain.connect(ear);
  await new Promise(done => {
    const enough = setInterval(() => out.length < seconds * context.sampleRate || done(clearInterval(enough)), 20);
  });
  player.pause();
  gain.disconnect(ear);
  return out;
}"""


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    """Soft noise, so that every place sounds different, with a loud click at each of CLICKS."""
    y = np.random.default_rng(0).uniform(-0.1, 0.1, round(SECONDS * SR))
    for second in CLICKS:
        y[round(second * SR) : round(second * SR) + 40] = 0.9
    return y.astype(np.float32)


def wav(y: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, y, SR, format="WAV", subtype="PCM_16")
    return out.getvalue()


@pytest.fixture(scope="module")
def desk(browser, own_server, samples):
    """A visitor on Explore with the clip of clicks in the player, for all tests of one player."""
    visitor = Visitor(browser)
    page = visitor.page
    page.goto(f"{own_server.url}/Explore")
    host = page.locator(".player")
    expect(host).to_be_visible()
    before = host.get_attribute("data-clip")
    page.get_by_role("button", name="Your own").click()
    page.locator("input[type=file]").first.set_input_files(upload("clicks.wav", wav(samples)))
    expect(host).not_to_have_attribute("data-clip", before)
    page.keyboard.press("Escape")
    yield visitor
    visitor.close()


@pytest.fixture
def player(desk):
    """That player as it was at first."""
    host = desk.page.locator(".player")
    host.evaluate(
        """host => { const it = host.player; it.pause(); it.setLoop(false); it.setBand(null); it.select(null);
                     it.show([0, it.scene.seconds]); it.seek(0); }"""
    )
    expect(desk.page).not_to_have_url(re.compile("zoom=|region="))
    expect(desk.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    return host


def stretch(host, name: str) -> tuple[float, ...]:
    return tuple(float(part) for part in (host.get_attribute(f"data-{name}") or "").split())


def place(host, seconds: float, *, at: float = 0.5) -> tuple[float, float]:
    """Where a time stands on the screen, `at` this share of the picture's height."""
    x = host.evaluate(
        "(host, seconds) => host.player.layout.left + host.player.layout.plotWidth * (seconds - host.player.visible[0])"
        " / (host.player.visible[1] - host.player.visible[0])",
        seconds,
    )
    box = host.locator(".over").bounding_box()
    return box["x"] + x, box["y"] + at * box["height"]


def drag(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


@pytest.mark.parametrize("click", CLICKS)
def test_the_playhead_stands_where_the_sound_is(player, click):
    found = player.evaluate(AT_THE_CLICK, click - 0.6)
    for moment, position in (("now", "heard"), ("drawnAt", "drawn")):  # a busy machine draws late, but never in the wrong place
        truth = click + found[moment] - found["sounded"]
        assert found[position] == pytest.approx(truth, abs=PLAYHEAD_SECONDS), found


def test_a_region_is_repeated_to_the_sample(player, samples):
    start, stop = 2.2, 2.5
    heard = np.array(player.evaluate(RECORDED, [start, stop, 1.6]), np.float32)
    first, last = round(start * SR), round(stop * SR)
    sounding = np.flatnonzero(heard)
    heard = heard[sounding[0] : sounding[-1]]
    region = np.rint(samples[first:last] * 32768) / 32768
    length = region.size
    whole = heard[: 3 * length]
    np.testing.assert_allclose(whole[length:], whole[:-length], atol=1e-4)  # each turn is the last one
    shift = int(np.argmax(np.correlate(np.r_[region, region], whole[:length], mode="valid")))
    np.testing.assert_allclose(np.roll(region, -shift), whole[:length], atol=1e-3)  # and all of it is the region


def test_wave_and_picture_zoom_together_and_scroll(desk, player):
    page = desk.page
    assert stretch(player, "visible") == (0.0, SECONDS)
    page.mouse.move(*place(player, 2.0))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    start, stop = stretch(player, "visible")
    assert stop - start < 0.7 * SECONDS
    assert start < 2.0 < stop
    at_cursor = player.evaluate("host => host.player.layout.boxes.length")
    assert at_cursor >= 2  # the wave and the picture below it share one time axis
    expect(page).to_have_url(re.compile(r"zoom="))
    page.keyboard.down("Shift")
    drag(page, place(player, 2.0), (place(player, 2.0)[0] - 80, place(player, 2.0)[1]))
    page.keyboard.up("Shift")
    assert stretch(player, "visible")[0] > start
    look(page, "player-zoomed")
    player.get_by_role("button", name="Show all (0)").click()
    assert stretch(player, "visible") == (0.0, SECONDS)
    expect(page).not_to_have_url(re.compile(r"zoom="))


def test_a_region_is_dragged_plays_alone_and_is_in_the_address(desk, player):
    page = desk.page
    drag(page, place(player, 1.5), place(player, 2.1))
    start, stop = stretch(player, "region")
    assert (start, stop) == (pytest.approx(1.5, abs=0.02), pytest.approx(2.1, abs=0.02))
    expect(page).to_have_url(re.compile(r"region=1\.[45]"))
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "true")
    expect(player).to_have_attribute("data-playing", "false")  # at the region's end, not the clip's
    assert float(player.get_attribute("data-position")) == pytest.approx(start, abs=0.01)
    look(page, "player-region")
    page.mouse.click(*place(player, 4.0))  # elsewhere: seeks there, and the region goes
    expect(player).to_have_attribute("data-region", "")
    assert float(player.get_attribute("data-position")) == pytest.approx(4.0, abs=0.02)
    expect(page).not_to_have_url(re.compile(r"region="))


def test_keys_move_play_loop_and_clear(desk, player):
    page = desk.page
    page.mouse.click(*place(player, 3.0))
    page.keyboard.press("ArrowRight")
    assert float(player.get_attribute("data-position")) == pytest.approx(3.0 + SECONDS / 60, abs=0.02)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    assert float(player.get_attribute("data-position")) == 0.0
    page.keyboard.press("l")
    expect(player.get_by_role("button", name="Repeat (L)")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "true")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-playing", "false")
    drag(page, place(player, 1.0), place(player, 2.0))
    page.keyboard.press("Enter")
    assert stretch(player, "visible") == pytest.approx((1.0, 2.0), abs=0.03)
    page.keyboard.press("Escape")
    expect(player).to_have_attribute("data-region", "")


def test_a_band_is_chosen_on_the_axis_and_heard(desk, player):
    page = desk.page
    box = player.locator(".over").bounding_box()
    drag(page, (box["x"] + 40, box["y"] + 0.75 * box["height"]), (box["x"] + 40, box["y"] + 0.55 * box["height"]))
    low, high = stretch(player, "band")
    assert 30 <= low < high <= SR / 2
    # White noise through the band keeps its share of the power: 8th-order edges let little else through.
    heard = np.array(player.evaluate(RECORDED, [2.6, 4.2, 1.2]), np.float64)
    power = np.abs(np.fft.rfft(heard * np.hanning(heard.size))) ** 2
    hertz = np.fft.rfftfreq(heard.size, 1 / SR)
    inside = power[(hertz >= low / 1.2) & (hertz <= high * 1.2)].sum() / power.sum()
    assert inside > 0.97
    look(page, "player-band")
    player.locator("button.band").click()
    expect(player).to_have_attribute("data-band", "")


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_picture_is_saved_as_it_is_seen(desk, player, kind):
    page = desk.page
    with page.expect_download() as download:
        player.get_by_role("button", name=f"Save the picture as {kind}").click()
    path = Path(download.value.path())
    assert download.value.suggested_filename == f"clicks-wav-spectrogram_db.{kind.lower()}"
    content = path.read_bytes()
    if kind == "PNG":
        assert content.startswith(b"\x89PNG")
        assert len(content) > 20_000
    else:
        text = content.decode()
        assert text.startswith("<svg xmlns=")
        assert "Frequency [Hz]" in text
        assert "Time [s]" in text


def test_linked_players_show_the_same_and_one_plays_at_a_time(page, own_server):
    page.goto(f"{own_server.url}/Explore?mode=two&view=log_mel&clip=demo/blues.00&with=demo/rock.00")
    players = page.locator(".player")
    expect(players).to_have_count(3)
    left, right = players.nth(0), players.nth(1)
    drag(page, place(left, 0.5), place(left, 1.5))
    assert stretch(right, "region") == stretch(left, "region") != ()
    left.press("Enter")
    expect(right).to_have_attribute("data-visible", left.get_attribute("data-visible"))
    left.get_by_role("button", name=re.compile("^Play")).click()
    expect(left).to_have_attribute("data-playing", "true")
    right.get_by_role("button", name=re.compile("^Play")).click()
    expect(right).to_have_attribute("data-playing", "true")
    expect(left).to_have_attribute("data-playing", "false")
    look(page, "compare")


def test_a_long_recording_is_gone_through_once_and_scrolled(page, own_server):
    time = np.arange(11 * 60 * 8000) / 8000  # eleven minutes, more than fits into one array
    out = io.BytesIO()
    soundfile.write(out, 0.3 * np.sin(2 * np.pi * (300 + 0.5 * time) * time), 8000, format="FLAC")
    page.goto(f"{own_server.url}/Explore")
    host = page.locator(".player")
    expect(host).to_be_visible()
    before = host.get_attribute("data-clip")
    page.get_by_role("button", name="Your own").click()
    page.locator("input[type=file]").first.set_input_files(upload("lecture.flac", out.getvalue()))
    expect(host).not_to_have_attribute("data-clip", before, timeout=90_000)
    page.keyboard.press("Escape")
    start, stop = stretch(host, "visible")
    assert stop - start == 60.0
    box = host.locator(".over").bounding_box()
    first = host.get_attribute("data-sound")
    page.mouse.click(box["x"] + 68 + 0.9 * (box["width"] - 152), box["y"] + box["height"] - 6)
    assert stretch(host, "visible")[0] > 500
    expect(host).not_to_have_attribute("data-sound", first)  # the part around it
    page.mouse.click(*place(host, stretch(host, "visible")[0] + 20))
    page.keyboard.press("Space")
    expect(host).to_have_attribute("data-playing", "true")
    look(page, "player-long")


@pytest.mark.parametrize("label", ["CSV", "WAV", "MFCC as JSON"])
def test_what_is_taken_away_arrives(page, own_server, label):
    page.goto(f"{own_server.url}/Explore?view=mfcc&clip=demo/blues.00&region=0.5-1.5")
    expect(page.locator(".player")).to_be_visible()
    page.get_by_role("button", name="Take it away").click()
    wanted = page.get_by_role("button", name=re.compile(f"^{label}, about"))
    first = page.get_by_role("button", name=re.compile("^Compute MFCC first"))
    expect(wanted.or_(first).first).to_be_visible()
    if not wanted.count():
        first.click()
        expect(wanted).to_be_visible(timeout=90_000)
    with page.expect_download(timeout=90_000) as download:
        wanted.click()
    content = Path(download.value.path()).read_bytes()
    if label == "CSV":
        assert download.value.suggested_filename == "demo-blues-00-mfcc-0.50-1.50s.csv"
        lines = content.decode().splitlines()
        assert lines[0].startswith("time [s],MFCC 1")
        assert [float(line.split(",")[0]) for line in (lines[1], lines[-1])] == pytest.approx([0.5, 1.5], abs=512 / SR)
    elif label == "WAV":
        assert download.value.suggested_filename == "demo-blues-00-0.50-1.50s.wav"
        y, sr = soundfile.read(io.BytesIO(content))
        assert y.size / sr == pytest.approx(1.0, abs=1e-3)
    else:
        tracks = json.loads(content)
        assert len(tracks["track_ids"]) == len(tracks["labels"]) == len(tracks["mfcc"])
        assert len(set(tracks["track_ids"])) == 50

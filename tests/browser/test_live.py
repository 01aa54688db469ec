"""A microphone in a real browser: Chromium plays a song into it, and the page names its genre while it goes on."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import expect

from genre_core.datasets.synthesis import synthesise
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.visitor import WAIT_SECONDS, Visitor, go, look, stop_button

pytestmark = pytest.mark.timeout(600)

LIVE = "/Classify?way=live&run=demo-ann"
FAKE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def song(genre: str, path: Path) -> Path:
    """A song of the demo set's kind, as a WAV file; the browser plays it again and again."""
    clip = synthesise(genre, 0, seconds=12.0, seed=7)
    content = io.BytesIO()
    soundfile.write(content, clip.y, clip.sr, format="WAV", subtype="PCM_16")
    path.write_bytes(content.getvalue())
    return path


@pytest.fixture
def in_a_room(driver, tmp_path):
    """Open the page in a browser of its own, in a room where a song of a genre plays."""
    opened = []

    def come(genre: str):
        sound = song(genre, tmp_path / f"{genre}.wav")
        browser = driver.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, *FAKE, f"--use-file-for-fake-audio-capture={sound}"]
        )
        visitor = Visitor(browser)
        opened.append((browser, visitor))
        return visitor.page

    yield come
    for browser, visitor in opened:
        try:
            visitor.close()
        finally:
            browser.close()


def wait_until_heard(page, seconds: float) -> None:
    """Wait until verdicts reach that far."""
    heard = page.locator(".microphone")
    for _ in range(4 * WAIT_SECONDS):
        if float(heard.get_attribute("data-now") or 0) >= seconds:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"nothing new was heard: {heard.get_attribute('data-now')} s of {seconds} s")


def wait_until_silent(page) -> None:
    """Wait until nothing new has been heard for some seconds: what was on its way when it stopped may still arrive."""
    before, still = "", 0
    for _ in range(2 * WAIT_SECONDS):
        now = page.locator(".microphone").get_attribute("data-now")
        still = still + 1 if now == before else 0
        if still == 8:
            return
        before = now
        page.wait_for_timeout(500)
    raise AssertionError("it hears on after Stop")


def test_each_visitor_s_microphone_is_named_while_it_goes_on(own_root, own_server, in_a_room):
    before = {path for path in own_root.rglob("*") if path.name != "server.log"}
    ada, bob = in_a_room("hiphop"), in_a_room("classical")
    for page in (ada, bob):
        page.goto(own_server.url + LIVE)
        page.get_by_role("button", name="Start listening").click()
    expect(ada.locator(".main .name")).to_have_text("HIPHOP")
    expect(bob.locator(".main .name")).to_have_text("CLASSICAL")
    for page, genre in ((ada, "HIPHOP"), (bob, "CLASSICAL")):
        wait_until_heard(page, 5)
        expect(page.locator(".main .name")).to_have_text(genre)
        expect(page.locator(".others .when").first).to_have_text("Last 3 s")
        expect(page.locator(".bars-row.best .bars-name")).to_have_text(genre.lower())
        expect(page.get_by_text(re.compile(r"Heard up to \d+\.\d s ago\."))).to_be_visible()
        expect(page.locator("canvas.ribbon")).to_be_visible()
    look(ada, "live-1-ada")
    look(bob, "live-2-bob")

    ada.get_by_role("combobox", name="Segments join by").click()  # the page runs again, and the microphone goes on
    ada.get_by_role("option", name=re.compile("vote", re.IGNORECASE)).first.click()
    now = float(ada.locator(".microphone").get_attribute("data-now"))
    wait_until_heard(ada, now + 2)
    expect(ada.locator(".microphone")).to_have_attribute("data-listening", "true")

    stop_button(ada).click()
    expect(ada.get_by_text("Stopped: this is what was heard last.")).to_be_visible()
    wait_until_silent(ada)
    expect(ada.locator(".main .name")).to_have_text("HIPHOP")
    go(bob, "Explore")  # leaving closes the microphone
    expect(bob.locator(".microphone")).to_have_count(0)
    assert {path for path in own_root.rglob("*") if path.name != "server.log"} == before, "something was written to disk"


def test_without_a_microphone_a_sentence_says_what_to_do(own_server, page):
    page.goto(own_server.url + LIVE)
    page.get_by_role("button", name="Start listening").click()
    said = page.locator(".desk .said")
    expect(said).to_have_text(re.compile(r"There is no microphone|The browser may not use the microphone here"))
    expect(page.get_by_role("button", name="Start listening")).to_be_visible()
    page.get_by_role("button", name="Record, then classify").click()
    expect(page.get_by_text("Drop songs here")).to_be_visible()

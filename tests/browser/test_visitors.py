"""Two visitors at a time: what one uploads is nobody else's, what is made of data sets is everybody's."""

from __future__ import annotations

import json
import re
import shutil
import urllib.parse

import pytest
from playwright.sync_api import expect

from genre_core import jobs
from genre_core.paths import Root
from pages.ui.page import PAGES
from tests.browser.songs import song, upload, write_songs
from tests.browser.visitor import PICTURE, WORK_SECONDS, go, look, sounds_on, stop_button, type_number

pytestmark = pytest.mark.timeout(900)

SECRET = "unreleased-demo-tape.wav"
TITLES = [page.title for page in PAGES.values()]


def sounds(page) -> dict[str, bytes]:
    """What the players of a page play, by address."""
    return {address: page.request.get(address).body() for address in sounds_on(page)}


def source(page) -> str:
    """Address of the sound that the page plays."""
    expect(page.locator(".player")).to_be_visible()
    (address,) = sounds_on(page)
    return address


def upload_song(page, content) -> None:
    """Upload on Explore or Classify, and wait until its player has it."""
    before = source(page)
    if "/Explore" in page.url:
        page.get_by_role("button", name="Your own").click()
    page.locator("input[type=file]").first.set_input_files(upload(SECRET, content))
    expect(page.locator(f'.player[data-sound="{before}"]')).to_have_count(0)
    expect(page.locator(".player")).to_have_count(1)
    expect(page.get_by_test_id("stMarkdown").get_by_text(SECRET)).to_be_visible()


def test_an_upload_is_seen_and_heard_by_its_visitor_alone(own_root, own_server, visit):
    ada, bob = visit(), visit()
    ada.goto(f"{own_server.url}/Explore")
    upload_song(ada, song("flute"))
    look(ada, "visitors-1-ada-explore")
    heard = sounds(ada)
    link = ada.url
    go(ada, "Classify")
    upload_song(ada, song("flute"))
    look(ada, "visitors-2-ada-classify")
    heard |= sounds(ada)
    assert heard
    assert SECRET not in urllib.parse.unquote(link + ada.url)

    bob.goto(link)  # the address of her page leads him to a song that all may hear
    expect(bob.locator(".player")).to_have_count(1)
    for title in (*TITLES[1:], TITLES[0]):
        go(bob, title)
        if title != "Glossary":  # which has words alone
            expect(bob.locator(PICTURE).first).to_be_visible()
        assert SECRET not in bob.content()
        played = sounds(bob)
        assert not set(played) & set(heard)
        assert not set(played.values()) & set(heard.values())
    go(bob, "Classify")
    upload_song(bob, song("bass"))  # his own, of the same name
    assert not set(sounds(bob).values()) & set(heard.values())
    assert not [path for path in own_root.rglob("*") if path.name.startswith("unreleased")], "an upload was written to disk"


def test_data_sets_and_runs_are_shared(own_root, own_server, visit, tmp_path):
    ada, bob = visit(), visit()
    for page in (ada, bob):
        page.goto(f"{own_server.url}/Dataset")
        expect(page.get_by_role("combobox", name="Data set")).to_be_visible()
    write_songs(tmp_path / "shared-songs", n_artists=3, n_songs=1)
    ada.get_by_role("textbox", name="Folder or table on this machine").fill(str(tmp_path / "shared-songs"))
    ada.get_by_role("button", name="Import", exact=True).click()
    expect(ada.get_by_role("combobox", name="Data set")).to_have_value("shared-songs", timeout=1000 * WORK_SECONDS)
    put_run(own_root, "run-of-ada", "What Ada trained")
    go(bob, "Dataset")
    bob.get_by_role("combobox", name="Data set").click()
    bob.get_by_role("option", name="shared-songs").click()
    expect(bob.get_by_text("9", exact=True).first).to_be_visible()
    go(bob, "Evaluate")
    expect(bob.get_by_role("combobox", name="Run")).to_have_value(re.compile("^What Ada trained"))
    look(bob, "visitors-3-bob")


def put_run(root, run_id, title) -> None:
    """A finished run as a training leaves it: the shipped one, as if it had been made here."""
    folder = root / "runs" / run_id
    shutil.copytree(Root(root).shipped / "demo-ann", folder)
    (folder / "card.md").unlink()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"id": run_id, "title": title, "created": "2099-01-01T00:00:00+00:00"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_two_trainings_work_one_after_the_other(own_root, own_server, visit):
    ada, bob = visit(), visit()
    for page in (ada, bob):
        page.goto(f"{own_server.url}/Train?model=ann&dataset=demo")
        type_number(page, "Batch size", 4)  # the small demo set has fewer segments than a batch of the model's own size
        for field in ("Epochs", "Patience"):
            type_number(page, field, 2000)
        page.get_by_role("button", name="Train", exact=True).click()
        expect(stop_button(page)).to_be_visible()
    waits = "Waiting for its turn: jobs work one after another."
    for page in (ada, bob):
        expect(page.get_by_text(waits)).to_be_visible()
        expect(page.get_by_role("button", name="Take out")).to_be_visible()
    look(bob, "visitors-4-queue")
    going = jobs.active_jobs(Root(own_root), "train")
    assert [job.status().state == "queued" for job in going] == [False, True]
    go(ada, "Explore")
    lines = ada.get_by_text(re.compile("^Training "))
    expect(lines).to_have_count(2)
    expect(lines.last).to_have_text(re.compile("Waiting for another job to end$"))  # below the one that works
    look(ada, "visitors-5-strip")
    for job in reversed(going):
        job.stop()
    for job in going:
        assert job.wait(timeout_seconds=WORK_SECONDS).state in ("stopped", "finished")
    expect(stop_button(ada)).to_have_count(0)
    said = "what is done is kept. The page Train offers to continue."
    expect(ada.get_by_test_id("stAlert").filter(has_text=said).first).to_be_visible()

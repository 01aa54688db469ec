"""In front of a class: a presenter's remote goes from song to song, and a playlist is made on the spot."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.songs import song, upload
from tests.browser.visitor import WORK_SECONDS, choose, look

pytestmark = pytest.mark.timeout(600)


def test_a_remote_goes_through_a_playlist_that_was_just_made(own_root, own_server, visit):
    page = visit(width=1920, height=1080)
    page.goto(f"{own_server.url}/Classify?run=demo-ann")
    page.get_by_role("button", name="Lecture view").click()
    expect(page.get_by_role("heading", name="What is this song?")).to_be_visible()
    page.get_by_role("button", name="Make a playlist").click()
    page.get_by_role("textbox", name="Words in title or artist").fill("demo.metal")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Save 5 songs")).to_be_visible()
    page.get_by_role("textbox", name="Name of the playlist").fill("Only metal")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save 5 songs").click()
    place = page.locator(".lectern .place")
    expect(page.locator(".lectern .list")).to_have_text("Only metal")
    expect(place).to_have_text("Song 1 of 5")
    assert (own_root / "playlists" / "Only metal.m3u8").exists()

    page.keyboard.press("PageDown")
    verdict = page.locator(".verdict .name")
    expect(verdict).to_have_text(re.compile("METAL|NOT SURE"))
    expect(page.locator(".truth")).to_contain_text("Its data set says: metal.")
    expect(page.locator(".bars-row")).to_have_count(10)
    tall = verdict.bounding_box()["height"]
    assert tall > 100, "the back row cannot read it"
    look(page, "lecture-1-shown")
    for _ in range(3):
        page.keyboard.press("PageDown")  # faster than the page draws: no step is lost
    expect(place).to_have_text("Song 3 of 5")
    expect(page.get_by_role("heading", name="What is this song?")).to_be_visible()
    page.keyboard.press("PageUp")
    expect(place).to_have_text("Song 2 of 5")
    expect(verdict).to_be_visible()
    expect(page).to_have_url(re.compile(r"song=2&shown=True"))
    player = page.locator(".player")
    title = page.locator(".truth").inner_text().partition(". Its data set says")[0]
    expect(player).to_have_attribute("aria-label", f"Player: {title}")  # the song that is named now
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-position", re.compile(r"^0\.[1-9]|^[1-3]"))

    link = page.url
    other = visit(width=1920, height=1080, scheme="dark")
    other.goto(link)  # the address is the exact state
    expect(other.locator(".lectern .place")).to_have_text("Song 2 of 5")
    expect(other.locator(".verdict .name")).to_have_text(verdict.inner_text())
    look(other, "lecture-2-dark")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="Classify", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name="A song")).to_be_checked()
    model = page.get_by_role("combobox", name="Model", exact=True)
    expect(model).to_have_count(1)  # the lecture's own is gone
    expect(model).to_have_value(re.compile("^Demo: dense network"))
    choose(page, "Segments join by", "Median")


def test_dropped_songs_are_played_and_are_still_there_afterwards(own_server, visit):
    page = visit(width=1280, height=800)
    page.goto(f"{own_server.url}/Classify?run=demo-ann")
    names = [f"{genre}.wav" for genre in ("bass", "flute", "whistle")]
    page.locator("input[type=file]").set_input_files([upload(name, song(name[:-4], seconds=4.0)) for name in names])
    expect(page.get_by_text("3 songs")).to_be_visible(timeout=WORK_SECONDS * 1000)
    page.get_by_role("button", name="Lecture view").click()
    expect(page.locator(".lectern .list")).to_have_text("What you brought")
    page.locator(".lectern").click()
    for _ in range(5):
        page.keyboard.press("PageDown")
    expect(page.locator(".lectern .place")).to_have_text("Song 3 of 3")
    expect(page.locator(".truth")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_text("3 songs")).to_be_visible(timeout=WORK_SECONDS * 1000)
    page.wait_for_timeout(4000)  # the browser takes its former files back a moment later
    expect(page.get_by_text("3 songs")).to_be_visible()
    for name in names:
        expect(page.get_by_text(name).first).to_be_attached()


def test_a_remote_works_as_soon_as_a_playlist_was_chosen(own_server, visit):
    page = visit(width=1280, height=800)
    page.goto(f"{own_server.url}/Classify?run=demo-ann&lecture=1")
    expect(page.locator(".lectern .place")).to_contain_text("Song 1 of")
    page.get_by_role("combobox", name="Playlist").click()
    page.keyboard.type("metal")
    page.keyboard.press("Enter")
    expect(page.locator(".lectern .list")).to_have_text("metal")
    page.keyboard.press("PageDown")
    expect(page.locator(".truth")).to_contain_text("Its data set says: metal.")

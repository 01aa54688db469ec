"""The whole way of somebody who brings songs: import, train, evaluate, open the test split, classify."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.songs import CHORDS, song, upload, write_songs
from tests.browser.visitor import WORK_SECONDS, choose, go, look, points, stop_button, type_number

pytestmark = pytest.mark.timeout(900)

EPOCHS = 3
INTERVAL = re.compile(r"\[[01]\.\d\d, [01]\.\d\d\]")
WORK = 1000 * WORK_SECONDS


def test_from_a_folder_of_songs_to_a_verdict(own_root, own_server, page, tmp_path):
    folder = tmp_path / "my-songs"
    n_songs = write_songs(folder)
    page.goto(f"{own_server.url}/Dataset")
    import_songs(page, folder, n_songs)
    title = train(page)
    evaluate(page, own_root, title)
    open_the_test_split(page)
    classify(page, title)
    assert not list(own_root.rglob("*visitor*")), "an upload was written to disk"


def import_songs(page, folder, n_songs) -> None:
    page.get_by_role("textbox", name="Folder or table on this machine").fill(str(folder))
    page.get_by_role("button", name="Look first").click()
    expect(page.get_by_text(f"{n_songs} songs in {len(CHORDS)} genres.")).to_be_visible()
    look(page, "flow-1-found")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(re.compile("^Import my-songs: ")).first).to_be_visible()
    look(page, "flow-2-importing")
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("my-songs", timeout=WORK)
    said = page.get_by_text(f"Imported my-songs: {n_songs} songs in {len(CHORDS)} genres.")
    expect(page.get_by_test_id("stToast").locator(said)).to_be_in_viewport()  # the form stands far below the top
    expect(page.get_by_test_id("stAlert").locator(said)).to_be_visible()
    assert "dataset=my-songs" in page.url
    expect(page.get_by_text("✔ nothing crosses").first).to_be_visible()
    look(page, "flow-3-imported")


def train(page) -> str:
    """Train the dense net for a few epochs; returns the run's name."""
    go(page, "Train")
    expect(page.get_by_test_id("stAlert").filter(has_text="Imported my-songs")).to_have_count(0)
    page.get_by_role("button", name="Dense network on summary columns", exact=True).click()
    expect(page).to_have_url(re.compile("model=ann"))
    choose(page, "Data set", "my-songs")
    type_number(page, "Epochs", EPOCHS)
    page.get_by_role("button", name="Train", exact=True).click()
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text(re.compile("^Dense network on summary columns, "))).to_be_visible()
    expect(stop_button(page)).to_be_visible()
    look(page, "flow-4-training")
    expect(main.get_by_text("Dense network on summary columns, finished")).to_be_visible(timeout=WORK)
    expect(main.get_by_text(re.compile(r"of \d+ valid tracks right \(split by artist\)"))).to_be_visible()
    page.wait_for_function("document.querySelector('.js-plotly-plot')?._fullData?.length > 0")
    assert points(page) == EPOCHS
    look(page, "flow-5-trained")
    return "Dense network on summary columns  ·  my-songs  ·  "


def evaluate(page, root, title) -> None:
    page.get_by_role("link", name="How good is it? Evaluate this run").first.click()
    expect(page.get_by_role("heading", name="Evaluate", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile(f"^{title}"))
    run = re.search(r"run=([^&]+)", page.url)
    assert run is not None
    assert (root / "runs" / run[1] / "manifest.json").is_file()
    shows_score(page, "valid")
    expect(page.get_by_text("✔ nothing crosses").first).to_be_visible()
    look(page, "flow-6-evaluated")


def shows_score(page, role) -> None:
    accuracy = page.get_by_test_id("stMetric").filter(has_text="Accuracy")
    expect(accuracy.get_by_test_id("stMetricValue")).to_have_text(re.compile(r"^[01]\.\d\d$"))
    expect(accuracy).to_contain_text(INTERVAL)
    expect(page.get_by_text(re.compile(rf"\d+ tracks of the {role} split"))).to_be_visible()


def open_the_test_split(page) -> None:
    expect(page.get_by_text("The test split has been opened")).to_have_count(0)
    page.get_by_role("button", name="Open the test split").click()
    page.get_by_role("button", name="Open it now").click()
    expect(page.get_by_text("The test split has been opened once.")).to_be_visible()
    shows_score(page, "test")
    look(page, "flow-7-opened")


def classify(page, title) -> None:
    go(page, "Classify")
    choose(page, "Model", title)
    page.locator("input[type=file]").first.set_input_files(upload("visitor-flute.wav", song("flute", 3)))
    expect(page.get_by_text("visitor-flute.wav, 0:03.")).to_be_visible()
    verdict = "|".join(genre.upper() for genre in CHORDS)
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile(rf"^(({verdict}) +[01]\.\d\d|NOT SURE closest: .+)$"))
    expect(page.locator(".bars-name")).to_have_count(len(CHORDS))
    assert sorted(page.locator(".bars-name").all_inner_texts()) == sorted(CHORDS)
    look(page, "flow-8-classified")

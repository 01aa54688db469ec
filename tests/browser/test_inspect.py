"""From a score to the clip behind it, in a real browser: three clicks from the matrix to the worst error and its neighbour."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from genre_core.datasets.importers import import_folder, import_songs
from genre_core.datasets.library import save_dataset
from genre_core.datasets.sources import find
from genre_core.evaluation.metrics import confusion
from genre_core.inspection.judged import worst_cell
from genre_core.paths import Root, find_root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests import research
from tests.browser.server import Server
from tests.browser.songs import write_songs

MATRIX = """() => [...document.querySelectorAll('.js-plotly-plot')].find(
  one => one._fullLayout?.xaxis?.title?.text?.startsWith('Predicted'))"""

CELL = """(plot, [x, y]) => {
  plot.scrollIntoView({block: 'center'});
  const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
  const at = (axis, name) => axis._offset + axis.c2p(axis._categories.indexOf(name));
  return [box.left + at(xaxis, x), box.top + at(yaxis, y)];
}"""
"""Where the cell of a predicted and a true genre lies in the window."""


def click_cell(page: Page, true: str, predicted: str) -> None:
    """Click the middle of a cell of the confusion matrix."""
    x, y = page.wait_for_function(MATRIX).as_element().evaluate(CELL, [predicted, true])
    page.mouse.click(x, y)


def from_the_matrix_to_the_clip(page: Page, server: Server, run: Run) -> None:
    """Three clicks: the worst cell, the worst clip, its nearest neighbour."""
    predictions = run.predictions(run.judged_role)
    matrix = confusion(predictions.y_true, predictions.y_pred, len(predictions.genres))
    worst = worst_cell(matrix)
    assert worst is not None
    true, called = (predictions.genres[index] for index in worst)
    in_cell = (predictions.y_true == worst[0]) & (predictions.y_pred == worst[1])
    surest = str(predictions.track_ids[in_cell][predictions.posteriors[in_cell].max(axis=1).argmax()])

    page.goto(f"{server.url}/Evaluate?run={run.id}")
    expect(page.get_by_role("heading", name="Who is taken for whom")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    click_cell(page, true, called)  # 1
    expect(page.get_by_role("heading", name=f"{true.capitalize()} called {called}: {matrix[worst]} track")).to_be_visible()
    plays = page.get_by_role("button", name=re.compile("^Play "))
    expect(plays).to_have_count(4)  # the error, and the three tracks nearest to it
    expect(page.get_by_text(f"{surest}, by").or_(page.get_by_text(f"{surest}: is")).first).to_be_visible()
    plays.nth(0).click()  # 2
    expect(page.get_by_role("button", name=re.compile("^Pause "))).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Play ")).nth(
        0
    ).click()  # 3: the first one plays, so this is its nearest neighbour
    expect(page.get_by_role("button", name=re.compile("^Pause "))).to_have_count(1)  # one sounds at a time
    expect(page.get_by_role("button", name=re.compile("^Play ")).nth(0)).to_be_visible()


@pytest.fixture(scope="module")
def chords(songs, tmp_path_factory) -> Iterator[tuple[Server, Run]]:
    """Chords of which two genres sound alike, so that one is taken for the other."""
    root = beside_the_demo(songs, tmp_path_factory.mktemp("chords"))
    write_songs(root.path / "songs")
    save_dataset(import_folder(root.path / "songs", name="chords", processes=1), root.datasets)
    yield from judged(root, "chords")


@pytest.fixture(scope="module")
def real(songs, tmp_path_factory) -> Iterator[tuple[Server, Run]]:
    """A few real songs of four genres."""
    root = beside_the_demo(songs, tmp_path_factory.mktemp("real"))
    with (research.GTZAN / "tracks.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["genre"] in ("blues", "classical", "jazz", "rock")]
    table = root.path / "some.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["path", "genre", "artist"])
        writer.writeheader()
        for row in rows[::7]:
            writer.writerow({"path": research.GTZAN / row["audio"], "genre": row["genre"], "artist": row["artist"]})
    save_dataset(import_songs(find(table), name="real", processes=1), root.datasets)
    yield from judged(root, "real")


def beside_the_demo(songs: Path, folder: Path) -> Root:
    """A root with the small demo set: where it is missing, a dashboard makes the whole one, on all cores."""
    root = find_root(folder)
    shutil.copytree(songs / "datasets", root.datasets)
    return root


def judged(root: Root, dataset: str) -> Iterator[tuple[Server, Run]]:
    """A run with folds on a data set, and a dashboard on it as long as the file's tests go on."""
    run = train(TrainRequest("logistic", dataset, split="", folds=3), root)
    server = Server(root.path)
    yield server, run
    server.close()


def test_three_clicks_lead_from_the_matrix_to_the_worst_clip_and_its_neighbour(chords, page):
    from_the_matrix_to_the_clip(page, *chords)


@pytest.mark.real_songs
def test_three_clicks_do_so_on_real_songs(real, page):
    from_the_matrix_to_the_clip(page, *real)

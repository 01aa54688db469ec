"""The honest table, on numbers without audio and models without epochs: nothing here loads TensorFlow."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.given import import_features, save_given
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.splits import make_split
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import JobError, TrainingError
from genre_core.features.summary import Summary57
from genre_core.jobs.locks import FileLock
from genre_core.paths import Root, find_root
from genre_core.runs import Run, list_runs
from genre_core.training.benchmark import BenchmarkRequest, markdown, plan_benchmark, run_benchmark, running, summarise
from genre_core.training.benchmark.measures import n_parameters, stored_numbers
from genre_core.training.benchmark.plan import ONE_SEGMENT
from genre_core.training.benchmark.table import LEAKY

GENRES = ("high", "low", "noise")
ASKED = ("--models", "knn,tree", "--splits", "by_artist,segment_random", "--seeds", "2")


def make_numbers(root: Root, name: str, *, n_segments: int = 3) -> None:
    """Ten tracks of five artists a genre; segments of a track lie near each other, tracks of a genre less so."""
    rng = np.random.default_rng(3)
    path = root.path / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["track_id", "segment", "seconds", "artist", *Summary57.COLUMNS, "label"])
        for index, genre in enumerate(GENRES):
            for number in range(10):
                middle = index + rng.normal(0, 2.5, 57)
                for segment in range(n_segments):
                    values = middle + rng.normal(0, 0.1, 57)
                    rows.writerow([f"{genre}.{number}", segment, 3, f"{genre} {number % 5}", *map(repr, values.tolist()), genre])
    dataset, values = import_features(path, name=name, title=name)
    save_given(dataset, [values], root.datasets)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("benchmark"))
    make_numbers(root, "numbers")
    return root


def ask(root: Root, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(main, ["--root", str(root.path), "benchmark", "--json", *arguments])
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def made(root: Root) -> tuple[dict[str, Any], str]:
    """What the command says of both models, and its table."""
    code, summary = ask(root, "--dataset", "numbers", *ASKED)
    assert code == 0, summary
    return summary, (root.path / "benchmarks" / "numbers" / "table.md").read_text(encoding="utf-8")


def cells_of(text: str) -> dict[str, dict[str, str]]:
    """Model -> heading -> what the table holds there."""
    lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")]
    return {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[2:]}


def interval(values: dict[str, Any]) -> str:
    return f"{values['value']:.2f}" + ("" if values["low"] is None else f" [{values['low']:.2f}, {values['high']:.2f}]")


def plan_of(root: Root, **changes: Any) -> Any:
    asked = {"dataset": "numbers", "models": ("knn", "tree"), "splits": ("by_artist",), "n_seeds": 1, **changes}
    return plan_benchmark(BenchmarkRequest(**asked), root)


def test_table_and_json_hold_the_same_numbers(made: tuple[dict[str, Any], str], root: Root) -> None:
    summary, text = made
    assert json.loads((root.path / "benchmarks" / "numbers" / "results.json").read_text()) == summary
    table = cells_of(text)
    rows = [row for row in summary["rows"] if not row["leaky"]]
    assert list(table) == [row["model"] for row in rows] == ["knn", "tree"]
    for row in rows:
        shown = table[row["model"]]
        assert shown["accuracy, tracks"] == interval(row["tracks"]["accuracy"])
        assert shown["accuracy, segments"] == interval(row["segments"]["accuracy"])
        assert shown["macro F1"] == f"{row['tracks']['macro_f1']['value']:.2f}"
        assert shown["mAP"] == f"{row['tracks']['mean_average_precision']['value']:.2f}"
        assert shown["over the seeds"] == f"{row['mean_accuracy']:.2f} ± {row['deviation']:.2f} (2)"
        assert shown["numbers held"] == f"{row['parameters']:,}"
        assert row["inference_ms"] > 0
        assert row["training_seconds"] > 0
    assert table["knn"]["the source's claim"] == "about 80 % on 4 genres"


def test_the_seed_in_the_middle_speaks(made: tuple[dict[str, Any], str]) -> None:
    summary, _ = made
    for row in summary["rows"]:
        level = "segments" if row["leaky"] else "tracks"
        its = [cell for cell in summary["cells"] if (cell["model"], cell["division"]) == (row["model"], row["division"])]
        values = sorted(cell[level]["accuracy"]["value"] for cell in its)
        assert row[level]["accuracy"]["value"] == values[0]  # of two, the lower one
        assert row["mean_accuracy"] == pytest.approx(np.mean(values))


def test_what_is_leaky_stands_apart(made: tuple[dict[str, Any], str]) -> None:
    summary, text = made
    leaky = {row["model"]: row for row in summary["rows"] if row["leaky"]}
    assert {row["division"] for row in leaky.values()} == {"segment_random"}
    for model, shown in cells_of(text).items():
        assert shown[LEAKY] == interval(leaky[model]["segments"]["accuracy"])
    knn = next(row for row in summary["rows"] if row["model"] == "knn" and not row["leaky"])
    # Neighbours are segments of the same tracks: that is the lie, and it must not come near the honest columns.
    assert leaky["knn"]["segments"]["accuracy"]["value"] > knn["segments"]["accuracy"]["value"] + 0.2
    honest = text.split("**By artist**")[1].splitlines()[2].split(" | ")
    assert [heading for heading in honest if "leaky" in heading] == [LEAKY]


def test_no_test_split_is_opened_and_the_users_runs_stay_apart(made: tuple[dict[str, Any], str], root: Root) -> None:
    summary, _ = made
    assert {cell["role"] for cell in summary["cells"]} == {"valid"}
    dataset = load_dataset("numbers", root.datasets)
    held_out = set(make_split(dataset, "by_artist").ids("test"))
    folders = list((root.path / "benchmarks" / "numbers" / "runs").glob("*/manifest.json"))
    assert len(folders) == 8
    for folder in folders:
        run = Run.load(folder.parent)
        assert not run.test_openings
        assert list(run.scores) == ["valid"]
        assert not (folder.parent / "predictions_test.npz").exists()
        if run.split_name == "by_artist":
            assert not held_out & set(run.predictions("valid").track_ids.tolist())
    own = [run.id for run in list_runs(root) if not run.is_shipped]
    assert not own


def test_what_is_trained_is_not_trained_again(
    made: tuple[dict[str, Any], str], root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "work", lambda *_: pytest.fail("it was trained already"))
    code, again = ask(root, "--dataset", "numbers", *ASKED)
    assert code == 0
    assert again["cells"] == made[0]["cells"]
    assert again["rows"] == made[0]["rows"]


def test_other_settings_are_other_cells(root: Root) -> None:
    keys = {
        name: [cell.key for cell in plan_of(root, **changes).cells]
        for name, changes in {
            "as it was": {},
            "more seeds": {"n_seeds": 2},
            "other tracks": {"split_seed": 1},
            "fewer genres": {"genres": ("high", "low")},
            "folds": {"splits": (), "folds": (3,)},
        }.items()
    }
    first = keys.pop("as it was")
    assert keys.pop("more seeds")[:2] == first
    for name, others in keys.items():
        assert not set(first) & set(others), name
    ann = [plan_of(root, models=("ann",), epochs=epochs).cells[0] for epochs in (25, 5)]
    assert ann[0].key != ann[1].key
    assert [cell.request.training for cell in ann] == [{"seed": 0, "epochs": 25}, {"seed": 0, "epochs": 5}]


def test_a_killed_benchmark_goes_on(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, work, worked = plan_of(root), running.work, []

    def killed_at_the_second(values: dict[str, Any], *rest: Any) -> Run:
        worked.append(values["model"])
        if len(worked) == 2:
            raise KeyboardInterrupt
        return work(values, *rest)

    monkeypatch.setattr(running, "work", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run_benchmark(plan, root, tmp_path)
    records = running.read_records(plan, tmp_path)
    assert [record["state"] for record in records.values()] == ["finished", "begun"]
    unfinished = summarise(plan, records)
    assert unfinished["cells_to_go"] == 1
    assert "**1 cell is still to be trained.**" in markdown(unfinished)
    begun = records[plan.cells[1].key]["run"]
    records = run_benchmark(plan, root, tmp_path)
    assert [record["state"] for record in records.values()] == ["finished", "finished"]
    assert worked == [cell.model for cell in plan.cells] + [plan.cells[1].model]
    assert records[plan.cells[1].key]["run"] == begun  # in the folder where it broke off
    assert len(list((tmp_path / "runs").glob("*/manifest.json"))) == 2


def test_ctrl_c_says_what_is_kept_and_how_it_goes_on(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Run:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "work", interrupted)
    asked = ("--dataset", "numbers", "--models", "knn", "--splits", "by_artist", "--seeds", "1", "--out", str(tmp_path))
    code, told = ask(root, *asked)
    assert code == 1
    assert f"0 of 1 cells are trained, and kept in {tmp_path.resolve()}. Go on with the same command" in told["error"]["message"]


@pytest.mark.parametrize("error", [TrainingError("This tree does not grow."), ValueError("This tree does not grow.")])
def test_a_cell_that_fails_stops_no_other(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    plan, work = plan_of(root, models=("tree", "knn"), n_seeds=2), running.work

    def failing(values: dict[str, Any], *rest: Any) -> Run:
        if values["model"] == "tree":
            raise error
        return work(values, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(running, "work", failing)
        told: list[str] = []
        records = run_benchmark(plan, root, tmp_path, progress=lambda status: told.append(status.message))
    assert [record["state"] for record in records.values()] == ["failed", "finished", "finished"]  # one seed tells enough
    assert any("This tree does not grow." in words for words in told)
    summary = summarise(plan, records)
    text = markdown(summary)
    assert cells_of(text)["tree"]["accuracy, tracks"] == "failed, see below"
    assert "This tree does not grow." in next(line for line in text.splitlines() if line.startswith("- tree failed: "))
    assert cells_of(text)["knn"]["accuracy, tracks"] != "failed, see below"
    mended = run_benchmark(plan, root, tmp_path)  # what failed is tried once more
    assert [record["state"] for record in mended.values()] == ["finished"] * 4


def test_one_segment_a_track_cannot_be_torn(root: Root) -> None:
    """A clip of 30.01 s is one half minute, and ten segments of 3 s; nothing is decoded to know that."""
    tracks = [
        Track(f"{genre}.{number}", genre, root.path / "song.wav", f"{genre} {number}", 30.01, f"{index}{number}" * 32)
        for index, genre in enumerate(GENRES)
        for number in range(5)
    ]
    save_dataset(Dataset("clips", tuple(tracks)), root.datasets)
    plan = plan_of(root, dataset="clips", models=("knn_kl", "knn"), splits=("by_artist", "segment_random"))
    left_out = {cell.place: cell.left_out for cell in plan.cells}
    assert left_out.pop(("knn_kl", "segment_random")) == ONE_SEGMENT
    assert set(left_out.values()) == {""}
    assert cells_of(markdown(summarise(plan, {})))["knn_kl"][LEAKY] == f"– ({ONE_SEGMENT})"


def test_slow_nets_have_one_seed_and_it_is_said(root: Root) -> None:
    plan = plan_of(root, models=("ann",), n_seeds=3)
    first, second, _ = plan.cells
    assert running.why_left_out(second, plan, {}) == ""
    quick, slow = ({first.key: {"state": "finished", "epoch_seconds": seconds, "seconds": 90.0}} for seconds in (9.9, 12.4))
    assert running.why_left_out(second, plan, quick) == ""
    assert running.seconds_left(plan, quick) == 180.0
    assert running.why_left_out(second, plan, slow) == "an epoch took 12 s"
    assert running.seconds_left(plan, slow) == 0.0


def test_folds_are_judged_out_of_fold(root: Root, tmp_path: Path) -> None:
    plan = plan_of(root, models=("tree",), splits=(), folds=(3,))
    (record,) = run_benchmark(plan, root, tmp_path).values()
    assert (record["role"], record["n_tracks"], record["over"], record["n_groups"]) == ("folds", 30, "artists", 15)
    assert "**3 folds by artist** (✔ nothing crosses); 30 tracks, each judged out of fold" in markdown(
        summarise(plan, {plan.cells[0].key: record})
    )


def test_one_benchmark_a_folder(root: Root, tmp_path: Path) -> None:
    lock = FileLock(tmp_path / ".benchmark.lock")
    assert lock.acquire()
    try:
        with pytest.raises(JobError, match="Another benchmark works"):
            run_benchmark(plan_of(root), root, tmp_path)
    finally:
        lock.release()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "resnet"], "no model named 'resnet'"),
        (["--models", "cnn"], "cnn needs log_mel"),
        (["--models", "knn", "--splits", "by_moon"], "no split named 'by_moon'"),
        (["--models", "knn", "--splits", "fault_filtered"], "GTZAN's clips"),
        (["--models", "knn", "--folds", "9"], "At most 5 folds are possible"),
        (["--models", "knn", "--folds", "three"], "whole numbers, such as 3,5"),
        (["--models", "knn", "--folds-column", "fold"], "There is no column 'fold'"),
        (["--models", "knn", "--seeds", "0"], "seeds must lie in"),
        (["--models", ","], "A benchmark needs a model"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_trained(
    root: Root, tmp_path: Path, arguments: list[str], message: str
) -> None:
    code, answer = ask(root, "--dataset", "numbers", "--out", str(tmp_path / "out"), *arguments)
    assert code == 1
    assert message in answer["error"]["message"]
    assert not (tmp_path / "out").exists()


def test_words_stand_for_rows_that_can_be_trained(root: Root) -> None:
    code, answer = ask(root, "--dataset", "numbers", "--models", "tabular,knn", "--splits", "by_artist", "--table-only")
    assert code == 0
    assert answer["settings"]["models"] == ["ann", "svm", "knn", "logistic", "tree", "forest", "gmm"]
    assert answer["cells_to_go"] > 0


def test_weights_are_counted_off_the_picture_and_numbers_off_the_file(made: tuple[dict[str, Any], str], root: Root) -> None:
    ann = Run.load(find_root(root.path).shipped / "demo-ann")
    sizes = (57, 512, 256, 64, 10)
    assert n_parameters(ann) == sum((before + 1) * after for before, after in itertools.pairwise(sizes))
    knn = next(cell for cell in made[0]["cells"] if cell["model"] == "knn" and not cell["leaky"])
    folder = root.path / "benchmarks" / "numbers" / "runs" / knn["run"]
    stored = Run.load(folder).fitted["stored_segments"]
    assert 57 * stored <= stored_numbers(folder / "model.onnx") <= 62 * stored + 300


def test_one_seed_is_said_as_one(made: tuple[dict[str, Any], str]) -> None:
    summary, text = made
    assert "Up to 2 seeds" in text
    alone = markdown({**summary, "settings": {**summary["settings"], "n_seeds": 1}})
    assert "Each row was trained once, from one seed." in alone
    assert "seeds: scores" not in alone

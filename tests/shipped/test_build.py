"""A tiny run is built as those that ship are: twice, and bit by bit the same."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.commands.shipped import NAMES
from genre_core.datasets.library import load_dataset
from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.definitions import SCORES
from genre_core.evaluation.reliability import reliability
from genre_core.evaluation.report import score_of
from genre_core.models import MODELS
from genre_core.paths import Root, find_root
from genre_core.runs import CARD, Run
from genre_core.shipped.build import build
from genre_core.shipped.cards import card
from genre_core.shipped.rescoring import rescore
from genre_core.shipped.rows import SHIPPED, Material, Shipped
from genre_core.training.recipe import TrainRequest
from tests.shipped.gtzan_folder import make_folder
from tests.training.gappy import make_gappy
from tests.training.given_numbers import make_songs

TINY = Shipped(
    "tiny",
    "Three genres, from numbers",
    TrainRequest("transfer", "gappy", split="", folds=3, preset="gaussian"),
    lambda material, root, say: make_gappy(root, shown=0.45),
    "numbers that were drawn",
    "It knows no sound.",
    "MIT.",
    "python -m genre_core shipped tiny",
)
PLAIN = Shipped(
    "plain",
    "Three genres, from columns",
    TrainRequest("logistic", "songs", "by_artist"),
    lambda material, root, say: make_songs(root, n_tracks=20),
    "columns that were drawn",
    "It knows no sound.",
    "MIT.",
    "python -m genre_core shipped plain",
    opens_test=True,
    calibrated=False,
)


def built(row: Shipped, place: Path) -> Run:
    root = Root(place / "root")
    root.datasets.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    run = build(row, Material(), root, place / "out", said.append)
    assert said[0] == "Making its data set"
    assert not root.runs.exists() or not list(root.runs.iterdir())
    return run


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return built(TINY, tmp_path_factory.mktemp("once"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return built(PLAIN, tmp_path_factory.mktemp("plain"))


def words(run: Run) -> str:
    """Its card without the ends of lines."""
    return " ".join((run.folder / CARD).read_text(encoding="utf-8").split())


def test_the_folder_holds_what_serves_and_nothing_else(tiny: Run, plain: Run) -> None:
    held = {path.name for path in tiny.folder.iterdir()}
    assert {"manifest.json", "likeness.npz", "predictions_folds.npz", "request.json", CARD} < held
    assert len(held & {"model.onnx", "model.npz"}) == 1
    assert not [name for name in held if name.endswith((".keras", ".txt", ".lock")) or name.startswith(".")]
    assert [path.name for path in tiny.folder.parent.iterdir()] == ["tiny"]
    assert (tiny.id, tiny.title, tiny.is_shipped) == ("tiny", "Three genres, from numbers", True)
    assert tiny.calibration is not None
    assert plain.calibration is None
    assert len(plain.test_openings) == 1
    assert "predictions_test.npz" in {path.name for path in plain.folder.iterdir()}
    assert str(tiny.folder.parents[1]) not in "".join(
        path.read_text(encoding="utf-8") for path in tiny.folder.iterdir() if path.suffix in (".json", ".jsonl", ".md")
    )


def test_built_again_it_predicts_the_same_to_the_bit(tiny: Run, tmp_path: Path) -> None:
    again = built(TINY, tmp_path)
    np.testing.assert_array_equal(again.predictions("folds").segment_posteriors, tiny.predictions("folds").segment_posteriors)
    assert again.calibration == tiny.calibration
    assert again.scores == tiny.scores
    for name in ("likeness.npz", *(name for name in ("model.onnx", "model.npz") if (tiny.folder / name).exists())):
        assert (again.folder / name).read_bytes() == (tiny.folder / name).read_bytes(), name
    values = [
        np.random.default_rng(7).standard_normal((6, *feature.shape(48000))).astype(np.float32) for feature in tiny.features
    ]
    np.testing.assert_array_equal(again.classifier()(*values).posterior, tiny.classifier()(*values).posterior)
    assert (again.folder / CARD).read_bytes() == (tiny.folder / CARD).read_bytes()


def test_takes_the_place_of_a_former_one(plain: Run, tmp_path: Path) -> None:
    former = tmp_path / "out" / "plain"
    former.mkdir(parents=True)
    (former / "model.keras").write_text("old")
    again = built(PLAIN, tmp_path)
    assert again.folder == former
    assert not (former / "model.keras").exists()
    np.testing.assert_array_equal(again.predictions("test").segment_posteriors, plain.predictions("test").segment_posteriors)


@pytest.mark.parametrize("name", ["tiny", "plain"])
def test_scored_anew_from_what_it_keeps_it_is_what_a_rebuild_writes(name: str, tiny: Run, plain: Run, tmp_path: Path) -> None:
    run, row = {"tiny": (tiny, TINY), "plain": (plain, PLAIN)}[name]
    shutil.copytree(run.folder, tmp_path / name)
    former = json.loads((tmp_path / name / "manifest.json").read_text(encoding="utf-8"))
    for entry in former["scores"].values():
        for report in (entry["tracks"], entry["segments"]):  # as it was before these were known
            del report["brier"], report["mcc"], report["intervals"]["brier"], report["intervals"]["mcc"]
    (tmp_path / name / "manifest.json").write_text(json.dumps(former), encoding="utf-8")
    rescored = rescore(Run.load(tmp_path / name), row, Root(run.folder.parents[1] / "root"))
    assert (tmp_path / name / "manifest.json").read_bytes() == (run.folder / "manifest.json").read_bytes()
    assert (tmp_path / name / CARD).read_bytes() == (run.folder / CARD).read_bytes()
    assert rescored.scores == run.scores


def test_intervals_over_artists_are_not_lost_where_nobody_knows_them(plain: Run, tmp_path: Path) -> None:
    assert {entry["over"] for entry in plain.scores.values()} == {"artists"}
    shutil.copytree(plain.folder, tmp_path / "plain")
    with pytest.raises(RunError, match=r"scored over \d+ artists. Received: \d+ tracks. Make its data set 'songs' first"):
        rescore(Run.load(tmp_path / "plain"), PLAIN, Root(tmp_path / "empty"))
    assert (tmp_path / "plain" / "manifest.json").read_bytes() == (plain.folder / "manifest.json").read_bytes()


# The card


def test_the_card_says_what_it_must(tiny: Run, plain: Run) -> None:
    for run, row in ((tiny, TINY), (plain, PLAIN)):
        said = words(run)
        assert said.startswith(f"# {row.title} **What it is.** `{run.model}`")
        for part in ("What it was trained on.", "How it was judged.", "What it is bad at.", "Rebuild it.", "Licence."):
            assert f"**{part}**" in said
        for text in (MODELS[run.model].title.lower(), run.dataset_title, run.dataset_fingerprint, f"seed {run.seed}"):
            assert text in said
        for text in (row.learned_from, row.bad_at, row.licence, row.rebuild, ", ".join(run.genres)):
            assert text in said


def test_its_scores_are_the_manifests(tiny: Run, plain: Run) -> None:
    for run, judged in ((tiny, {"folds": "out of fold"}), (plain, {"valid": "valid", "test": "test"})):
        rows = [line.split(" | ") for line in (run.folder / CARD).read_text(encoding="utf-8").splitlines()]
        table = {row[0].removeprefix("| "): row[1:] for row in rows if row[0].startswith("| ")}
        for role, name in judged.items():
            entry = run.scores[role]
            tracks, *scores = (cell.removesuffix(" |") for cell in table[name])
            assert tracks == str(entry["n_tracks"])
            assert scores == [
                str(score_of(entry, "accuracy")),
                str(score_of(entry, "macro_f1")),
                str(score_of(entry, "accuracy", level="segments")),
            ]
        entry = run.scores[run.judged_role]
        assert f"They are over {entry['n_groups']} {entry['over']}." in words(run)


def test_its_honesty_is_the_manifests(tiny: Run, plain: Run) -> None:
    found, said = tiny.calibration, words(tiny)
    assert found is not None
    assert f"Temperature {found['temperature']:.2f}" in said
    (squared, better), (error, better_error) = found["brier"], found["calibration_error"]
    assert f"{squared:.3f} before, {better:.3f} after" in said
    assert f"expected calibration error {error:.3f} and {better_error:.3f}" in said
    assert "each fold with the temperature that the others ask for" in said
    predictions = tiny.predictions("folds")
    bins = reliability(predictions.y_true, predictions.posteriors)
    rows = re.findall(r"\| (0\.\d) to \d\.\d \| (\d+) \| (\d\.\d\d) \| (\d\.\d\d) \|", said)
    assert [int(count) for _, count, _, _ in rows] == bins.counts[bins.counts > 0].tolist()
    assert sum(int(count) for _, count, _, _ in rows) == 36
    assert [sure for _, _, sure, _ in rows] == [f"{sure:.2f}" for sure in bins.confidence[bins.counts > 0]]
    assert "sounds like no music" in said
    assert "Temperature" not in words(plain)


def test_its_weaknesses_are_those_of_its_predictions(tiny: Run) -> None:
    predictions, said = tiny.predictions("folds"), words(tiny)
    recalls = {
        genre: (predictions.y_pred[predictions.y_true == index] == index).mean() for index, genre in enumerate(tiny.genres)
    }
    least = min(recalls, key=lambda genre: (recalls[genre], genre))
    assert f"it finds least of {least} ({recalls[least]:.0%} of 12 tracks)" in said
    wrong = [(int(true), int(named)) for true, named in zip(predictions.y_true, predictions.y_pred, strict=True) if true != named]
    told = re.findall(r"(\w+) called (\w+) \((\d+)\)", said)
    assert told
    for true, named, count in told:
        assert wrong.count((tiny.genres.index(true), tiny.genres.index(named))) == int(count)
    assert max(map(wrong.count, wrong)) == int(told[0][2])


def test_a_run_that_never_errs_has_a_card_too(tiny: Run, tmp_path: Path) -> None:
    shutil.copytree(tiny.folder, tmp_path / "tiny")
    stored = tiny.predictions("folds")
    perfect = np.eye(3, dtype=np.float32)[stored.segment_y_true]
    replace(stored, segment_posteriors=perfect).save(tmp_path / "tiny" / "predictions_folds.npz")
    said = " ".join(card(Run.load(tmp_path / "tiny"), TINY).split())
    assert "that turns away 0.0%, of the others 0.0%" in said
    assert "nan" not in said
    assert "mixed up" not in said


def test_says_how_it_was_judged(tiny: Run, plain: Run) -> None:
    assert "3 folds by artist over 36 tracks: each is judged by a model that has not met its fold" in words(tiny)
    assert "Split `by_artist`, seed 0." in words(plain)
    assert "the test split was opened 1 time(s)" in words(plain)
    assert "Of its tracks judged (test)" in words(plain)


# The table and the command


def test_the_command_names_what_there_is() -> None:
    assert tuple(SHIPPED) == NAMES
    helped = "".join(CliRunner().invoke(main, ["shipped", "--help"]).output.split())  # names may be broken at the end of a line
    for name, row in SHIPPED.items():
        assert row.name == name
        assert name in helped
        assert row.rebuild.startswith(f"python -m genre_core shipped {name}")
        assert row.request.model in MODELS
    assert {row.calibrated for row in SHIPPED.values() if "--gtzan" in row.rebuild} == {True}


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("ten-genres", (), "--gtzan FOLDER. This run learns from published tags too. Name their file: --tags FILE"),
        ("ten-genres", ("--tags", "tags.npz"), "This run learns from GTZAN. Name its folder: --gtzan FOLDER"),
        ("ten-genres-columns", (), "Name its folder: --gtzan FOLDER"),
        ("blues-classical-jazz-rock-cnn", (), "Name its folder: --gtzan FOLDER"),
        ("ten-genres-columns", ("--gtzan", "nowhere"), "Expected GTZAN's features_30_sec.csv at nowhere"),
        ("blues-classical-jazz-rock-cnn", ("--gtzan", "nowhere"), "Expected GTZAN's tracks.csv at nowhere"),
    ],
)
def test_what_it_learns_from_must_be_named(tmp_path: Path, name: str, given: tuple[str, ...], sentence: str) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["--root", str(tmp_path / "root"), "shipped", name, "--out", str(out), *given])
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.output
    assert not out.exists()


def test_an_unknown_name_lists_those_there_are() -> None:
    done = CliRunner().invoke(main, ["shipped", "eleven-genres"])
    assert done.exit_code == 2
    assert "ten-genres-columns" in done.output


def test_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SHIPPED, "demo-ann", replace(PLAIN, name="demo-ann"))
    asked = ["--root", str(tmp_path / "root"), "shipped", "demo-ann", "--out", str(tmp_path / "out"), "--json"]
    (tmp_path / "root").mkdir()
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["run"] == "demo-ann"
    assert said["size_bytes"] == sum(path.stat().st_size for path in (tmp_path / "out" / "demo-ann").iterdir())


def test_the_data_set_alone(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "gtzan")
    asked = ["--root", str(tmp_path / "root"), "shipped", "ten-genres-columns", "--gtzan", str(folder), "--data-only"]
    done = CliRunner().invoke(main, [*asked, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert load_dataset("gtzan-columns", tmp_path / "root" / "datasets").tracks
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "root" / "runs").exists()


def test_material_must_be_there_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="--gtzan FOLDER"):
        build(SHIPPED["ten-genres-columns"], Material(), Root(tmp_path / "root"), tmp_path / "out", lambda words: None)


# What lies in the folder of shipped runs


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in find_root().shipped.glob("*/manifest.json")), ids=lambda it: it.name
)
def test_a_shipped_run_and_its_card_say_the_same(folder: Path) -> None:
    run, row = Run.load(folder), SHIPPED[folder.name]
    assert (run.id, run.title, run.is_shipped) == (row.name, row.title, True)
    assert (run.model, run.dataset_name, run.manifest["preset"]) == (row.request.model, row.request.dataset, row.request.preset)
    assert (run.calibration is not None) == row.calibrated == (folder / "likeness.npz").is_file()
    assert bool(run.test_openings) == row.opens_test
    said = words(run)
    for entry in run.scores.values():
        assert f"| {entry['n_tracks']} | {score_of(entry, 'accuracy')} |" in said
    if run.calibration is not None:
        assert f"Temperature {run.calibration['temperature']:.2f}" in said
        assert f"{run.calibration['brier'][1]:.3f} after" in said
    assert row.rebuild in said or "`make demo-runs`" in said  # one command for both of the demo


def test_what_ships_is_small() -> None:
    sizes = [path.stat().st_size for path in find_root().shipped.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) < 40e6


@pytest.mark.parametrize("name", NAMES)
def test_every_score_of_what_ships_has_its_interval(name: str) -> None:
    for role, entry in Run.load(find_root().shipped / name).scores.items():
        for level in ("tracks", "segments"):
            assert set(entry[level]["intervals"]) == set(SCORES), (role, level)

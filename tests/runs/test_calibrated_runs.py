"""What a calibrated run holds, and how it travels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core.errors import RunError
from genre_core.evaluation.calibration import with_temperature
from genre_core.evaluation.likeness import Likeness, fit_likeness, with_limit
from genre_core.evaluation.report import score_report
from genre_core.models.tempered import tempered
from genre_core.paths import Root
from genre_core.runs import FORMAT_VERSION, Run, export_run, import_run
from genre_core.runs import importing as importing_module
from genre_core.runs.run import LIKENESS
from tests.runs.samples import manifest, members, pack, save, whole_run

RECORD = {
    "temperature": 1.7,
    "role": "valid",
    "log_loss": [1.2, 1.1],
    "brier": [0.5, 0.4],
    "calibration_error": [0.2, 0.1],
}
N_COLUMNS = 32
"""Of the tiny run's embedding."""


def likeness(n_columns: int = N_COLUMNS) -> Likeness:
    rng = np.random.default_rng(0)
    found = fit_likeness(rng.normal(size=(9, n_columns)), np.arange(9) % 3)
    return with_limit(found, np.array([1.0, 2.0]))


def calibrated_run(folder: Path, **changes: Any) -> Run:
    """A whole run as `calibrate` leaves it."""
    run = whole_run(folder, **changes)
    for role in run.scores:
        its = with_temperature(run.predictions(role), RECORD["temperature"])  # type: ignore[arg-type]
        its.save(folder / f"predictions_{role}.npz")
        run.manifest["scores"][role] = score_report(its)
    run.manifest["calibration"] = RECORD
    run.save()
    likeness().save(folder / LIKENESS)
    return Run.load(folder)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root", shipped=tmp_path / "shipped")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return calibrated_run(tmp_path_factory.mktemp("teacher") / "run")


@pytest.fixture(scope="module")
def held(made: Run) -> dict[str, bytes]:
    return members(export_run(made))


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's own process is left out where a test is about something else: it takes a second."""
    monkeypatch.setattr(importing_module, "try_model", lambda *_: None)


# What it holds


def test_a_manifest_of_format_4_knows_no_temperature(tmp_path: Path) -> None:
    values = {**manifest(), "format_version": 4}
    del values["calibration"]
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(values))
    run = Run.load(folder)
    assert run.calibration is None
    assert run.likeness() is None
    assert run.manifest["format_version"] == FORMAT_VERSION == 5
    run.save()
    assert json.loads((folder / "manifest.json").read_text())["calibration"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 0},
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"temperature": True},
        {"temperature": "hot"},
        {"role": "train"},
        {"log_loss": [1.0]},
        {"brier": [1.0, None]},
        {"calibration_error": None},
    ],
)
def test_a_calibration_that_is_none_is_damage(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(RunError, match=r"[Tt]he manifest .*is damaged|damaged file"):
        Run(tmp_path, manifest(calibration={**RECORD, **changes}))


@pytest.mark.parametrize("name", sorted(RECORD))
def test_a_calibration_without_a_part_is_damage(tmp_path: Path, name: str) -> None:
    record = {key: value for key, value in RECORD.items() if key != name}
    with pytest.raises(RunError, match=r"[Tt]he manifest .*is damaged|damaged file"):
        Run(tmp_path, manifest(calibration=record))


def test_its_classifier_has_the_temperature(tmp_path: Path) -> None:
    run, plain = calibrated_run(tmp_path / "hot"), whole_run(tmp_path / "plain")
    values = np.random.default_rng(0).normal(size=(4, *run.features[0].shape(run.segments.length(22050)))).astype(np.float32)
    before, after = plain.classifier()(values), run.classifier()(values)
    np.testing.assert_allclose(after.logits, before.logits / 1.7, rtol=1e-5)
    np.testing.assert_allclose(after.posterior, tempered(before.posterior, 1.7), atol=1e-6)
    np.testing.assert_array_equal(after.embedding, before.embedding)
    assert plain.likeness() is None


def test_without_its_file_it_is_told(tmp_path: Path) -> None:
    run = save(tmp_path / "run", calibration=RECORD)
    with pytest.raises(RunError, match=r"likeness\.npz where the training songs lie\. Received: no file"):
        run.likeness()


# How it travels


def test_goes_and_comes_with_all_that_it_says(made: Run, held: dict[str, bytes], root: Root) -> None:
    assert held[LIKENESS] == (made.folder / LIKENESS).read_bytes()
    came = import_run(export_run(made), root)
    assert came.calibration == RECORD
    assert came.scores == made.scores
    assert (came.folder / LIKENESS).read_bytes() == held[LIKENESS]
    for role in made.scores:
        np.testing.assert_array_equal(came.predictions(role).segment_posteriors, made.predictions(role).segment_posteriors)
    assert members(export_run(came)) == held


def changed(held: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    return {**held, "manifest.json": json.dumps({**json.loads(held["manifest.json"]), **changes}).encode()}


@pytest.mark.usefixtures("untried")
def test_one_without_the_other_is_refused(held: dict[str, bytes], root: Root) -> None:
    alone = {name: content for name, content in held.items() if name != LIKENESS}
    for half in (alone, changed(held, calibration=None)):
        with pytest.raises(RunError, match=r"likeness\.npz and the run's temperature belong together"):
            import_run(pack(half), root)
    assert import_run(pack(changed(alone, calibration=None)), root).calibration is None


@pytest.mark.usefixtures("untried")
@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04"])
def test_a_damaged_likeness_is_refused(held: dict[str, bytes], root: Root, content: bytes) -> None:
    with pytest.raises(RunError):
        import_run(pack({**held, LIKENESS: content}), root)
    assert [path.name for path in root.runs.iterdir()] == []


@pytest.mark.usefixtures("untried")
@pytest.mark.parametrize("name", ["mean", "whitening", "centres", "limit"])
def test_a_likeness_that_does_not_fit_is_refused(held: dict[str, bytes], root: Root, tmp_path: Path, name: str) -> None:
    path = tmp_path / LIKENESS
    path.write_bytes(held[LIKENESS])
    with np.load(path) as stored:
        arrays = {its: stored[its] for its in stored.files}
    np.savez(path, **{**arrays, name: np.zeros((2, 3), np.float32)})
    with pytest.raises(RunError, match="where the training songs lie"):
        import_run(pack({**held, LIKENESS: path.read_bytes()}), root)
    np.savez(path, **{**arrays, name: np.array([{}], dtype=object)})
    with pytest.raises(RunError, match="Expected numbers or words"):
        import_run(pack({**held, LIKENESS: path.read_bytes()}), root)


def test_a_likeness_of_another_model_is_refused(held: dict[str, bytes], root: Root, tmp_path: Path) -> None:
    likeness(5).save(tmp_path / LIKENESS)
    with pytest.raises(RunError, match=r"embedding of 5 columns, in which its songs lie\. Received: one of 32"):
        import_run(pack({**held, LIKENESS: (tmp_path / LIKENESS).read_bytes()}), root)

"""Take in a run that somebody else exported. Nothing in the file is believed before it is checked."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from genre_core.errors import RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.files import write_json, write_whole
from genre_core.models.serve import MODEL_FILES, model_file
from genre_core.paths import Root
from genre_core.runs.changes import MOST_NOTE, MOST_TITLE, cannot_write, changing, shown
from genre_core.runs.exporting import HISTORY, REQUEST, ROLES, safe_name
from genre_core.runs.library import list_runs
from genre_core.runs.manifest import MANIFEST, checked_manifest, leak_record, parse_values
from genre_core.runs.packed import AGAIN, MOST_BYTES, check_arrays, unpack
from genre_core.runs.run import CARD, LIKENESS, Run
from genre_core.runs.trial import try_model

if TYPE_CHECKING:
    from genre_core.evaluation.metrics import ScoreReport

_ALLOWED = {
    MANIFEST: 32_000_000,
    **dict.fromkeys(MODEL_FILES, MOST_BYTES),
    **{f"predictions_{role}.npz": MOST_BYTES for role in ROLES},
    HISTORY: 32_000_000,
    REQUEST: 1_000_000,
    CARD: 1_000_000,
    LIKENESS: MOST_BYTES,
}
_WHERE = "the file"
_DRAFT = ".import-"
_ROUNDING = 1e-5
"""Scores of the same predictions differ by less on any machine."""

_OLD_SECONDS = 24 * 3600.0
_TRAINED = ("model", "created", "features", "segments", "config", "training", "genres", "split", "dataset", "seed")
"""What tells a run from another: not what its users change (title, note, openings of the test split)."""


class AlreadyHereError(RunError):
    """The run that was to be imported is here already.

    Attributes
    ----------
    run : Run
        The one that is here.
    """

    kind = "already_here"

    def __init__(self, run: Run) -> None:
        where = "comes with Genrescope" if run.is_shipped else "is here already"
        super().__init__(f"This run {where}: {run.title!r} ({run.id}). Nothing was changed.")
        self.run = run


def import_run(source: str | os.PathLike[str] | bytes | IO[bytes], root: Root) -> Run:
    """Make a run of a file that `export_run` wrote; it appears whole or not at all.

    It keeps its title, note, scores, badge and openings of the test split, and its id where that is free.

    Parameters
    ----------
    source : path, bytes or binary file object
        The exported run.
    root : Root
        Where it goes.

    Raises
    ------
    AlreadyHereError
        If it is here already, whatever its title and note.
    RunError
        If the file is no exported run, damaged, larger than 200 MB, or its model cannot be run; nothing is left behind.
    """
    members = unpack(_content(source), _ALLOWED)
    manifest = _manifest(members)
    draft = root.runs / f"{_DRAFT}{os.getpid()}-{secrets.token_hex(4)}"
    try:
        _remove_old_drafts(root.runs)
        draft.mkdir(parents=True)
        for name, content in members.items():
            if name != MANIFEST:
                write_whole(draft / name, content)
        run = Run(draft, manifest)
        _check_predictions(run, members)
        if (LIKENESS in members) != (run.calibration is not None):
            raise RunError(f"{LIKENESS} and the run's temperature belong together. Received: one without the other. {AGAIN}")
        if LIKENESS in members:
            check_arrays(members[LIKENESS], LIKENESS)
        likeness = run.likeness()
        shapes = [feature.shape(run.segments.length(feature.sr)) for feature in run.features]
        n_columns = None if likeness is None else len(likeness.mean)
        try_model(model_file(draft), shapes, len(run.genres), n_columns)
        with changing(root.runs):
            here = list_runs(root)
            if twin := next((other for other in here if _is_same(run, other)), None):
                raise AlreadyHereError(twin)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            name = _free_name(safe_name(run.id), here, root)
            leaks = None if run.leaks is None else leak_record(run.leaks)
            write_json(draft / MANIFEST, {**run.manifest, "id": name, "leaks": leaks, "imported": {"at": now, "id": run.id}})
            draft.rename(root.runs / name)
        return Run.load(root.runs / name)
    except OSError as error:
        raise cannot_write(root.runs, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _content(source: str | os.PathLike[str] | bytes | IO[bytes]) -> bytes:
    """The bytes of the file, not one more than are allowed."""
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, str | os.PathLike):
        try:
            with Path(source).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise RunError(f"The file cannot be read: {error.strerror or error}. Choose a file that Export wrote.") from error
    else:
        content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise RunError(f"An exported run has at most {MOST_BYTES / 1e6:.0f} MB. Received: a larger file.")
    return content


def _manifest(members: dict[str, bytes]) -> dict[str, Any]:
    models, either = [name for name in MODEL_FILES if name in members], " or ".join(MODEL_FILES)
    missing = [name for name, held in ((MANIFEST, MANIFEST in members), (either, models)) if not held]
    if missing:
        raise RunError(f"An exported run holds {MANIFEST} and {either}. Received: one without {', '.join(missing)}. {AGAIN}")
    if len(models) > 1:
        raise RunError(f"An exported run holds one model. Received: {' and '.join(models)}. {AGAIN}")
    try:
        text = members[MANIFEST].decode("utf-8")
        values = checked_manifest(parse_values(text, _WHERE, advice=AGAIN), _WHERE, advice=AGAIN)
        json.dumps(values, ensure_ascii=False).encode("utf-8")  # no half characters, which no page can show
    except (UnicodeError, RecursionError) as error:
        raise RunError(f"The manifest in {_WHERE} is no text: {error}. {AGAIN}") from error
    if values["state"] not in ("finished", "stopped"):
        raise RunError(f"Only a finished training can be imported. Received: one that is {values['state']!r}. {AGAIN}")
    title = " ".join(shown(values["title"]).split())[:MOST_TITLE].strip()
    return {**values, "title": title or safe_name(values["id"]), "note": shown(values["note"])[:MOST_NOTE]}


def _check_predictions(run: Run, members: dict[str, bytes]) -> None:
    """The scores and the badge that the run carries must follow from what else it carries."""
    if ("test" in run.scores) != bool(run.test_openings):
        raise RunError(f"The scores of the test split and the record of its openings don't fit each other. {AGAIN}")
    if run.leaks is not None and run.manifest["leaks"] != leak_record(run.leaks):
        raise RunError(
            f"The badge of the split must be {run.leaks.badge!r}. Received: {run.manifest['leaks']['badge']!r}. {AGAIN}"
        )
    for role in ROLES:
        name = f"predictions_{role}.npz"
        if (role in run.scores) != (name in members):
            raise RunError(f"{name} and the scores of {role} belong together. Received: one without the other. {AGAIN}")
        if name not in members:
            continue
        check_arrays(members[name], name)
        predictions = run.predictions(role)
        strangers = set(predictions.track_ids.tolist()) - set(run.track_ids(role))
        if strangers:
            raise RunError(f"{name} may judge tracks of {role} only. Received also: {min(strangers)!r}. {AGAIN}")
        _check_scores(run.scores[role], predictions, name)


def _check_scores(entry: dict[str, Any], predictions: Predictions, name: str) -> None:
    from genre_core.evaluation.metrics import scores  # listing runs needs no scores

    if entry["n_tracks"] != len(predictions.track_ids):
        raise RunError(f"The scores count {entry['n_tracks']} tracks. Received: {name} of {len(predictions.track_ids)}. {AGAIN}")
    judged = {
        "tracks": scores(predictions.y_true, predictions.posteriors, predictions.genres),
        "segments": scores(predictions.segment_y_true, predictions.segment_posteriors, predictions.genres),
    }
    for level, report in judged.items():
        said = entry.get(level, {})
        once = _macro_f1_once(report)
        intervals = said.get("intervals", {})
        for score, right in report.to_dict().items():
            if not isinstance(right, float):
                continue
            for value in (said.get(score), intervals.get(score, {}).get("value")):
                if score == "macro_f1" and isinstance(value, int | float) and abs(value - once) <= _ROUNDING:
                    continue
                if value is not None and not (isinstance(value, int | float) and abs(value - right) <= _ROUNDING):
                    raise RunError(
                        f"By {name}, {score} of the {level} is {right:.3f}. Received: a manifest with {value}. {AGAIN}"
                    )


def _macro_f1_once(report: ScoreReport) -> float:
    """Macro F1 as runs of former days have it: a genre that is predicted and does not occur counted as 0."""
    occur = sum(row.support > 0 for row in report.genres)
    return report.macro_f1 * occur / sum(row.support + row.predicted > 0 for row in report.genres)


def _is_same(run: Run, other: Run) -> bool:
    if any(run.manifest[key] != other.manifest[key] for key in _TRAINED):
        return False
    try:
        one, another = model_file(run.folder), model_file(other.folder)
        return one.name == another.name and one.read_bytes() == another.read_bytes()
    except (OSError, RunError):  # the one that is here has lost its model
        return False


def _free_name(wanted: str, here: list[Run], root: Root) -> str:
    """The name itself, or with the first number that no run and no training has; letters count alike, as on Windows."""
    taken = {name.lower() for run in here for name in (run.id, run.folder.name)}
    taken |= {folder.name.lower() for folder in root.runs.iterdir()}
    name, number = wanted, 2
    while name.lower() in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _remove_old_drafts(place: Path) -> None:
    """What imports left that were killed; one that still goes on is younger."""
    for draft in place.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > _OLD_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)

"""Killing work at random moments and going on: the outcome must be that of work which nobody disturbed.

`python -m tests.faults.kills` kills each kind of work ten times and prints what came of it; `test_kills` does three of each.
A further kind of work is one row of WORKS.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from genre_core.paths import Root

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_VANISH = 5.0
"""Processes of a pool end by themselves after their parent: within this time."""


@dataclass(frozen=True)
class Killed:
    """What came of one start: whether it was killed or came to its end first, after how long, and who outlived it."""

    finished: bool
    seconds: float
    orphans: tuple[int, ...]
    returncode: int
    stderr: str


def kill_at_random(
    command: list[str],
    *,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    at_seconds: float | None = None,
    at_progress: Callable[[], bool] | None = None,
    limit_seconds: float = 120.0,
) -> Killed:
    """Start a command in a process group of its own and kill it with SIGKILL: itself only, what it started must end alone.

    Parameters
    ----------
    command : list of str
        Program and arguments.
    cwd, environment
        Where it runs, and variables beside those of this process.
    at_seconds : float or None
        Kill so long after the start, or after `at_progress` if that is given too. With neither, it may run to its end.
    at_progress : callable or None
        Asked every few milliseconds; once it says True, the kill falls due.
    limit_seconds : float
        It is killed then in any case, and an AssertionError raised.
    """
    with tempfile.TemporaryFile("w+b") as errors:
        began = time.monotonic()
        started = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            finished = _wait(started, began, at_seconds, at_progress, limit_seconds)
            seconds = time.monotonic() - began
            if not finished:
                started.kill()
            returncode = started.wait()
            orphans = _outliving(started.pid)
        finally:
            _end_group(started)
        errors.seek(0)
        return Killed(finished, seconds, orphans, returncode, errors.read().decode(errors="replace"))


def _wait(
    started: subprocess.Popen[bytes],
    began: float,
    at_seconds: float | None,
    at_progress: Callable[[], bool] | None,
    limit_seconds: float,
) -> bool:
    """True once the command has come to its end, False once the kill falls due."""
    due = None if at_progress or at_seconds is None else began + at_seconds
    while True:
        if started.poll() is not None:
            return True
        now = time.monotonic()
        assert now - began < limit_seconds, f"neither its end nor its kill within {limit_seconds:g} s"
        if due is None and at_progress and at_progress():
            due = now + (at_seconds or 0.0)
        if due is not None and now >= due:
            return False
        time.sleep(0.01)


def _outliving(group: int) -> tuple[int, ...]:
    """Processes of the group that are still there after SECONDS_TO_VANISH; those that only wait to be buried don't count."""
    end = time.monotonic() + SECONDS_TO_VANISH
    while (alive := _alive(group)) and time.monotonic() < end:
        time.sleep(0.02)
    return alive


def _alive(group: int) -> tuple[int, ...]:
    table = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in table.splitlines()]
    return tuple(int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z"))


def _end_group(started: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(started.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@dataclass(frozen=True)
class Work:
    """A kind of work that can be killed and continued.

    Attributes
    ----------
    prepare : callable
        Lays into a folder what the work needs.
    command : callable
        Folder to command line; the same line starts the work and goes on with it.
    n_done : callable
        Folder to number of steps that lie on the disk: 0 before the first start, `n_steps` at the end.
    n_steps : int
    outcome : callable
        Folder to what the work has made, comparable from folder to folder.
    check : callable
        Raises AssertionError where a reader would take something half for whole; called after each kill.
    """

    prepare: Callable[[Path], object]
    command: Callable[[Path], list[str]]
    n_done: Callable[[Path], int]
    n_steps: int
    outcome: Callable[[Path], Any]
    check: Callable[[Path], object]


def survive(work: Work, folder: Path, *, kills: int, seed: int) -> list[Killed]:
    """Kill `work` so often at random moments, go on each time, and compare with the same work left in peace.

    Where a start comes to its end before its kill, its outcome is compared and the work begun anew, until the number is reached.

    Returns
    -------
    list of Killed
        Every start that was to be killed, those that were faster among them.
    """
    draw = random.Random(seed)
    disturbed, peaceful = folder / "disturbed", folder / "peaceful"
    expected = _to_its_end(work, _prepared(work, peaceful))
    _prepared(work, disturbed)
    starts: list[Killed] = []
    while (left := kills - sum(not start.finished for start in starts)) and len(starts) < 3 * kills:
        before = work.n_done(disturbed)
        room = max(0, work.n_steps - before - _MARGIN * left)
        until = before + draw.randint(0, 2 * room // left)
        found = kill_at_random(
            work.command(disturbed),
            at_progress=lambda until=until: work.n_done(disturbed) >= until,  # type: ignore[misc]
            at_seconds=draw.uniform(0.0, 0.03) + (draw.uniform(0.0, 1.0) if until == before else 0.0),
        )
        starts.append(found)
        assert not found.orphans, f"{len(found.orphans)} processes outlived their parent by {SECONDS_TO_VANISH:g} s"
        assert work.n_done(disturbed) >= before, "what was done before is lost"
        work.check(disturbed)
        if found.finished:
            assert found.returncode == 0, found.stderr
            assert work.outcome(disturbed) == expected
            shutil.rmtree(disturbed)
            _prepared(work, disturbed)
    assert _to_its_end(work, disturbed) == expected
    return starts


_MARGIN = 6
"""Steps kept back for each kill to come: so much may be done between the moment that is due and the kill."""


def _prepared(work: Work, folder: Path) -> Path:
    folder.mkdir(parents=True)
    work.prepare(folder)
    return folder


def _to_its_end(work: Work, folder: Path) -> Any:
    ended = kill_at_random(work.command(folder))
    assert ended.returncode == 0, ended.stderr
    assert work.n_done(folder) == work.n_steps
    work.check(folder)
    return work.outcome(folder)


# The rows: jobs as pages and commands start them, `python -m genre_core job FOLDER`, which goes on where it was.
_N_SONGS = 30
_SONG_SECONDS = 8.0


def _songs(folder: Path) -> Path:
    """Songs at a rate that must be changed, so that each takes some hundredths of a second to read."""
    import numpy as np
    import soundfile

    time = np.arange(round(_SONG_SECONDS * 44100)) / 44100
    for number in range(_N_SONGS):
        song = folder / "music" / ("blues", "rock")[number % 2] / f"{number:05d}.wav"
        song.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(song, 0.3 * np.sin(2 * np.pi * (200.0 + 10 * number) * time), 44100, subtype="PCM_16")
    return folder / "music"


def _prepare_import(folder: Path) -> None:
    from genre_core.jobs import prepare

    values = {"folder": str(_songs(folder)), "name": "mine", "replace": True, "processes": 2}
    prepare("import", values, Root(folder))


def _prepare_extraction(folder: Path) -> None:
    from genre_core.audio.segments import SegmentConfig
    from genre_core.datasets.importers import import_folder
    from genre_core.datasets.library import save_dataset
    from genre_core.features.spectral import LogMel, Mfcc
    from genre_core.jobs import prepare

    save_dataset(import_folder(_songs(folder), name="mine", processes=1), Root(folder).datasets)
    cut = SegmentConfig(segment_seconds=2.0, hop_seconds=1.0)
    requests = [{"feature": feature.to_dict(), "segments": cut.to_dict()} for feature in (LogMel(), Mfcc())]
    prepare("extract", {"dataset": "mine", "requests": requests, "processes": 2}, Root(folder))


def _job(folder: Path) -> list[str]:
    """Command line that does the one job below `folder`."""
    root = Root(folder)
    (request,) = [*root.jobs.glob("*/request.json"), *root.runs.glob("*/request.json")]
    return [sys.executable, "-m", "genre_core", "--root", str(folder), "job", str(request.parent)]


def _n_imported(folder: Path) -> int:
    """Songs that the import remembers; all of them once the data set is there, since it forgets them then."""
    if (Root(folder).datasets / "mine" / "dataset.json").exists():
        return _N_SONGS
    return sum(path.read_bytes().count(b"\n") for path in Root(folder).jobs.glob("*/heard.jsonl"))


def _imported(folder: Path) -> Any:
    from genre_core.datasets.library import load_dataset

    dataset = load_dataset("mine", Root(folder).datasets)
    tracks = [(replace(track, path=track.path and track.path.relative_to(folder)), track.extra) for track in dataset.tracks]
    return tracks, dataset.problems, dataset.complete


def _check_import(folder: Path) -> None:
    from genre_core.datasets.library import list_datasets

    for _ in list_datasets(Root(folder).datasets):
        assert len(_imported(folder)[0]) == _N_SONGS


def _features(folder: Path) -> dict[str, bytes]:
    stored = Root(folder).features
    return {path.relative_to(stored).as_posix(): path.read_bytes() for path in stored.glob("*/*/[!.]*.npz")}


def _check_features(folder: Path) -> None:
    import numpy as np

    for content in _features(folder).values():
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            assert set(stored) == {"values", "start_seconds", "end_seconds"}
            assert all(stored[name].size for name in stored)


_N_EPOCHS = 30


def _prepare_training(folder: Path) -> None:
    from genre_core.datasets.importers import import_folder
    from genre_core.datasets.library import save_dataset
    from genre_core.jobs import prepare
    from genre_core.training.recipe import TrainRequest

    save_dataset(import_folder(_songs(folder), name="mine", processes=1), Root(folder).datasets)
    training = {"epochs": _N_EPOCHS, "patience": _N_EPOCHS, "deterministic": True}
    request = TrainRequest("ann", "mine", "by_track", segments={"segment_seconds": 2.0, "hop_seconds": 2.0}, training=training)
    prepare("train", request.to_dict(), Root(folder))


def _n_trained(folder: Path) -> int:
    """Epochs from which the training would go on; all of them once there is a run."""
    import numpy as np

    from genre_core.training.state import STATE

    (run,) = (request.parent for request in Root(folder).runs.glob("*/request.json"))
    if (run / "manifest.json").exists():
        return _N_EPOCHS
    if not (run / STATE).exists():
        return 0
    with np.load(run / STATE, allow_pickle=False) as state:  # the weights beside it are not read
        return int(json.loads(str(state["facts"]))["epoch"])


def _trained(folder: Path) -> Any:
    from genre_core.runs import list_runs

    (run,) = (run for run in list_runs(Root(folder)) if not run.is_shipped)
    history = [{key: value for key, value in entry.items() if key != "seconds"} for entry in run.history]
    return history, run.best_epoch, run.predictions().segment_posteriors.tobytes()


def _check_training(folder: Path) -> None:
    from genre_core.runs import scan_runs
    from genre_core.training.state import STATE, TrainState

    assert not scan_runs(Root(folder))[1], "a damaged run is listed"
    for path in Root(folder).runs.glob(f"*/{STATE}"):
        assert TrainState.load(path) is not None


WORKS: dict[str, Work] = {
    "import": Work(_prepare_import, _job, _n_imported, _N_SONGS, _imported, _check_import),
    "extraction": Work(
        _prepare_extraction,
        _job,
        lambda folder: sum(1 for _ in Root(folder).features.glob("*/*/[!.]*.npz")),
        2 * _N_SONGS,
        _features,
        _check_features,
    ),
    "training": Work(_prepare_training, _job, _n_trained, _N_EPOCHS, _trained, _check_training),
}
"""A row a kind of work; the fields are those of `Work`."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill each kind of work at random moments, go on, and compare.")
    parser.add_argument("works", nargs="*", choices=[[], *WORKS], help="kinds of work; all by default")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    for name in chosen.works or WORKS:
        with tempfile.TemporaryDirectory() as folder:
            killed = survive(WORKS[name], Path(folder), kills=chosen.kills, seed=chosen.seed)
        moments = ", ".join("finished" if entry.finished else f"{entry.seconds:.2f} s" for entry in killed)
        n_killed = sum(not entry.finished for entry in killed)
        print(f"{name}: killed {n_killed} times (after {moments}), no process left over, continued without loss")


if __name__ == "__main__":
    main()

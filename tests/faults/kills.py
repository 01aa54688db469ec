"""Killing work at random moments and going on: the outcome must be that of work which nobody disturbed.

`python -m tests.faults.kills` kills each kind of work ten times and prints what came of it; `test_kills` does three of each.
A further kind of work is one row of WORKS.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
        time.sleep(0.003)


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
            at_seconds=draw.uniform(0.0, 0.05) + (draw.uniform(0.0, 1.0) if until == before else 0.0),
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


# The rows. Songs are tiny, so each step of the parent waits a little: the kill must find it at work.
_PER_GENRE = 20
_PACE = "import sys, time; from pathlib import Path; folder = Path(sys.argv[1]); pace = lambda *told: time.sleep(0.02)\n"

_IMPORT = """
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import save_dataset
dataset = import_folder(folder / "music", name="mine", memory=folder / "heard.jsonl", processes=2, progress=pace)
save_dataset(dataset, folder / "sets")
"""

_EXTRACT = """
from genre_core.datasets.importers import import_folder
from genre_core.datasets.store import FeatureStore, extract_all
from tests.faults.kills import REQUESTS
dataset = import_folder(folder / "music", memory=folder / "heard.jsonl", processes=1)
assert not extract_all(dataset, REQUESTS(), FeatureStore(folder / "features"), processes=2, progress=pace)
"""


def _script(code: str) -> Callable[[Path], list[str]]:
    return lambda folder: [sys.executable, "-c", _PACE + code, str(folder)]


def _songs(folder: Path) -> None:
    from tests.datasets.tiny_songs import write_song

    for number in range(2 * _PER_GENRE):
        genre = ("blues", "rock")[number % 2]
        write_song(folder / "music" / genre / f"{genre}.{number:05d}.wav", pitch=200.0 + 10 * number)


def _songs_imported(folder: Path) -> None:
    from genre_core.datasets.importers import import_folder

    _songs(folder)
    import_folder(folder / "music", memory=folder / "heard.jsonl", processes=1)


def _whole_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _imported(folder: Path) -> Any:
    from genre_core.datasets.library import load_dataset

    dataset = load_dataset("mine", folder / "sets")
    tracks = [
        (
            track.id,
            track.genre,
            track.path and track.path.relative_to(folder),
            track.artist,
            track.seconds,
            track.sha256,
            track.extra,
        )
        for track in dataset.tracks
    ]
    return tracks, dataset.problems, dataset.complete


def _check_import(folder: Path) -> None:
    from genre_core.datasets.library import list_datasets

    for _ in list_datasets(folder / "sets"):
        assert len(_imported(folder)[0]) == 2 * _PER_GENRE


def REQUESTS() -> list[Any]:  # noqa: N802 (a table, made late: this module starts without numpy)
    from genre_core.audio.segments import SegmentConfig
    from genre_core.features.spectral import LogMel

    cut = SegmentConfig(segment_seconds=0.3, hop_seconds=0.3)
    return [(LogMel(n_mels=16), cut), (LogMel(n_mels=24), cut)]


def _features(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("features/*/*/[!.]*.npz")}


def _check_features(folder: Path) -> None:
    import numpy as np

    for path in folder.glob("features/*/*/[!.]*.npz"):
        with np.load(path, allow_pickle=False) as stored:
            assert set(stored) == {"values", "start_seconds", "end_seconds"}
            assert all(stored[name].size for name in stored)


WORKS: dict[str, Work] = {
    "import": Work(
        prepare=_songs,
        command=_script(_IMPORT),
        n_done=lambda folder: _whole_lines(folder / "heard.jsonl"),
        n_steps=2 * _PER_GENRE,
        outcome=_imported,
        check=_check_import,
    ),
    "extraction": Work(
        prepare=_songs_imported,
        command=_script(_EXTRACT),
        n_done=lambda folder: len(_features(folder)),
        n_steps=2 * 2 * _PER_GENRE,
        outcome=_features,
        check=_check_features,
    ),
}


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

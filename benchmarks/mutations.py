"""Damaged files through the command line: each must get an answer or a named error, soon.

    python -m benchmarks.mutations [--count N] [--seed N] [--folder FOLDER] [--print-only]

Files of every format that is read (`damaged_files.KINDS`) are damaged in every way of `damaged_files.WAYS`, and
`python -m genre_core classify FOLDER --json` hears them with the shipped model. What was refused is asked about once more, a file
at a time, to see how long that takes. The table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import click

from benchmarks.damaged_files import KINDS, WAYS, Damaged, damaged_files
from benchmarks.record import DOCUMENT, machine, table, write_between
from genre_core.errors import AudioError, GenreError
from genre_core.inference import Predictor
from genre_core.paths import find_root
from genre_core.runs import default_run

LIMIT_SECONDS = 10.0
"""A file must be answered or refused within it."""
COUNT, SEED = 1000, 0
ANSWER = "answered"


class Told(NamedTuple):
    """What the command said of a folder of damaged files.

    Attributes
    ----------
    outcome : dict of str to str
        File name -> `ANSWER` or the kind of the error.
    seconds : dict of str to float
        File name -> time to the answer [s], of those that were answered.
    returncode : int
    elapsed_seconds : float
        Of the command.
    stderr : str
    """

    outcome: dict[str, str]
    seconds: dict[str, float]
    returncode: int
    elapsed_seconds: float
    stderr: str


def told(folder: Path, *options: str) -> Told:
    """Run the command over a folder."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "genre_core", "classify", str(folder), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    outcome, seconds = {}, {}
    for line in done.stdout.splitlines():
        said: dict[str, Any] = json.loads(line)
        name = Path(said["path"]).name
        outcome[name] = said["error"]["kind"] if "error" in said else ANSWER
        if "error" not in said:
            seconds[name] = said["elapsed_seconds"]
    return Told(outcome, seconds, done.returncode, time.perf_counter() - start, done.stderr)


def refusing_seconds(files: list[Damaged]) -> dict[str, float]:
    """Time until each of these files is refused, a file at a time in this process [s]."""
    predictor, found = Predictor.from_run(default_run(find_root())), {}
    for file in files:
        start = time.perf_counter()
        try:
            predictor.classify(file.content, name=file.name)
        except GenreError:
            found[file.name] = time.perf_counter() - start
    return found


@click.command()
@click.option("--count", default=COUNT, show_default=True, help="Files.")
@click.option("--seed", default=SEED, show_default=True)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Leave the files here, to look at one.")
@click.option("--print-only", is_flag=True, help="Leave docs/benchmarks.md as it is.")
def main(count: int, seed: int, folder: Path | None, print_only: bool) -> None:
    """Damage, listen, and write the table."""
    files = damaged_files(count, seed=seed)
    with tempfile.TemporaryDirectory() as spare:
        place = folder or Path(spare)
        place.mkdir(parents=True, exist_ok=True)
        for file in files:
            (place / file.name).write_bytes(file.content)
        said = told(place)
    unnamed = sorted({file.name for file in files} - set(said.outcome))
    refused = [file for file in files if said.outcome.get(file.name, ANSWER) != ANSWER]
    seconds = {**said.seconds, **refusing_seconds(refused)}
    slow = [name for name, its in seconds.items() if its > LIMIT_SECONDS]
    errors = sorted(
        {kind for kind in said.outcome.values() if kind != ANSWER}, key=lambda kind: (kind not in AudioError.KINDS, kind)
    )

    def line(words: str, its: list[Damaged]) -> tuple[str, ...]:
        counts = Counter(said.outcome.get(file.name, "") for file in its)
        return words, f"{len(its)}", *(f"{counts[kind] or '–'}" for kind in (ANSWER, *errors))

    rows = [line(f"`{kind}`", [file for file in files if file.kind == kind]) for kind in KINDS]
    ways = [line(way, [file for file in files if file.way == way]) for way in WAYS]
    columns = ("files", ANSWER, *(f"`{kind}`" for kind in errors))
    verdict = (
        f"{len(files)} files, seed {seed}: {len(files) - len(refused) - len(unnamed)} answered, {len(refused)} refused with a "
        f"named error, {len(unnamed)} with neither; {len(slow)} took more than {LIMIT_SECONDS:g} s, the slowest "
        f"{max(seconds.values(), default=0.0):.1f} s. The command ended with exit code {said.returncode} after "
        f"{said.elapsed_seconds:.0f} s; {'a' if 'Traceback' in said.stderr else 'no'} traceback."
    )
    text = f"""{verdict}

{table(("format", *columns), rows)}

{table(("damage", *columns), ways)}

{machine()}"""
    click.echo(text)
    for name in [*unnamed, *slow]:
        click.echo(f"look at {name}", err=True)
    if not print_only:
        write_between(DOCUMENT, "mutations", text)


if __name__ == "__main__":
    main()

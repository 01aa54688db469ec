"""`job` (hidden): do the work of a job's folder in this process; what `jobs.start` calls."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from genre_core.commands.output import StatusLine
from genre_core.errors import GenreError, JobError, unknown_name
from genre_core.jobs import Journal, StopAsked, perform, prepare
from genre_core.jobs.job import ALIVE, LOG, REQUEST, read_request
from genre_core.jobs.journal import STATUS, STOP, Status
from genre_core.jobs.spawning import SPARE_SECONDS
from genre_core.paths import Root

WORKS: dict[str, str] = {
    "train": "genre_core.training.trainer",
    "import": "genre_core.datasets.import_work",
    "fetch": "genre_core.datasets.fetch_work",
    "extract": "genre_core.datasets.extract_work",
    "check": "genre_core.datasets.check_work",
    "demo": "genre_core.datasets.demo_work",
    "search": "genre_core.training.search",
    "robustness": "genre_core.inspection.robustness_work",
    "map": "genre_core.inspection.map_work",
    "place": "genre_core.inspection.place_work",
    "faithfulness": "genre_core.inspection.faithfulness_work",
    "classify": "genre_core.collection.classify_work",
}
"""Kind of job -> the module whose `work(values, root, journal)` does it; imported when such a job begins."""

GO_ON = {"train": "train --resume", "search": "search --resume"}
"""Kind of job -> the command that continues it, followed by its id; of other kinds it is `jobs continue`."""

REFUSALS = ("dataset", "parameter", "no_audio")
"""Kinds of errors that the same request would meet again."""


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--stand-by", is_flag=True, help="Load TensorFlow, then wait for a line of JSON with folder and root.")
@click.pass_obj
def command(root: Root, /, *, folder: Path | None, stand_by: bool) -> None:
    """Do the work of FOLDER, which a page or a command has prepared."""
    if stand_by:
        _stand_by()
    elif folder is not None:
        _do(folder, root)
    else:
        raise JobError("Expected the folder of a job. Received: nothing.")


def do_work(
    folder: Path,
    root: Root,
    *,
    listener: Callable[[Status], None] | None = None,
    first: Callable[[], None] | None = None,
) -> Any:
    """Do the work of a prepared folder once its turn has come, after calling `first`; raises what `jobs.perform` raises."""
    kind, values = read_request(folder)
    if kind not in WORKS:
        raise unknown_name("kind of job", kind, WORKS)

    def work(journal: Journal) -> Any:
        if first is not None:
            journal.report("preparing", "Starting TensorFlow")
            first()
        return import_module(WORKS[kind]).work(values, root, journal)

    return perform(folder, root, work, listener=listener)


def go_on_with(kind: str, job_id: str) -> str:
    """The command that continues a job."""
    return f"python -m genre_core {GO_ON.get(kind, 'jobs continue')} {job_id}"


@contextmanager
def told_how_to_go_on(folder: Path) -> Iterator[None]:
    """Say in a `JobError` how a job that is broken off with Ctrl-C goes on."""
    try:
        yield
    except KeyboardInterrupt:
        kind, _ = read_request(folder)
        raise JobError(f"Broken off; what is done is kept. Go on with: {go_on_with(kind, folder.name)}") from None


def carry_out(
    kind: str,
    values: dict[str, Any],
    root: Root,
    *,
    name: str = "",
    listener: Callable[[Status], None] | None = None,
    begun: Callable[[str], None] | None = None,
) -> Any:
    """Prepare a job that a person asked for on the command line, and do its work here; raises what `jobs.perform` raises.

    `begun` is told the job's id before the work begins. Ctrl-C becomes a `JobError` that says how the job goes on.

    The person reads why a request is refused, so one that is refused before anything was done leaves no trace: no page has to
    offer it for discarding. What broke off in the middle stays, to be continued.
    """
    folder = prepare(kind, values, root, name=name)
    states: set[str] = set()

    def listening(status: Status) -> None:
        states.add(status.state)
        if listener is not None:
            listener(status)

    if begun is not None:
        begun(folder.name)
    with told_how_to_go_on(folder):
        try:
            return do_work(folder, root, listener=listening)
        except GenreError as error:
            bare = {entry.name for entry in folder.iterdir()} <= {REQUEST, STATUS, ALIVE, STOP, LOG}
            if bare and (error.kind in REFUSALS or not states & {"working", "training"}):
                shutil.rmtree(folder, ignore_errors=True)
            raise


def _do(folder: Path, root: Root, *, first: Callable[[], None] | None = None) -> None:
    try:
        do_work(folder, root, listener=StatusLine(), first=first)
    except StopAsked:
        click.echo("Stopped.", err=True)


def _stand_by() -> None:
    from genre_core.training.backend import load_tensorflow

    loading = threading.Thread(target=load_tensorflow)
    loading.start()
    ending = threading.Timer(SPARE_SECONDS, os._exit, [0])
    ending.daemon = True
    ending.start()
    line = sys.stdin.readline()
    ending.cancel()
    if not line.strip():
        os._exit(0)  # whoever started it is gone: not even the loading needs to be waited for
    asked = json.loads(line)
    folder, root = Path(asked["folder"]), Root(Path(asked["root"]))
    log = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    _do(folder, root, first=loading.join)

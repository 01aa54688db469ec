"""What every command prints: words or one JSON object a line, errors as one sentence, progress on standard error."""

from __future__ import annotations

import functools
import json
import math
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from genre_core.errors import GenreError

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport
    from genre_core.jobs import Status
    from genre_core.runs import Run

Function = TypeVar("Function", bound=Callable[..., Any])

SECONDS_BETWEEN_LINES = 1.0
"""Where standard error is no terminal (a log file), progress is a line of its own, at most this often."""


def emit(obj: Mapping[str, Any], *, as_json: bool, text: str | None = None) -> None:
    """Print one result: `obj` as one line of JSON, or `text` (where None, nothing) for people.

    Paths, tuples and numpy values are allowed in `obj`; what is NaN or infinite becomes null, since JSON has no such number.
    """
    if as_json:
        click.echo(json.dumps(_plain(obj), allow_nan=False))
    elif text is not None:
        click.echo(_printable(text, sys.stdout))


def emit_error(error: GenreError, *, as_json: bool, **facts: Any) -> None:
    """Print one error: `{**facts, "error": {"kind", "message"}}` on standard output, or a sentence on standard error."""
    if as_json:
        emit({**facts, **error_object(error)}, as_json=True)
    else:
        where = f"{facts['path']}: " if "path" in facts else ""
        click.echo(_printable(f"Error: {where}{error}", sys.stderr), err=True)


def error_object(error: GenreError) -> dict[str, dict[str, str]]:
    """The error as programs read it, `{"error": {"kind": ..., "message": ...}}`."""
    return {"error": {"kind": error.kind, "message": str(error)}}


def run_summary(run: Run, found: LeakReport | None = None) -> dict[str, Any]:
    """What every command's JSON says of a run first; scores carry their intervals, the split its seed, badge and verdict.

    `note` is what the user wrote about the run, `dataset_note` what must be known of its data set ("synthesised"). `found`, the
    leak report of the run's split, serves where the manifest keeps none.
    """
    from genre_core.evaluation.report import split_verdict

    return {
        "run": run.id,
        "title": run.title,
        "note": run.note,
        "state": run.state,
        "model": run.model,
        "dataset": run.dataset_name,
        "dataset_note": run.dataset_note,
        "split": split_verdict(run.manifest, found, role=run.judged_role),
        "genres": run.genres,
        "judged_role": run.judged_role,
        "judged_level": run.judged_level,
        "scores": run.scores,
        "test_openings": run.test_openings,
        "search": run.search or None,
        "created": run.created.isoformat(),
        "shipped": run.is_shipped,
        "imported": run.is_imported,
        "folder": run.folder,
    }


def score_words(run: Run, role: str | None = None, found: LeakReport | None = None) -> str:
    """A score in words: `accuracy 0.55 [0.30, 0.80], 40 valid tracks, split by artist (✔ nothing crosses)`."""
    from genre_core.evaluation.report import LEAKY_ROLE_WORDS, ROLE_WORDS, score_of, split_verdict

    role = role or run.judged_role
    entry = run.scores.get(role)
    if entry is None:
        return f"no score on the {role} tracks"
    split = split_verdict(run.manifest, found, role=role)
    level, words = run.judged_level, (LEAKY_ROLE_WORDS if run.is_leaky else ROLE_WORDS)[role]
    return (
        f"accuracy {score_of(entry, 'accuracy', level=level)}, {entry[f'n_{level}']} {words}, "
        f"{split['title'] if role == 'folds' else 'split ' + split['title']} ({split['badge']})"
    )


def json_option(function: Function) -> Function:
    """Decorator: add `--json` (argument `as_json`), and end on a `GenreError` with one sentence or one object and exit code 1.

    It stands directly above the function, below `@click.command` and the other options.
    """

    @functools.wraps(function)
    def reporting(*args: Any, as_json: bool, **kwargs: Any) -> Any:
        try:
            return function(*args, as_json=as_json, **kwargs)
        except GenreError as error:
            emit_error(error, as_json=as_json)
            click.get_current_context().exit(1)

    option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, errors too.")
    return option(reporting)  # type: ignore[return-value]


class ProgressLine:
    """Callback that shows how far a long work is and how long still, on standard error.

    It is a `genre_core.parallel.Progress`. Used as a context it ends its line::

        with ProgressLine("Reading files") as progress:
            import_folder(folder, progress=progress)
    """

    def __init__(self, doing: str, *, stream: TextIO | None = None) -> None:
        self.doing = doing
        self.stream = stream or sys.stderr
        self._is_terminal = self.stream.isatty()
        self._last = time.monotonic()
        self._open_width = 0

    def __call__(self, done: int, total: int, seconds_left: float | None) -> None:
        now = time.monotonic()
        wait = 0.1 if self._is_terminal else SECONDS_BETWEEN_LINES
        if now - self._last < wait and not (self._is_terminal and done >= total):
            return
        self._last = now
        left = "" if seconds_left is None or done >= total else f", {duration(seconds_left)} left"
        line = f"{self.doing}: {done} of {total}{left}"
        if self._is_terminal:
            self.stream.write("\r" + line.ljust(self._open_width))
            self._open_width = len(line)
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._open_width:
            self.stream.write("\n")
            self.stream.flush()


class StatusLine:
    """Listener that prints a job's status on standard error: counts on one line, each new thing it does on a line of its own."""

    def __init__(self, *, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self._is_terminal = self.stream.isatty()
        self._doing = self._line = ""
        self._last = 0.0

    def __call__(self, status: Status) -> None:
        if status.state == "failed":  # the command itself says why, once
            self.stream.write("\n" if self._is_terminal and self._line else "")
            return
        left = "" if status.seconds_left is None or status.is_over else f", {duration(status.seconds_left)} left"
        line, doing = f"{status.message}{left}", re.split(r"\d", status.message)[0]
        now, is_new = time.monotonic(), doing != self._doing or status.is_over
        if line == self._line or (not is_new and not self._is_terminal and now - self._last < SECONDS_BETWEEN_LINES):
            return
        if self._is_terminal:
            self.stream.write(("\n" if is_new and self._line else "\r") + line.ljust(len(self._line)))
            self.stream.write("\n" if status.is_over else "")
        else:
            self.stream.write(line + "\n")
        self.stream.flush()
        self._doing, self._line, self._last = doing, "" if status.is_over else line, now


def duration(seconds: float) -> str:
    """Words for a length of time: `8 s`, `3 min 20 s`, `1 h 5 min`."""
    whole = round(max(0.0, seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _plain(value: Any) -> Any:
    """`value` with nothing in it but what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):  # numpy arrays and scalars, without importing numpy here
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _printable(text: str, stream: TextIO) -> str:
    """`text` with what the stream cannot show (a file name's stray bytes) replaced, so that printing never fails."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)

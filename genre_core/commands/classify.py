"""`classify`: name the genre of songs."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.output import ProgressLine, StatusLine, emit, emit_error, json_option
from genre_core.errors import AudioError, CollectionError, GenreError
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.collection.hearing import Refused
    from genre_core.collection.table import Table
    from genre_core.datasets.tracks import Problem
    from genre_core.parallel import Countdown
    from genre_core.prediction import Prediction
    from genre_core.runs import Run

WAYS = ("mean", "mean_log", "median", "vote")
"""`evaluation.aggregation.WITHIN`, written out, so that --help loads none of it."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--run", "run_name", default=None, help="Run to ask: id, beginning of an id, or folder; else the shipped one.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Probability below which it is not sure."
)
@click.option(
    "--aggregation", type=click.Choice(WAYS), default=WAYS[0], show_default=True, help="How segments become the song's verdict."
)
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores for many songs.")
@click.option(
    "--keep", default="", metavar="NAME", help="Keep what is said under this name: the same command goes on where it was."
)
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a table of all songs.")
@click.option("--playlists", type=click.Path(file_okay=False, path_type=Path), help="Folder for a playlist (M3U8) a genre.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    paths: tuple[Path, ...],
    run_name: str | None,
    threshold: float,
    aggregation: str,
    processes: int | None,
    keep: str,
    csv_file: Path | None,
    playlists: Path | None,
    as_json: bool,
) -> None:
    """Name the genre of songs: files, or folders with all songs in them, of any length.

    With --json each song is one line:

    \b
    {"path", "seconds", "genre", "confidence", "decision": "genre" | "not_sure",
     "reason", "unlike": "" | "silence" | "no music" | "far from the training songs",
     "posterior": {genre: p}, "segments": [{"start_seconds", "end_seconds",
     "posterior"}], "sections": [{"start_seconds", "end_seconds", "genre",
     "confidence", "decision", "unlike"}], "mix", "run", "elapsed_seconds"}
    {"path", "error": {"kind", "message"}}

    Where the decision is not_sure, genre is the closest guess, unless unlike says why no genre should be named at all: then genre
    and confidence are null. For a silent song every genre has the same probability, since nothing speaks for any. mix tells the
    sections in words where there are several. A bad file does not stop the others; exit code 1 if any failed.

    A few short songs are heard in this process; more of them by as many processes as there are cores, each of which opens the
    model once. With --keep NAME what is said is kept as it comes, as a collection: broken off, the same command goes on where it
    was, and later it hears only what is new or changed; all songs are then printed at the end. `similar SONG --in NAME` finds
    songs that sound alike in it. --playlists writes one list a genre and one of the songs that are not sure, surest first.
    """  # noqa: D301 - click's mark for "keep these lines" is the character itself
    from genre_core.runs import default_run, find_run

    run = find_run(run_name, root) if run_name else default_run(root)
    if not as_json:
        click.echo(f"{run.title}, threshold {threshold:.2f}. {run.caution}".rstrip(), err=True)
    told = _Telling(threshold, aggregation, as_json=as_json)
    table = _kept(paths, run, keep, processes, root, told) if keep else _heard(paths, run, processes, told)
    _write(table, csv_file, playlists, told)
    if told.failed:
        click.get_current_context().exit(1)


class _Telling:
    """Prints what is said of songs, and remembers it, and whether any failed."""

    def __init__(self, threshold: float, aggregation: str, *, as_json: bool) -> None:
        self.threshold, self.aggregation, self.as_json = threshold, aggregation, as_json
        self.failed = False
        self.told: list[dict[str, Any]] = []

    def song(self, path: str, found: Prediction | Refused) -> None:
        """One song: its verdict, or why there is none."""
        from genre_core.collection.hearing import Refused
        from genre_core.commands.songs import words

        if isinstance(found, Refused):
            self.error(path, found.kind, found.message)
            self.told.append({"path": path, "error": {"kind": found.kind, "message": found.message}})
            return
        judged = found.aggregated(self.aggregation, self.threshold)
        values = judged.to_dict(path=path)
        emit(values, as_json=self.as_json, text=words(judged, path))
        self.told.append({name: its for name, its in values.items() if name != "segments"})

    def problems(self, found: Sequence[Problem]) -> None:
        """Folders that hold no song, or cannot be looked into."""
        for problem in found:
            self.error(problem.file, problem.kind, problem.message)

    def aside(self, words: str) -> None:
        """Something that people should know, and that is no error."""
        if words and not self.as_json:
            click.echo(words, err=True)

    def error(self, path: str, kind: str, message: str) -> None:
        """Something that could not be heard or looked into."""
        self.failed = True
        error = AudioError(message) if kind in AudioError.KINDS else GenreError(message)
        error.kind = kind
        emit_error(error, as_json=self.as_json, path=path)


def _heard(paths: Sequence[Path], run: Run, processes: int | None, told: _Telling) -> Table:
    """Hear songs and print what is said of each in their order, as soon as all before it are done."""
    from genre_core.collection.files import songs_in
    from genre_core.collection.hearing import hear_songs
    from genre_core.collection.memory import said_of
    from genre_core.collection.table import Row, Table
    from genre_core.parallel import Countdown

    found = songs_in(paths)
    told.problems(found.problems)
    told.aside(found.passed_over)
    rows = []
    with ExitStack() as opened:
        # On a terminal the rows themselves show how far it is.
        shown = len(found.songs) > 1 and not sys.stdout.isatty()
        countdown = Countdown(opened.enter_context(ProgressLine("Hearing songs")) if shown else None, len(found.songs))
        results = opened.enter_context(closing(hear_songs(run, [song.path for song in found.songs], processes=processes)))
        try:
            for index, said in _in_order(results, countdown):
                rows.append(Row(found.songs[index], said_of(said)))
                told.song(str(found.songs[index].path), said)
        except KeyboardInterrupt:
            raise CollectionError(
                f"Broken off after {len(rows)} of {len(found.songs)} songs, which stand above. With --keep NAME the same command "
                "goes on where it was."
            ) from None
    return Table(tuple(run.genres), run.id, tuple(rows), len(found.songs), found.problems)


def _kept(paths: Sequence[Path], run: Run, name: str, processes: int | None, root: Root, told: _Telling) -> Table:
    """Hear what a collection does not know yet, then print all that it knows."""
    from genre_core.collection.classify_work import KIND, look, request
    from genre_core.collection.hearing import Refused
    from genre_core.collection.kept import Source, begin_collection, load_collection, named
    from genre_core.commands.job import carry_out
    from genre_core.errors import JobError

    source = Source(named(paths))
    told.aside(look(source, root).passed_over)  # a wrong request is told before a job is made
    begin_collection(name, source, run, root)
    try:
        carry_out(KIND, request(source, run, name=name, processes=processes), root, listener=StatusLine())
    except JobError as error:
        if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise CollectionError("Broken off; what was said is kept. Go on with the same command.") from None
        raise
    collection = load_collection(name, root)
    table = collection.table()
    told.problems(table.problems)
    for song, said in table.rows:
        path = str(song.path)
        kept = Refused(said.kind, said.message) if said.kind else collection.memory.prediction(said, run=run.id, name=path)
        told.song(path, kept)
    return table


def _write(table: Table, csv_file: Path | None, playlists: Path | None, told: _Telling) -> None:
    if csv_file is None and playlists is None:
        return
    from genre_core.commands.songs import write_csv, write_playlists

    if csv_file is not None:
        write_csv(csv_file, told.told, table.genres)
    if playlists is not None:
        written = write_playlists(playlists, table.judged(told.threshold, told.aggregation), table.genres)
        if not told.as_json:
            click.echo(f"{len(written)} playlists are in {playlists}", err=True)


def _in_order(
    results: Iterable[tuple[int, Prediction | Refused]], countdown: Countdown
) -> Generator[tuple[int, Prediction | Refused], None, None]:
    """The same results in the order of the songs; those that come early wait."""
    waiting: dict[int, Prediction | Refused] = {}
    due = 0
    for index, found in results:
        countdown.step()
        waiting[index] = found
        while due in waiting:
            yield due, waiting.pop(due)
            due += 1

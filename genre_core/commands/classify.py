"""`classify`: name the genre of songs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from genre_core.commands.output import emit, emit_error, json_option
from genre_core.commands.songs import audio_files
from genre_core.errors import AudioError, GenreError
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.prediction import Prediction

RUNNERS_UP = 2


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--run", "run_name", default=None, help="Run to ask: id, beginning of an id, or folder; else the shipped one.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Probability below which it is not sure."
)
@click.pass_obj
@json_option
def command(root: Root, /, *, paths: tuple[Path, ...], run_name: str | None, threshold: float, as_json: bool) -> None:
    """Name the genre of songs: files, or folders with all songs in them, of any length.

    With --json each song is one line:

    \b
    {"path", "genre", "confidence", "decision": "genre" | "not_sure", "reason",
     "unlike": "" | "silence" | "no music" | "far from the training songs",
     "posterior": {genre: p}, "segments": [{"start_seconds", "end_seconds",
     "posterior"}], "sections": [{"start_seconds", "end_seconds", "genre",
     "confidence", "decision"}], "run", "elapsed_seconds"}
    {"path", "error": {"kind", "message"}}

    Where the decision is not_sure, genre is the closest guess, and unlike says why no genre should be named at all, if that is
    so; for a silent song genre is null and every genre has the same probability, since nothing speaks for any. A bad file does
    not stop the others; exit code 1 if any failed.
    """  # noqa: D301 - click's mark for "keep these lines" is the character itself
    from genre_core.inference import Predictor
    from genre_core.runs import default_run, find_run

    run = find_run(run_name, root) if run_name else default_run(root)
    predictor = Predictor.from_run(run)
    if not as_json:
        click.echo(f"{run.title}, threshold {threshold:.2f}. {run.caution}".rstrip(), err=True)
    failed = False
    for path in paths:
        files = audio_files(path) if path.is_dir() else [path]
        if not files:
            failed = True
            emit_error(
                AudioError("Expected a folder with songs. Received: none in it.", kind="missing"), as_json=as_json, path=str(path)
            )
        for file in files:
            try:
                prediction = predictor.classify(file, threshold=threshold)
            except GenreError as error:
                failed = True
                emit_error(error, as_json=as_json, path=str(file))
            else:
                emit(prediction.to_dict(path=str(file)), as_json=as_json, text=words(prediction, str(file)))
    if failed:
        click.get_current_context().exit(1)


def words(prediction: Prediction, path: str) -> str:
    """A row for people: verdict, probability, runners-up, path; the reason where it is not sure.

    What is unlike all songs has no probability in its row: it would be one of genres that don't apply.
    """
    if prediction.unlike:
        return f"{'not sure':<12}{'':6}{f'({prediction.unlike})':<34}{path}\n{'':12}{prediction.reason}"
    verdict = prediction.genre if prediction.decision == "genre" else "not sure"
    others = ", ".join(f"{genre} {p:.2f}" for genre, p in prediction.ranking[1 : 1 + RUNNERS_UP])
    row = f"{verdict:<12}{prediction.confidence:<6.2f}{f'({others})':<34}{path}"
    return row if prediction.decision == "genre" else f"{row}\n{'':12}{prediction.reason}"

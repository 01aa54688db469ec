"""`extract`: a feature of audio files as a table, or the features of a data set into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from genre_core.collection.files import songs_in
from genre_core.commands.job import carry_out
from genre_core.commands.output import ProgressLine, StatusLine, emit, emit_error, json_option
from genre_core.errors import AudioError, GenreError, ParameterError, unknown_name
from genre_core.features.base import Feature
from genre_core.paths import Root
from genre_core.scale import check_scheduler

_MANY = 8
"""Files from which it pays to start further processes."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")
@click.option("--feature", "feature_name", help="Name of the feature; `features` lists them.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write: .csv, .json, .npz or .parquet.")
@click.option("--dataset", help="Store what models read of this data set, instead of writing a file.")
@click.option("--model", "models", multiple=True, help="With --dataset: only what this model reads; all models by default.")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Parameter of the feature, as -p n_mfcc=20.")
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.option("--scheduler", help="With --dataset: a Dask cluster that does the work, tcp://host:8786 (docs/scale.md).")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    paths: tuple[Path, ...],
    feature_name: str | None,
    out: Path | None,
    dataset: str | None,
    models: tuple[str, ...],
    params: tuple[str, ...],
    processes: int | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Compute a feature of whole audio files and write one row a file, its path in column `path`.

    A folder stands for all audio files in it. .csv and .parquet hold plain columns: the feature's own (summary57), or the mean
    and standard deviation over time of each row (mfcc1_mean, mfcc1_std). .json holds a list of rows with every frame, .npz the
    arrays path, columns, values and n_frames, shorter files filled up with NaN.

    A file that cannot be read is reported and does not stop the others; exit code 1 if any failed.

    With --dataset NAME the features that models read are computed for each of its tracks and stored, so that a training begins
    at once. What is stored is never computed again: broken off, it goes on where it was. With --scheduler the workers of a Dask
    cluster compute and store; songs and --root lie in a folder that all of them share.
    """
    if dataset is not None and not (paths or feature_name or out or params):
        _store(dataset, models, processes, scheduler, root, as_json=as_json)
    elif paths and feature_name and out and not (dataset or scheduler):
        _write(paths, parse_feature(feature_name, params), out, processes, as_json=as_json)
    else:
        raise ParameterError(
            "Expected either PATH... with --feature and --out, or --dataset (with --scheduler). Received: another mixture."
        )


def _store(
    dataset: str, models: Sequence[str], processes: int | None, scheduler: str | None, root: Root, *, as_json: bool
) -> None:
    from genre_core.datasets.library import load_dataset
    from genre_core.models import extraction

    load_dataset(dataset, root.datasets)  # a wrong name is told before a job is made
    if scheduler:
        check_scheduler(scheduler)
    values = {"dataset": dataset, "requests": extraction(models), "processes": processes, "scheduler": scheduler}
    result = carry_out("extract", values, root, listener=StatusLine())
    failed = result["failed"]
    lines = [f"{result['tracks']} tracks, {', '.join(result['features'])}: stored in {result['folder']}"]
    lines += [f"Not {entry['track']}: {entry['message']}" for entry in failed]
    emit(result, as_json=as_json, text="\n".join(lines))
    if failed:
        click.get_current_context().exit(1)


def _write(paths: Sequence[Path], feature: Feature, out: Path, processes: int | None, *, as_json: bool) -> None:
    from genre_core.commands.tables import Table
    from genre_core.parallel import Countdown, as_completed

    table = Table(out, feature)
    files, failures = _files(paths)
    computed: dict[int, np.ndarray | GenreError] = {}
    with ProgressLine(f"Computing {feature.title or feature.name}") as progress:
        jobs = [(path, feature) for path in files]
        countdown = Countdown(progress, len(files))
        for index, result in as_completed(_compute, jobs, processes=processes or (1 if len(files) < _MANY else None)):
            computed[index] = result
            countdown.step()
    for index, path in enumerate(files):
        result = computed[index]
        if isinstance(result, GenreError):
            failures.append((path, result))
        else:
            table.add(path, result)
    for path, failure in failures:
        emit_error(failure, as_json=as_json, path=str(path))
    if table.rows:
        table.write()
        about = {"out": out, "feature": feature.to_dict(), "rows": len(table.rows), "failed": len(failures)}
        emit(about, as_json=as_json, text=f"{len(table.rows)} files, {feature.title or feature.name}: written to {out}")
    if failures:
        click.get_current_context().exit(1)


def _compute(job: tuple[Path, Feature]) -> np.ndarray | GenreError:
    """The feature of a whole file, or why there is none."""
    from genre_core.audio.decode import decode

    path, feature = job
    try:
        return feature.of(decode(path, sr=max(22050, feature.sr)))
    except GenreError as error:
        return error


def parse_feature(name: str, params: Sequence[str]) -> Feature:
    """The feature of that name with parameters written `NAME=VALUE`.

    Raises
    ------
    ParameterError
        If the name does not exist or a value does not fit.
    """
    from genre_core.features import FEATURES

    if name not in FEATURES:
        raise unknown_name("feature", name, FEATURES)
    declared = FEATURES[name].params()
    values = {}
    for text in params:
        key, sign, value = text.partition("=")
        if not sign:
            raise ParameterError(f"A parameter is written NAME=VALUE, as n_mfcc=20. Received: {text!r}.")
        values[key.strip()] = _typed(key.strip(), value.strip(), declared[key.strip()].default if key.strip() in declared else "")
    return FEATURES[name].from_dict(values)


def _typed(key: str, value: str, default: object) -> object:
    """`value` in the type of the parameter's default; what does not fit is left for the parameter's own check to refuse."""
    if isinstance(default, bool):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower(), value)
    if isinstance(default, str):
        return value
    try:
        return float(value)
    except ValueError:
        raise ParameterError(f"{key} must be a number. Received: {key}={value!r}.") from None


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[Path, GenreError]]]:
    """Files to read, folders replaced by the audio files in them, and what could not be found."""
    found = songs_in(paths)
    failures = [(Path(problem.file), AudioError(problem.message, kind=problem.kind)) for problem in found.problems]
    return [song.path for song in found.songs], list[tuple[Path, GenreError]](failures)

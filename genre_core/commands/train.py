"""`train`: train a model on a data set, once or fold by fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from genre_core.commands.job import carry_out, do_work, told_how_to_go_on
from genre_core.commands.output import ProgressLine, StatusLine, emit, json_option, run_summary, score_words
from genre_core.datasets.library import load_dataset
from genre_core.datasets.splits import GENRE_SETS, SPLITS, fitting_split, known_pairs, make_split, why_taken
from genre_core.errors import ParameterError, TrainingError, did_you_mean
from genre_core.jobs import StopAsked, list_jobs
from genre_core.jobs.job import TRAIN
from genre_core.jobs.queue import make_ready
from genre_core.models import MODELS, model_spec
from genre_core.params import Config
from genre_core.paths import Root
from genre_core.training.fitting import recipe_for
from genre_core.training.recipe import TRAINING, TrainRequest


@click.command()
@click.option("--model", default="cnn_small", show_default=True, help=f"One of: {', '.join(MODELS)}.")
@click.option("--preset", default="", help="Begin with the values of this preset of the model; `models NAME` lists them.")
@click.option("--dataset", default="demo", show_default=True, help="Name of the data set.")
@click.option(
    "--split",
    default=None,
    help=f"How tracks are divided: {', '.join(SPLITS)}; by default the strictest that the data set allows, see `splits DATASET`. "
    "With folds: whose test tracks to hold out.",
)
@click.option("--split-seed", type=int, default=0, show_default=True, help="Seed of the split and of the folds.")
@click.option(
    "--folds",
    type=int,
    default=0,
    metavar="K",
    help="Train K times, so that every track is predicted by a net that has not heard it, nor its artist where known.",
)
@click.option(
    "--folds-column", default="", metavar="COLUMN", help="Take the folds from this column of the data set's table instead."
)
@click.option(
    "--genres",
    default="",
    metavar="A,B,...",
    help=f"Only these genres, or a set of them by its name: {', '.join(GENRE_SETS)}. All by default.",
)
@click.option(
    "--train-share",
    type=float,
    default=1.0,
    metavar="SHARE",
    help="Learn from this share of the training tracks, above 0 to 1; a smaller one is part of a larger one.",
)
@click.option("--seed", type=int, default=None, help="Seed of weights, order and dropout; the same as -p seed=N.")
@click.option("--deterministic", is_flag=True, help="The same result at each repeat; the same as -p deterministic=true.")
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter, such as epochs=5, dropout=0.5, hop_seconds=1.5.",
)
@click.option("--title", default="", help="Words for the run.")
@click.option(
    "--again",
    metavar="RUN",
    default=None,
    help="Train RUN again on its data set as it now is, each song in its former fold or role; no other option.",
)
@click.option("--resume", metavar="RUN", default=None, help="Continue a training that broke off or was stopped; no other option.")
@click.pass_obj
@json_option
def command(root: Root, /, *, resume: str | None, again: str | None, as_json: bool, **chosen: Any) -> None:
    """Train a model and save the run.

    The parameters are those of the model (see `models`), of the training and of the segments. The scores are those of the
    valid split, or out-of-fold; `evaluate` opens the test split.
    """
    if again is not None:
        from genre_core.runs import find_run
        from genre_core.runs.corrected import request_again

        request = TrainRequest.from_dict(request_again(find_run(again, root)))
    elif resume is None:
        request = _request(**chosen)
        ensure_demo(request, root)
        request = with_split(request, root, choose=chosen["split"] is None)  # what cannot be trained is said before a job begins
    else:
        from genre_core.commands.jobs import find_job, refuse_opened

        job = find_job(resume, root, TRAIN)
        refuse_opened(job)
        make_ready(job.folder)
    try:
        if resume is None:
            run = carry_out(TRAIN, request.to_dict(), root, name=request.model, listener=StatusLine())
        else:
            with told_how_to_go_on(job.folder):
                run = do_work(job.folder, root, listener=StatusLine())
    except StopAsked:
        stopped = job.id if resume is not None else list_jobs(root, TRAIN)[0].id
        raise TrainingError(
            f"The training was stopped before there was a run. Continue it with: python -m genre_core train --resume {stopped}"
        ) from None
    text = f"{run.id}: {score_words(run)}"
    if run.dataset_note:
        text += f"\nThe data set is {run.dataset_note}."
    if "valid" in run.scores:
        epochs = f"Best epoch {run.best_epoch} of {len(run.history)}. " if run.history else ""
        test = f"Score its test split with: python -m genre_core evaluate {run.id}"
        text += f"\n{epochs}{test if run.track_ids('test') else 'Its split has no test track: there is no test split to open.'}"
    summary = {**run_summary(run), "epochs": len(run.history), "best_epoch": run.best_epoch}
    emit(summary, as_json=as_json, text=text)


def with_split(request: TrainRequest, root: Root, *, choose: bool) -> TrainRequest:
    """The request with a split that its data set allows, chosen and said where nobody named one; else why it allows none."""
    dataset = load_dataset(request.dataset, root.datasets)
    recipe_for(request, dataset)
    pairs = known_pairs(dataset, root.datasets)
    part: dict[str, Any] = {"seed": request.split_seed, "genres": request.genres, "train_share": request.train_share}
    if choose and not request.has_folds:
        request = replace(request, split=fitting_split(dataset, pairs=pairs, **part))
        click.echo(f"Split: {request.split}, because {why_taken(request.split)}. Another one: --split.", err=True)
    if request.split and not request.has_folds:
        make_split(dataset, request.split, pairs=pairs, **part)
    return request


def ensure_demo(request: TrainRequest, root: Root) -> None:
    """Make the demo songs where they are asked for and not there yet."""
    if request.dataset == "demo" and not (root.datasets / "demo").exists():
        from genre_core.datasets.demo import make_demo

        with ProgressLine("Making demo songs") as line:
            make_demo(root.datasets, progress=line)


def _request(
    model: str,
    preset: str,
    dataset: str,
    split: str | None,
    split_seed: int,
    folds: int,
    folds_column: str,
    genres: str,
    train_share: float,
    seed: int | None,
    deterministic: bool,
    params: tuple[str, ...],
    title: str,
) -> TrainRequest:
    spec = model_spec(model)
    configs: dict[str, Any] = {"config": spec.config, "training": TRAINING[spec.family], "segments": type(spec.segments)}
    values: dict[str, dict[str, Any]] = {part: {} for part in configs}
    for text in params:
        name, sign, value = text.partition("=")
        owner = next((part for part, config in configs.items() if name in config.params()), None)
        if not sign or owner is None:
            raise no_parameter(text, configs, model)
        values[owner][name] = parse_value(configs[owner], name, value)
    if seed is not None:
        values["training"]["seed"] = seed
    if deterministic and "deterministic" in TRAINING[spec.family].params():
        values["training"]["deterministic"] = True  # a model without epochs is so by itself
    request = TrainRequest(
        model,
        dataset,
        ("" if folds or folds_column else "by_artist") if split is None else split,
        split_seed,
        folds,
        title=title,
        config=values["config"],
        training=values["training"],
        segments=values["segments"],
        genres=genres_of(genres),
        train_share=train_share,
        folds_column=folds_column,
        preset=preset,
    )
    request.resolve()
    return request


def no_parameter(text: str, configs: Mapping[str, type[Config]], model: str) -> ParameterError:
    """Error for `NAME=VALUE` whose name a model does not know; it lists the names and says which may have been meant."""
    known = [name for config in configs.values() for name in config.params()]
    meant = did_you_mean(text.partition("=")[0], known)
    return ParameterError(f"Expected NAME=VALUE with a name that {model} knows: {', '.join(known)}. Received: {text!r}.{meant}")


def genres_of(text: str) -> tuple[str, ...]:
    """The genres that a comma-separated text names; none where it is empty."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def parse_value(config: type[Config], name: str, text: str) -> Any:
    """The value that `text` means for a declared parameter, in the parameter's type."""
    default = config.params()[name].default
    if isinstance(default, bool):
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in words:
            raise ParameterError(f"{name} must be true or false. Received: {text!r}.")
        return words[text.lower()]
    if isinstance(default, str):
        return text
    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"{name} must be a number. Received: {text!r}.") from None

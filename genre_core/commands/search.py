"""`search`: try a model's settings, and train the winner."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from genre_core.commands.job import carry_out, do_work, go_on_with, told_how_to_go_on
from genre_core.commands.jobs import find_job
from genre_core.commands.output import StatusLine, duration, emit, json_option, run_summary, score_words
from genre_core.commands.train import ensure_demo, genres_of, no_parameter, parse_value, with_split
from genre_core.errors import ParameterError, TrainingError
from genre_core.jobs import Job, StopAsked, list_jobs
from genre_core.jobs.job import SEARCH, TRAIN
from genre_core.jobs.queue import make_ready
from genre_core.models import MODELS, model_spec
from genre_core.params import Config
from genre_core.paths import Root
from genre_core.training.recipe import TRAINING, TrainRequest
from genre_core.training.search import check_search
from genre_core.training.search_record import SearchRecord, list_searches, load_search
from genre_core.training.search_request import METRICS, MOST_TRIALS, SearchRequest
from genre_core.training.search_space import LUCK


@click.command()
@click.argument("model", required=False)
@click.option("--dataset", default="demo", show_default=True, help="Name of the data set.")
@click.option("--split", default=None, help="How tracks are divided, see `splits DATASET`; the valid split judges.")
@click.option("--split-seed", type=int, default=0, show_default=True, help="Seed of the split.")
@click.option("--genres", default="", metavar="A,B,...", help="Only these genres; all by default.")
@click.option("--preset", default="", help="Begin with the values of this preset of the model.")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Fix a parameter, such as epochs=20.")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="NAME=WHAT",
    help="What to try: learning_rate=1e-4..1e-2, batch_size=16,32, or l2=off to leave it as it is. The model says it by default.",
)
@click.option("--trials", "n_trials", type=int, default=20, show_default=True, help="How many settings to try in all.")
@click.option("--metric", default="log_loss", show_default=True, help=f"What chooses, on the valid split: {', '.join(METRICS)}.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of what is tried.")
@click.option(
    "--storage",
    default="",
    metavar="URL",
    help="A database such as postgresql://user@host/name: the same command on several machines works on one search.",
)
@click.option("--minutes", type=float, default=0.0, metavar="N", help="Begin no trial after so long; no limit by default.")
@click.option("--no-pruning", is_flag=True, help="Train every trial of a net to its end.")
@click.option("--train-winner", is_flag=True, help="Then train the best settings as a run.")
@click.option("--resume", metavar="SEARCH", default=None, help="Continue a search that broke off or was stopped.")
@click.option("--show", metavar="SEARCH", default=None, help="Show a search as it stands; trains nothing.")
@click.option("--list", "listed", is_flag=True, help="List all searches.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    model: str | None,
    resume: str | None,
    show: str | None,
    listed: bool,
    train_winner: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Search for better settings of MODEL: train it with other values each time, and rank them on the valid split.

    The features are computed once. Their own parameters and the cuts of the tracks are not searched. Nothing looks at the test
    split.
    """
    if listed:
        for record in list_searches(root):
            emit({**_summary(record), "state": _state(record, root)}, as_json=as_json, text=_line(record, root))
        return
    if show is not None:
        record = load_search(show, root)
    elif resume is not None:
        record = _resumed(resume, root)
    else:
        record = _searched(model, root, **chosen)
    emit(_summary(record), as_json=as_json, text=table(record))
    if train_winner:
        request = record.winner()
        run = carry_out(TRAIN, request.to_dict(), root, name=request.model, listener=StatusLine())
        emit(run_summary(run), as_json=as_json, text=f"{run.id}: {score_words(run)}\n{run.search['words']}")


def _searched(model: str | None, root: Root, *, split: str | None, **chosen: Any) -> SearchRecord:
    """A new search; what cannot be searched is said before a job begins."""
    if model is None:
        raise ParameterError(f"Expected the model to search. Choose one of: {', '.join(MODELS)}.")
    request = _request(model, split=split or "by_artist", **chosen)
    ensure_demo(request.train, root)
    request = replace(request, train=with_split(request.train, root, choose=split is None))
    check_search(request, root)

    def begun(search_id: str) -> None:
        click.echo(f"Search {search_id}. Should it break off, it goes on with: {go_on_with(SEARCH, search_id)}", err=True)

    with _told_where_it_goes_on(lambda: list_jobs(root, SEARCH)[0].id):
        found: SearchRecord = carry_out(
            SEARCH, request.to_dict(), root, name=f"search-{model}", listener=StatusLine(), begun=begun
        )
    return found


def _resumed(name: str, root: Root) -> SearchRecord:
    job = find_job(name, root, SEARCH)
    if job.status().state == "finished":
        raise TrainingError(f"The search {job.id} is finished. Show it with --show {job.id}, or search anew with more trials.")
    make_ready(job.folder)
    with _told_where_it_goes_on(lambda: job.id), told_how_to_go_on(job.folder):
        found: SearchRecord = do_work(job.folder, root, listener=StatusLine())
    return found


@contextmanager
def _told_where_it_goes_on(name: Callable[[], str]) -> Iterator[None]:
    try:
        yield
    except StopAsked:
        raise TrainingError(
            f"The search was stopped; what it tried is kept. Continue it with: {go_on_with(SEARCH, name())}"
        ) from None


def _request(
    model: str,
    dataset: str,
    split: str,
    split_seed: int,
    genres: str,
    preset: str,
    params: tuple[str, ...],
    ranges: tuple[str, ...],
    n_trials: int,
    metric: str,
    seed: int,
    storage: str,
    minutes: float,
    no_pruning: bool,
) -> SearchRequest:
    spec = model_spec(model)
    if not 2 <= n_trials <= MOST_TRIALS:
        raise ParameterError(f"--trials must lie in [2, {MOST_TRIALS}]. Received: --trials {n_trials}.")
    if not minutes >= 0:
        raise ParameterError(f"--minutes must be 0 (no limit) or more. Received: --minutes {minutes:g}.")
    configs: dict[str, type[Config]] = {
        "config": spec.config,
        "training": TRAINING[spec.family],
        "segments": type(spec.segments),
    }
    values: dict[str, dict[str, Any]] = {part: {} for part in configs}
    for text in params:
        part, name, value = _named(text, configs, model)
        values[part][name] = parse_value(configs[part], name, value)
    wanted: dict[str, Any] = {name: None for part in ("config", "training") for name in values[part] if name not in LUCK}
    searched = {part: config for part, config in configs.items() if part != "segments"}
    for text in ranges:
        part, name, value = _named(text, searched, model)
        if name in values[part]:
            raise ParameterError(f"{name} is fixed and searched at once. Received: {name}={values[part][name]!r} and {text!r}.")
        wanted[name] = parse_range(searched[part], name, value)
    train = TrainRequest(
        model,
        dataset,
        split,
        split_seed,
        genres=genres_of(genres),
        preset=preset,
        **values,  # type: ignore[arg-type]
    )
    return SearchRequest(train, wanted, n_trials, metric, seed, storage, minutes, not no_pruning)


def _named(text: str, configs: dict[str, type[Config]], model: str) -> tuple[str, str, str]:
    """Part of the request, name and value of `NAME=VALUE`."""
    name, sign, value = text.partition("=")
    part = next((part for part, config in configs.items() if name in config.params()), None)
    if not sign or part is None:
        raise no_parameter(text, configs, model)
    return part, name, value


def parse_range(config: type[Config], name: str, text: str) -> list[Any] | None:
    """What `1e-4..1e-2`, `16,32,64` or `off` means for a declared parameter."""
    if text.strip() in ("off", ""):
        return None
    parts = text.split("..") if ".." in text else text.split(",")
    return [parse_value(config, name, part.strip()) for part in parts]


def table(record: SearchRecord) -> str:
    """The history of a search, what mattered and the best values, as text."""
    names = [entry["name"] for entry in record.space]
    rows = [["trial", "state", record.metric, "best so far", *names, "epochs", "time"]]
    best = dict(record.best_so_far())
    for trial in record.trials:
        score = "" if trial.score is None else f"{trial.score:.4f}"
        so_far = f"{best[trial.number]:.4f}" if trial.number in best else ""
        tried = [_short(trial.values.get(name)) for name in names]
        took = "" if trial.seconds is None else duration(trial.seconds)
        rows.append([str(trial.number), trial.state, score, so_far, *tried, str(trial.epochs or ""), took])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"Trial {trial.number} failed: {trial.why}" for trial in record.trials if trial.why]
    if record.why_no_importance:
        lines.append(record.why_no_importance)
    else:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in record.importance.items())
        lines.append(f"What told good trials from others: {shares}.")
    lines.append(record.verdict)
    if record.best is not None:
        values = " ".join(f"{name}={_short(value)}" for name, value in record.best.values.items())
        lines += [
            f"Best values: {values}",
            record.caution,
            f"Search {record.id}, {record.split_title}, study {record.study}.",
        ]
    return "\n".join(lines)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)


def _summary(record: SearchRecord) -> dict[str, Any]:
    best = record.best
    winner = json.loads(json.dumps(record.winner().to_dict())) if best is not None else None
    return {
        **record.to_dict(),
        "best": best and best.number,
        "verdict": record.verdict,
        "caution": record.caution,
        "winner": winner,
    }


def _state(record: SearchRecord, root: Root) -> str:
    """How its job stands; `finished` where that was cleared away long ago."""
    job = Job(root.jobs / record.id)
    return job.status().state if job.folder.is_dir() else "finished"


def _line(record: SearchRecord, root: Root) -> str:
    state, done = _state(record, root), f"{len(record.tried)} of {record.n_trials} trials"
    how = {"stopped": "stopped", "interrupted": "broken off", "failed": "failed"}.get(state)
    line = f"{record.id}: {record.train['model']} on {record.train['dataset']}, "
    if how is not None:
        line += f"{done}, {how}; go on with: {go_on_with(SEARCH, record.id)}\n    "
    elif state != "finished":
        line += f"{done} so far. "
    return line + record.verdict

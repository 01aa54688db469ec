"""`train`: train a model on a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genre_core.commands.output import ProgressLine, emit, json_option
from genre_core.errors import ParameterError
from genre_core.models import MODELS, model_spec
from genre_core.params import Config
from genre_core.paths import Root
from genre_core.training.recipe import TrainConfig, TrainRequest


@click.command()
@click.option("--model", default="cnn_small", show_default=True, help=f"One of: {', '.join(MODELS)}.")
@click.option("--dataset", default="demo", show_default=True, help="Name of the data set.")
@click.option("--split", default="by_artist", show_default=True, help="How tracks are divided: by_track or by_artist.")
@click.option("--split-seed", type=int, default=0, show_default=True, help="Seed of the split.")
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter, such as epochs=5, dropout=0.5, hop_seconds=1.5.",
)
@click.option("--title", default="", help="Words for the run.")
@click.option("--request", "folder", type=click.Path(path_type=Path), hidden=True)
@click.pass_obj
@json_option
def command(root: Root, /, *, folder: Path | None, as_json: bool, **chosen: Any) -> None:
    """Train a model and save the run.

    The parameters are those of the model (see `models`), of the training and of the segments. The scores are those of the
    valid split; `evaluate` opens the test split.
    """
    from genre_core.training.jobs import read_request
    from genre_core.training.trainer import train

    request = _request(**chosen) if folder is None else read_request(folder)
    if folder is None and request.dataset == "demo" and not (root.datasets / "demo").exists():
        from genre_core.datasets.demo import make_demo

        with ProgressLine("Making demo songs") as line:
            make_demo(root.datasets, progress=line)
    run = train(request, root, progress=_Line(), folder=folder)
    accuracy = run.scores["valid"]["tracks"]["accuracy"]
    note = f" The data set is {run.dataset_note}." if run.dataset_note else ""
    emit(
        {
            "run": run.id,
            "title": run.title,
            "state": run.state,
            "model": run.model,
            "dataset": run.dataset_name,
            "note": run.dataset_note,
            "split": run.split_name,
            "epochs": len(run.history),
            "best_epoch": run.best_epoch,
            "valid": run.scores["valid"],
            "folder": run.folder,
        },
        as_json=as_json,
        text=f"{run.id}: {accuracy:.1%} of {run.scores['valid']['n_tracks']} valid tracks right (split {run.split_name}). "
        f"Best epoch {run.best_epoch} of {len(run.history)}.{note}\n"
        f"Score its test split with: python -m genre_core evaluate {run.id}",
    )


class _Line:
    """Prints the status on standard error when its words or its state change."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, status: Any) -> None:
        if status.message != self.last:
            self.last = status.message
            click.echo(f"{status.state}: {status.message}", err=True)


def _request(model: str, dataset: str, split: str, split_seed: int, params: tuple[str, ...], title: str) -> TrainRequest:
    spec = model_spec(model)
    configs: dict[str, Any] = {"config": spec.config, "training": TrainConfig, "segments": type(spec.segments)}
    values: dict[str, dict[str, Any]] = {part: {} for part in configs}
    for text in params:
        name, sign, value = text.partition("=")
        owner = next((part for part, config in configs.items() if name in config.params()), None)
        if not sign or owner is None:
            known = ", ".join(name for config in configs.values() for name in config.params())
            raise ParameterError(f"Expected NAME=VALUE with a name that {model} knows: {known}. Received: {text!r}.")
        values[owner][name] = parse_value(configs[owner], name, value)
    request = TrainRequest(
        model,
        dataset,
        split,
        split_seed,
        title=title,
        config=values["config"],
        training=values["training"],
        segments=values["segments"],
    )
    request.resolve()
    return request


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

"""`models`: list the models that can be trained."""

from __future__ import annotations

import click

from genre_core.commands.output import emit, json_option
from genre_core.models import MODELS, model_spec
from genre_core.models.base import ModelSpec
from genre_core.params import Config
from genre_core.training.recipe import training_config


@click.command()
@click.argument("names", nargs=-1)
@json_option
def command(*, names: tuple[str, ...], as_json: bool) -> None:
    """List the models with their parameters, defaults and ranges; all of them, or those NAMES.

    Beside them stands what each source claims for its model, what is known under an honest protocol, and the presets.
    """
    for spec in [model_spec(name) for name in names] or MODELS.values():
        emit(_values(spec), as_json=as_json, text=_words(spec))


def _values(spec: ModelSpec) -> dict[str, object]:
    training = training_config(spec)
    return {
        "name": spec.name,
        "title": spec.title,
        "good_for": spec.good_for,
        "summary": spec.summary,
        "reference": spec.reference,
        "differences": spec.differences,
        "claimed": spec.claimed,
        "honest": spec.honest,
        "presets": [{"name": name, "title": preset.title, "note": preset.note} for name, preset in spec.presets.items()],
        "features": [feature.to_dict() for feature in spec.features],
        "segments": spec.segments.to_dict(),
        "params": _params(spec.config()),
        "training": _params(training),
    }


def _params(config: Config) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "label": declared.title,
            "default": getattr(config, name),
            "low": declared.low,
            "high": declared.high,
            "options": declared.options,
            "help": declared.help,
        }
        for name, declared in config.params().items()
    ]


def _words(spec: ModelSpec) -> str:
    lines = [f"{spec.name}: {spec.title}", f"  {spec.summary}", f"  {spec.reference}"]
    lines += [f"  {spec.known}"] if spec.known else []
    lines += [f"  --preset {name}: {preset.title}. {preset.note}".rstrip() for name, preset in spec.presets.items()]
    params = [*_params(spec.config()), *_params(training_config(spec))]
    width = max((len(str(entry["name"])) for entry in params), default=0)
    for entry in params:
        options = entry["options"]
        span = " | ".join(map(str, options)) if isinstance(options, tuple) and options else f"{entry['low']} to {entry['high']}"
        span = "true or false" if isinstance(entry["default"], bool) else span
        lines.append(f"    {entry['name']:{width}}  {entry['default']!s:<10}  {span}")
    return "\n".join(lines)

"""`features`: what can be computed of a sound, with every parameter."""

from __future__ import annotations

import click

from genre_core.commands.output import emit, json_option
from genre_core.params import Param


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """List the features with their parameters: default, range, unit and what each is for."""
    from genre_core.features import FEATURES

    for name, feature in FEATURES.items():
        first_line = (feature.__doc__ or "").strip().splitlines()[0]
        params = {key: _described(declared) for key, declared in feature.params().items()}
        about = {"feature": name, "title": feature.title, "unit": feature.unit, "summary": first_line, "params": params}
        lines = [f"{name}: {feature.title}. {first_line}"]
        lines += [
            f"  {key}={declared.default}  {declared.title}: {_range(declared)}" for key, declared in feature.params().items()
        ]
        emit(about, as_json=as_json, text="\n".join(lines))


def _described(declared: Param) -> dict[str, object]:
    return {
        "default": declared.default,
        "unit": declared.unit,
        "low": declared.low,
        "high": declared.high,
        "options": list(declared.options),
        "label": declared.label,
        "help": declared.help,
    }


def _range(declared: Param) -> str:
    if declared.options:
        return "one of " + ", ".join(map(str, declared.options))
    if declared.low is not None and declared.high is not None:
        return f"{declared.low:g} to {declared.high:g}"
    if declared.low is not None:
        return f"at least {declared.low:g}"
    return "any" if declared.high is None else f"at most {declared.high:g}"

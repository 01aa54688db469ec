"""`calibrate`: make a run's probabilities honest."""

from __future__ import annotations

import click

from genre_core.commands.output import emit, json_option, run_summary
from genre_core.paths import Root


@click.command()
@click.argument("run_name", metavar="RUN")
@json_option
@click.pass_obj
def command(root: Root, /, *, run_name: str, as_json: bool) -> None:
    """Give RUN a temperature, so that it is right as often as it says, and let it say "not sure" of what is unlike its songs.

    Both are chosen on tracks that it was not taught: out of fold, or its valid tracks. Its scores are computed anew.
    """
    from genre_core.runs import find_run
    from genre_core.runs.calibrating import calibrate

    run = calibrate(find_run(run_name, root), root)
    found = run.calibration
    assert found is not None
    (score, better_score), (error, better_error) = found["brier"], found["calibration_error"]
    emit(
        {**run_summary(run), "calibration": found},
        as_json=as_json,
        text=f"{run.title}: temperature {found['temperature']:.2f}; Brier score {score:.3f} before, {better_score:.3f} after; "
        f"calibration error {error:.3f} before, {better_error:.3f} after.",
    )

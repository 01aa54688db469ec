"""`robustness`: how many verdicts change with what leaves the genre as it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.inspection.robustness import Robustness

_NAMED = 3
"""Flipped tracks that a line of words names."""


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option(
    "--split",
    type=click.Choice(["valid", "folds", "test"]),
    default=None,
    help="Tracks to hear: by default those that the run is judged on; test only where it was opened.",
)
@click.option("--tracks", "n_tracks", type=click.IntRange(min=1), default=40, show_default=True, help="How many, genres in turn.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the choice of tracks.")
@click.option("--transforms", default="", metavar="A,B,...", help="Names of changes; all of them by default.")
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    run_name: str,
    split: str | None,
    n_tracks: int,
    seed: int,
    transforms: str,
    processes: int | None,
    as_json: bool,
) -> None:
    """Let RUN hear songs and changed copies of them: softer, louder, duller, brighter, as MP3, with hiss, slower, higher, cut.

    No such change makes a song another genre. A line each: the share of tracks that it renames (flips), the accuracy that is
    left, and how the probability of the true genre moves, with 95 % intervals. What was heard is kept: to ask for more tracks
    costs only those, and what broke off is continued with `jobs continue`.
    """
    from genre_core.inspection.measured import read_result
    from genre_core.inspection.robustness import Robustness
    from genre_core.inspection.robustness_work import KIND, make_plan

    names = [name.strip() for name in transforms.split(",") if name.strip()]
    values: dict[str, Any] = {"run": run_name, "role": split, "tracks": n_tracks, "seed": seed, "transforms": names}
    plan = make_plan(values, root)  # a wrong request is told before a job is made
    carry_out(KIND, {**values, "run": plan.run.id, "title": plan.run.title, "processes": processes}, root, listener=StatusLine())
    found = read_result(plan.result, plan.of_model, Robustness.from_dict)
    assert isinstance(found, Robustness)
    emit(_values(found), as_json=as_json, text=_words(found))


def _values(found: Robustness) -> dict[str, Any]:
    rows = [
        {**asdict(row), "renamed": [] if row.flips.value is None else [asdict(flip) for flip in found.flips(row.name)]}
        for row in found.rows()
    ]
    return {
        "run": found.run,
        "role": found.role,
        "n_tracks": len(found.tracks),
        "over": found.groups.over,
        "seed": found.seed,
        "heard_before": found.heard_before,
        "rows": rows,
        "failed": [{"track": track, "message": why} for track, why in found.problems],
    }


def _words(found: Robustness) -> str:
    from genre_core.inspection.robustness import HEARD_BEFORE, MEANING

    first, *rows = found.rows()
    width = max(len(row.title) for row in rows) + 2
    part = "tracks, by the model that has heard them all" if found.role == "folds" else f"{found.role} tracks"
    lines = [
        f"{found.run}, {first.n_tracks} {part}",
        f"  {'':<{width}}{'flips':<20}{'accuracy':<20}{'true genre, change':<22}renamed",
        f"  {first.title:<{width}}{'':<20}{first.accuracy!s:<20}",
    ]
    for row in sorted(rows, key=lambda row: -(row.flips.value or 0.0)):
        flips = found.flips(row.name)
        named = [f"{flip.track_id} {flip.before} → {flip.after}" for flip in flips[:_NAMED]]
        more = [f"{len(flips) - _NAMED} more"] if len(flips) > _NAMED else []
        cells = f"{row.flips!s:<20}{row.accuracy!s:<20}{row.shift!s:<22}"
        lines.append(f"  {row.title:<{width}}{cells}{', '.join([*named, *more])}".rstrip())
    lines += [f"  {track} could not be heard: {why}" for track, why in found.problems]
    lines.append(f"  In brackets: 95 % intervals over {found.groups.n_groups} {found.groups.over}. {MEANING}")
    return "\n".join([*lines, *([f"  {HEARD_BEFORE}"] if found.heard_before else [])])

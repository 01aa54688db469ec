"""`errors`: what a run calls by another genre, worst first."""

from __future__ import annotations

import click

from genre_core.commands.output import emit, json_option
from genre_core.errors import unknown_name
from genre_core.paths import Root


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option(
    "--split", type=click.Choice(["valid", "folds", "test"]), default=None, help="Tracks; as the run is judged by default."
)
@click.option("--true", default="", metavar="GENRE", help="Only tracks of this genre.")
@click.option("--predicted", default="", metavar="GENRE", help="Only tracks that are called this genre.")
@click.option("--artist", default="", help="Only tracks by this artist.")
@click.option("--low", type=float, default=0.0, show_default=True, help="Least confidence.")
@click.option("--high", type=float, default=1.0, show_default=True, help="Most confidence.")
@click.option("--right-too", is_flag=True, help="Also what is called by its own genre, the least sure first.")
@click.option("--neighbours", type=click.IntRange(0, 20), default=0, show_default=True, help="Nearest training tracks of each.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    run_name: str,
    split: str | None,
    true: str,
    predicted: str,
    artist: str,
    low: float,
    high: float,
    right_too: bool,
    neighbours: int,
    as_json: bool,
) -> None:
    """List the tracks that RUN calls by another genre than their own, the surest error first."""
    from genre_core.inspection.judged import Wanted, judged, worst_first
    from genre_core.inspection.neighbours import nearest_training
    from genre_core.runs import find_run

    run = find_run(run_name, root)
    for genre in filter(None, (true, predicted)):
        if genre not in run.genres:
            raise unknown_name("genre", genre, run.genres)
    predictions = run.predictions(split or run.judged_role)
    tracks = judged(predictions, run.artists(predictions, root))
    wanted = Wanted(true, predicted, artist, low, high, right_too=right_too)
    found = worst_first(tracks, wanted)
    if not found and not as_json:
        click.echo(f"None of {len(tracks)} tracks: with these filters nothing is left.")
    for track in found:
        near = nearest_training(run, root, track.track_id, neighbours) if neighbours else []
        by = f", by {track.artist}" if track.artist else ""
        line = f"{track.track_id}{by}: {track.true}, called {track.predicted} {track.confidence:.2f}"
        beside = f"; nearest in training: {', '.join(entry.track_id for entry in near)}" if near else ""
        emit({**track.to_dict(), "neighbours": [entry._asdict() for entry in near]}, as_json=as_json, text=line + beside)

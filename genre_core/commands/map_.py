"""`map`: where a run places its tracks, on a plane."""

from __future__ import annotations

import math

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.paths import Root


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option("--method", type=click.Choice(["pca", "umap", "tsne"]), default="umap", show_default=True, help="How.")
@click.option("--neighbours", type=int, default=15, show_default=True, help="How many tracks around each one count.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same map.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table of the tracks.")
@click.pass_obj
@json_option
def command(root: Root, /, *, run_name: str, method: str, neighbours: int, seed: int, as_csv: bool, as_json: bool) -> None:
    """Lay the tracks of RUN out on a plane by its own embedding: those it learned from and those it was judged on.

    With --json each track is one line: track_id, x, y, genre, predicted and confidence (null where it was not judged), right,
    artist; the last line says how the map was made. The map is kept: the second time it is there at once.
    """
    from genre_core.datasets.versions import load_learned
    from genre_core.inspection.embedding_map import METHODS, MapConfig
    from genre_core.inspection.mapped import judged_predictions, make_map, map_csv, map_rows
    from genre_core.runs import find_run

    if as_csv and as_json:
        raise click.UsageError("Choose --csv or --json.")
    run, config = find_run(run_name, root), MapConfig(method, neighbours, seed)
    carry_out("map", {"run": run.id, "title": run.title, "config": config.to_dict()}, root, listener=StatusLine())
    embeddings, layout = make_map(run, root, config)
    dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    rows = map_rows(embeddings, layout, dataset, judged_predictions(run))
    if as_csv:
        click.echo(map_csv(rows), nl=False)
        return
    for row in rows:
        emit(row.to_dict(), as_json=as_json)
    n_judged = sum(row.predicted is not None for row in rows)
    shares = [float(share) for share in layout.shares if math.isfinite(share)]
    shown = f", {sum(shares):.0%} of the variance" if shares else ""
    summary = {
        "run": run.id,
        "config": config.to_dict(),
        "tracks": len(rows),
        "judged": n_judged,
        "left_out": embeddings.left_out,
        "shares": shares or None,
        "source": METHODS[method].source,
    }
    words = (
        f"{run.title}: {len(rows)} tracks by {METHODS[method].title}{shown}, {n_judged} of them judged. {METHODS[method].shows}"
    )
    if not as_json:
        words += "\nThe points: --csv or --json; the picture: the page Inspect, Map."
    emit(summary, as_json=as_json, text=words)

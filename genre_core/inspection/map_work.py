"""The job that lays a run's tracks out on a plane."""

from __future__ import annotations

from typing import Any

from genre_core.inspection.embedding_map import METHODS, MapConfig
from genre_core.inspection.mapped import make_map
from genre_core.jobs import Journal
from genre_core.paths import Root
from genre_core.runs import find_run


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Make the map of `values["run"]` (its id) by `values["config"]`, a `MapConfig`; what is there is not made again.

    `values["title"]`, where it is there, names the run for those who watch.

    Raises
    ------
    GenreError
        As `make_map`.
    """
    run = find_run(values["run"], root)
    config = MapConfig.from_dict(values["config"])
    title = METHODS[config.method].title

    def begun(n_tracks: int) -> None:
        journal.heed_stop()
        journal.report("working", f"Laying {n_tracks} tracks out by {title}", progress=0.99)

    progress = journal.counting("working", "Placing tracks")
    embeddings, _ = make_map(run, root, config, progress=progress, begun=begun)
    result = {"run": run.id, "method": config.method, "tracks": len(embeddings.track_ids), "left_out": embeddings.left_out}
    words = f"{len(embeddings.track_ids)} tracks on a map by {title}"
    if embeddings.left_out:
        words += f"; {len(embeddings.left_out)} have no place on it"
    journal.report("finished", words, progress=1.0, seconds_left=0.0, result=result)
    return result

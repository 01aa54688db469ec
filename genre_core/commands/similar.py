"""`similar`: the songs of a collection that sound most like one, and those that may be there twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from genre_core.commands.output import emit, json_option
from genre_core.errors import CollectionError
from genre_core.paths import Root

if TYPE_CHECKING:
    import numpy as np

    from genre_core.collection.kept import Collection
    from genre_core.inspection.embeddings import TrackEmbeddings


@click.command()
@click.argument("song", required=False, type=click.Path(path_type=Path), metavar="[SONG]")
@click.option(
    "--in", "--collection", "name", required=True, metavar="NAME", help="Collection that `classify --keep NAME` or the page made."
)
@click.option("-k", "--songs", "k", type=click.IntRange(min=1), default=10, show_default=True, help="How many.")
@click.option("--repeats", "wants_repeats", is_flag=True, help="Pairs that may be the same recording, instead of a song's like.")
@click.option("--playlist", type=click.Path(dir_okay=False, path_type=Path), help="Write SONG and those as a playlist (M3U8).")
@click.pass_obj
@json_option
def command(
    root: Root, /, *, song: Path | None, name: str, k: int, wants_repeats: bool, playlist: Path | None, as_json: bool
) -> None:
    """List the songs of a collection that sound most like SONG, nearest first.

    SONG may be one of them, or any other file, which is then heard first. The distance is 0 where two songs leave the average of
    the collection in the same direction, 1 where these have nothing in common, 2 where they are opposite. It is that of what the
    run made of them: a run that tells genres apart hears more of genre, less of melody.

    With --json a line a song: {"path", "distance", "genre", "decision", "confidence"}; with --repeats a line a pair:
    {"paths": [a, b], "distance"}.
    """
    from genre_core.collection.kept import load_collection
    from genre_core.collection.playlists import Playlist, PlaylistEntry, write_playlist
    from genre_core.collection.similar import embeddings_of, nearest_songs, repeats

    if (song is None) == (not wants_repeats):
        raise click.UsageError("Give either SONG, or --repeats for the pairs that may be the same recording.")
    if song is None and playlist is not None:
        raise click.UsageError("--playlist writes SONG and its like: give SONG.")
    collection = load_collection(name, root)
    rows = collection.table().judged()
    embeddings = embeddings_of(collection, rows)
    if song is None:
        pairs = repeats(embeddings)
        if not pairs and not as_json:
            click.echo(f"None of {len(embeddings.track_ids)} songs seems to be there twice.")
        for first, second, distance in pairs:
            text = f"{distance:.4f}  {first}\n{'':6}  {second}"
            emit({"paths": [first, second], "distance": distance}, as_json=as_json, text=text)
        return
    path = song.expanduser().absolute()
    query, seconds = _place(path, collection, embeddings, root)
    found = nearest_songs(embeddings, rows, query, k)
    for row, distance in found:
        values = {"path": str(row.song.path), "distance": distance, "genre": row.genre, "decision": row.decision}
        said = "" if row.unlike else f"{row.confidence:.2f}"  # it would be of a genre that does not apply
        text = f"{distance:<8.3f}{row.verdict:<12}{said:<6}{row.song.path}"
        emit({**values, "confidence": None if row.unlike else row.confidence}, as_json=as_json, text=text)
    if playlist is not None:
        entries = [PlaylistEntry(row.song.path, row.song.shown, row.said.seconds) for row, _ in found]
        write_playlist(playlist, Playlist(f"Like {path.stem}", (PlaylistEntry(path, "", seconds), *entries)))


def _place(path: Path, collection: Collection, embeddings: TrackEmbeddings, root: Root) -> tuple[str | np.ndarray, float | None]:
    """What to look for, and the song's length [s] where it had to be heard."""
    if str(path) in embeddings.track_ids:
        return str(path), None
    from genre_core.inference import Predictor
    from genre_core.inspection.measured import model_fingerprint
    from genre_core.runs import find_run

    run = find_run(collection.run, root)
    if model_fingerprint(run) != collection.model:
        raise CollectionError(
            f"The model of {run.title!r} has changed since it heard the collection {collection.name!r}, so another song cannot "
            "be placed among these. Classify the collection again: the same command hears its songs anew."
        )
    prediction = Predictor.from_run(run).classify(path)
    if prediction.evidence.silent:
        raise CollectionError(f"{path.name} is silent: nothing sounds like it. Give a song that can be heard.")
    return prediction.embedding, prediction.seconds

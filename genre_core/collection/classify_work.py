"""The job that lets a run hear a collection's songs: over all cores, and where it broke off it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from genre_core.collection.files import Songs, songs_in, songs_of
from genre_core.collection.hearing import hear_songs
from genre_core.collection.kept import Source, begin_collection, collection_name, load_collection
from genre_core.collection.memory import unheard
from genre_core.collection.table import Judged, count
from genre_core.datasets.library import load_dataset
from genre_core.datasets.notebook import State
from genre_core.datasets.sources.found import check_folder, counted
from genre_core.errors import CollectionError, JobError
from genre_core.jobs import Job, Journal, list_jobs, remove_job
from genre_core.jobs.job import CLASSIFY as KIND
from genre_core.parallel import Countdown
from genre_core.paths import Root
from genre_core.runs import Run, find_run


def request(source: Source, run: Run, *, name: str = "", processes: int | None = None) -> dict[str, Any]:
    """The values of a `classify` job: the run hears the songs of a source, and what it says is kept under a name."""
    name = name or collection_name(source, run.id)
    values: dict[str, Any] = {"run": run.id, "source": source.to_dict(), "collection": name, "title": source.shown}
    return values | ({"processes": processes} if processes else {})


def look(source: Source, root: Root) -> Songs:
    """The songs of a source, nothing decoded.

    Raises
    ------
    CollectionError
        If there is no song.
    DatasetError
        If a folder is not there, or the data set is not, or (`NoAudioError`) holds no audio.
    """
    if source.dataset:
        return songs_of(load_dataset(source.dataset, root.datasets))
    if len(source.paths) == 1:
        if source.paths[0].is_file():
            raise CollectionError(
                f"Expected a folder with songs. Received: the file {source.paths[0].name}. Give the folder that it lies in; "
                "a single song is named on its own."
            )
        check_folder(source.paths[0])
    found = songs_in(source.paths)
    if not found.songs:
        raise CollectionError(f"Expected songs in {source.shown}, files such as mp3, flac or wav. Received: none.")
    return found


def work(values: dict[str, Any], root: Root, journal: Journal) -> dict[str, Any]:
    """Hear what `values["source"]` holds by the run `values["run"]`, and keep what it says in `values["collection"]`.

    Songs that were heard before and have not changed are not heard again; those that could not be are tried once more where the
    reason may have gone. `processes` may be there.

    Raises
    ------
    GenreError
        As `look` and `begin_collection`; or why not a single song could be heard.
    """
    run, source = find_run(str(values["run"]), root), Source.of_dict(values["source"])
    journal.report("preparing", "Looking for songs")
    found = look(source, root)
    collection = begin_collection(str(values["collection"]), source, run, root)
    forget_broken(collection.name, root, but=journal.folder)
    pairs = collection.list_songs(found)
    known = collection.memory.read()
    left = [(song, state) for song, state in pairs if unheard(known.get(state))]
    progress = journal.counting("working", "Hearing songs")
    with collection.memory as memory:
        countdown = Countdown(progress, len(pairs), done=len(pairs) - len(left))
        jobs: list[Path] = [song.path for song, _ in left]
        states: list[State] = [state for _, state in left]
        with closing(hear_songs(run, jobs, processes=values.get("processes"))) as heard:
            for index, said in heard:
                memory.note(states[index], said)
                countdown.step()
    table = load_collection(collection.name, root).table()
    rows = table.judged()
    heard_rows = [row for row in rows if not row.said.kind]
    result = {"collection": collection.name, "songs": len(rows), "heard": len(heard_rows), "failed": len(rows) - len(heard_rows)}
    journal.report("finished", _summary(rows, table.genres), progress=1.0, seconds_left=0.0, result=result)
    return result


def jobs_of(name: str, root: Root) -> list[Job]:
    """The jobs that hear, or heard, the songs of a collection, newest first."""
    return [job for job in list_jobs(root, KIND) if _collection_of(job) == name]


def forget_broken(name: str, root: Root, *, but: Path | None = None) -> None:
    """Remove the traces of former jobs of a collection that did not come to their end: another one does their work."""
    for job in jobs_of(name, root):
        if job.folder != but and job.status().is_over and job.status().state != "finished":
            remove_job(job)


def _collection_of(job: Job) -> str:
    try:
        return str(job.values.get("collection", ""))
    except JobError:
        return ""


def _summary(rows: Sequence[Judged], genres: Sequence[str]) -> str:
    """What came of it, the most frequent verdicts first."""
    if rows and all(row.said.kind for row in rows):
        return f"None of {counted(len(rows), 'song')} could be heard. The first: {rows[0].said.message}"
    found = sorted(count(rows, genres).items(), key=lambda entry: -entry[1])
    return f"{counted(len(rows), 'song')}: {', '.join(f'{number} {verdict}' for verdict, number in found if number)}"

"""Where songs can come from: an explicit table of sources, each of which looks and says what it found.

To add one: a module with a function `find(path, *, artist_folders, audio, progress) -> Found` that decodes and writes nothing,
and a row in SOURCES.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from genre_core.datasets.sources import sheet
from genre_core.datasets.sources.fma import find_fma, is_fma, table_of
from genre_core.datasets.sources.folder import arrange, find_folder
from genre_core.datasets.sources.found import Found, SongFile, kind_of_file, said, walk
from genre_core.datasets.sources.table import find_table, fits
from genre_core.datasets.sources.tags import find_tags, say_genres
from genre_core.datasets.sources.unpacking import keep_upload, unpack
from genre_core.datasets.sources.zipped import find_zip, is_zip
from genre_core.errors import DatasetError, unknown_name
from genre_core.features.summary import Summary57
from genre_core.parallel import Progress

__all__ = ["FEATURES", "SOURCES", "Found", "SongFile", "SourceSpec", "find", "keep_upload", "recognise", "unpack"]


class SourceSpec(NamedTuple):
    """Words for a kind of source, and the function that looks."""

    title: str
    description: str
    find: Callable[..., Found]


SOURCES: dict[str, SourceSpec] = {
    "folder": SourceSpec("A folder a genre", "Each folder is a genre; any copy of GTZAN is read.", find_folder),
    "table": SourceSpec("CSV or Parquet", "A table names files and genres; its other columns are kept.", find_table),
    "zip": SourceSpec("ZIP archive", "The archive holds a folder a genre; its songs are unpacked beside the data set.", find_zip),
    "tags": SourceSpec("Tags of the files", "Genre, artist and title are read from the files' own tags.", find_tags),
    "fma": SourceSpec("FMA", "FMA's numbered clips, with genre, artist and official split from tracks.csv.", find_fma),
}

FEATURES = "features"
"""What `recognise` says of a table of numbers without audio, which `datasets.given` imports."""

_NUMBERS = frozenset({"chroma_stft_mean", "mfcc1_mean"})
_OTHER_ARCHIVES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")


def find(
    path: Any,
    kind: str | None = None,
    *,
    artist_folders: bool = True,
    audio: Path | None = None,
    progress: Progress | None = None,
) -> Found:
    """Look at what lies at a path; nothing is decoded and nothing is written.

    Parameters
    ----------
    path : path, or bytes or binary file object of an archive
        Folder, table or archive.
    kind : str or None
        A name of `SOURCES`; by default what `recognise` says.
    artist_folders : bool
        Whether a folder inside a genre's folder names the artist.
    audio : Path or None
        Folder of the songs that a table names.
    progress : callable or None
        `progress(done, total, seconds_left)` where looking takes its time.

    Raises
    ------
    ParameterError
        If there is no such kind.
    DatasetError
        If there is nothing to import; the message says what was found instead.
    """
    kind = kind or recognise(path)
    if kind == FEATURES:
        raise DatasetError(f"{path} holds numbers computed from songs, and names no files. Import it as features.")
    if kind not in SOURCES:
        raise unknown_name("kind of source", kind, SOURCES)
    if isinstance(path, str | os.PathLike):
        path = Path(path).expanduser().absolute()
    found = SOURCES[kind].find(path, artist_folders=artist_folders, audio=audio, progress=progress)
    found.problems = [said(problem) for problem in found.problems]
    return found


def recognise(path: Any) -> str:
    """Name of the source that fits what lies at a path, or `FEATURES` for a table of numbers without audio.

    Raises
    ------
    DatasetError
        If there is nothing, or something that is none of these; the message says what to do.
    """
    if not isinstance(path, str | os.PathLike):
        return "zip"
    path = Path(path).expanduser().absolute()
    if path.is_dir():
        return _recognise_folder(path)
    if not path.exists():
        raise DatasetError(
            f"There is no folder {path}, and no file. Check the path; it must be one on the machine where Genrescope runs."
        )
    return _recognise_file(path)


def _recognise_file(path: Path) -> str:
    suffix = path.suffix.lower()
    if is_zip(path):
        return "zip"
    if suffix in sheet.CSV_EXTENSIONS | sheet.PARQUET_EXTENSIONS:
        if is_fma(path):
            return "fma"
        names = {sheet.plain_name(name) for name in sheet.read_names(path)}
        most = len(names.intersection(Summary57.COLUMNS)) > len(Summary57.COLUMNS) // 2  # a lacking column is said later
        return FEATURES if most or names >= _NUMBERS else "table"
    if suffix in _OTHER_ARCHIVES:
        raise DatasetError(f"{path.name} is an archive, but no ZIP. Unpack it, then give the folder that comes out.")
    if kind_of_file(path.name) == "audio":
        raise DatasetError(f"{path.name} is one song: a data set needs many. Give the folder that holds the genre folders.")
    raise DatasetError(f"Expected a folder, a table (.csv, .parquet) or a ZIP archive. Received the file {path}.")


def _recognise_folder(path: Path) -> str:
    files = walk(path, Found("folder", path, path, ""))
    numbered = sum(len(parts) > 1 and parts[-1][:6].isdecimal() and parts[-2].isdecimal() for parts in files)
    if numbered * 2 > len(files) and table_of(path) is not None:
        return "fma"
    if len(arrange(files).genres) > 1:
        return "folder"
    if files and say_genres(path, files):
        return "tags"
    if files and table_in(path) is not None:
        raise DatasetError(f"{path} has no folder a genre, but a table that names its songs: give {table_in(path)} instead.")
    return "folder"  # which says what is missing


def table_in(folder: Path) -> Path | None:
    """The first table in a folder that names files and genres."""
    for entry in sorted(folder.iterdir()):
        if entry.suffix.lower() in sheet.CSV_EXTENSIONS | sheet.PARQUET_EXTENSIONS and entry.is_file():
            try:
                if fits(sheet.read_names(entry)):
                    return entry
            except DatasetError:
                continue
    return None

"""Fetching a data set from the net: download, check, unpack; what is there already is not done again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genre_core.datasets.archives import unpack_archive
from genre_core.datasets.downloading import FetchError, Resuming
from genre_core.datasets.net_sources import SOURCES_ON_THE_NET, NetSource, RemoteFile, size_words
from genre_core.errors import unknown_name
from genre_core.files import why_not_written, write_json
from genre_core.jobs.journal import StopAsked

Progress = Callable[[str, int, int | None, float | None], None]
"""`progress(doing, done, total, seconds_left)`, in bytes."""

__all__ = ["SOURCES_ON_THE_NET", "Fetched", "NetSource", "RemoteFile", "fetch", "net_source", "size_words"]

ARCHIVES = "archives"
"""Folder below the one that is fetched to, in which the archives stay as they came."""

CHECKSUMS = "checksums.json"
FETCHED = ".fetched.json"


@dataclass(frozen=True)
class Fetched:
    """What was fetched: the folder with the songs, to be imported, and how each archive was checked, in words."""

    name: str
    folder: Path
    archives: tuple[Path, ...]
    checks: tuple[str, ...]


def net_source(name: str, url: str | Sequence[str] | None = None) -> NetSource:
    """The row of that name, with other addresses for its archives where they are given, in their order.

    Raises
    ------
    ParameterError
        If there is no such row.
    FetchError
        If there are more addresses than archives.
    """
    if name not in SOURCES_ON_THE_NET:
        raise unknown_name("data set on the net", name, SOURCES_ON_THE_NET)
    source = SOURCES_ON_THE_NET[name]
    urls = [url] if isinstance(url, str) else list(url or ())
    if len(urls) > len(source.files):
        names = ", ".join(file.name for file in source.files)
        raise FetchError(f"{name} has {len(source.files)} archive(s): {names}. Received: {len(urls)} addresses.")
    changed = [replace(file, url=urls[i] or file.url) if i < len(urls) else file for i, file in enumerate(source.files)]
    return replace(source, files=tuple(changed))


def fetch(
    name: str,
    folder: Path,
    *,
    url: str | Sequence[str] | None = None,
    any_checksum: bool = False,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Fetched:
    """Download the archives of a data set, check and unpack them; what is there already is not done again.

    Parameters
    ----------
    name : str
        A row of SOURCES_ON_THE_NET.
    folder : Path
        Where to, `Root.downloads`: archives to `archives/`, songs to `<name>/`.
    url : str, sequence of str or None
        Other addresses, for the first archives of the row. The checksums stay the same.
    any_checksum : bool
        Take an archive that is packed otherwise: its checksum is not compared with the published one, but recorded.
    progress : callable or None
        As `Progress`.
    should_stop : callable or None
        Asked all the time.

    Raises
    ------
    FetchError
        If an archive cannot be had, is not the one that was published, or does not fit on the disk.
    StopAsked
        If somebody asked for it; the next call goes on there.
    """
    source = net_source(name, url)
    folder = folder.expanduser().absolute()
    archives, checks = [], []
    for file in source.files:
        path, words = _download(file, folder, any_checksum, progress, should_stop)
        archives.append(path)
        checks.append(words)
    _unpack(name, source, archives, checks, folder, progress, should_stop)
    return Fetched(name, folder / name, tuple(archives), tuple(checks))


def _download(
    file: RemoteFile, folder: Path, any_checksum: bool, progress: Progress | None, should_stop: Callable[[], bool] | None
) -> tuple[Path, str]:
    """The archive, and how it was checked."""
    import pooch  # its import takes a while, and only a download needs it

    pooch.get_logger().setLevel("WARNING")
    place = folder / ARCHIVES
    recorded = _recorded(folder).get(file.name, {})
    published = "" if any_checksum else file.checksum
    known = published or recorded.get("checksum", "")

    def told(done: int, total: int | None, seconds_left: float | None) -> None:
        if progress is not None:
            progress(f"Downloading {file.name}", done, total, seconds_left)

    downloader = Resuming(place / f"{file.name}.part", told, should_stop)
    try:
        _sweep(place)
        (downloader.take_back if any_checksum else downloader.forget_aside)()
        path = Path(pooch.retrieve(file.url, known or None, fname=file.name, path=place, downloader=downloader))
        downloader.forget()
        if published:
            return path, f"{file.name}: {published} as published by {file.checksum_source}"
        if known:
            return path, f"{file.name}: {known} as recorded at the first download ({recorded.get('recorded', '')[:10]})"
        checksum = "sha256:" + pooch.file_hash(str(path), alg="sha256")
        entry = {"checksum": checksum, "url": file.url, "recorded": datetime.now(UTC).isoformat(timespec="seconds")}
        write_json(folder / CHECKSUMS, {**_recorded(folder), file.name: entry})
        return path, f"{file.name}: {checksum}, recorded now; later downloads are compared with it"
    except ValueError as error:  # pooch found another hash
        downloader.set_aside()
        whose = f"published by {file.checksum_source}" if published else "recorded at the first download"
        raise FetchError(
            f"{file.name} from {file.url} is not the file that was expected: its checksum is not {known}, {whose}. Start "
            "again, or give another address (--url). If you trust this copy, take it (--any-checksum): no byte comes twice."
        ) from error
    except OSError as error:
        raise FetchError(f"{file.name} cannot be kept in {place}: {why_not_written(error)}") from error


def _unpack(
    name: str,
    source: NetSource,
    archives: Sequence[Path],
    checks: Sequence[str],
    folder: Path,
    progress: Progress | None,
    should_stop: Callable[[], bool] | None,
) -> None:
    """Unpack beside, then rename: `folder / name` is whole or not there."""
    target, beside = folder / name, folder / f".{name}.unpacking"
    mark = {"archives": [path.name for path in archives], "sizes": [path.stat().st_size for path in archives]}
    mark["checks"] = [words.partition(",")[0].partition(" as ")[0] for words in checks]
    if _read_json(target / FETCHED) == mark:
        return
    try:
        shutil.rmtree(beside, ignore_errors=True)
        for path, file in zip(archives, source.files, strict=True):

            def told(done: int, total: int, path: Path = path) -> None:
                if should_stop is not None and should_stop():
                    raise StopAsked
                if progress is not None:
                    progress(f"Unpacking {path.name}", done, total, None)

            unpack_archive(path, beside, most_bytes=2 * file.unpacked_bytes, only=file.only, told=told)
        write_json(beside / FETCHED, mark)
        if target.exists():  # of another archive
            shutil.rmtree(target)
        beside.rename(target)
    except OSError as error:
        raise FetchError(f"{source.title} cannot be unpacked to {target}: {why_not_written(error)}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _recorded(folder: Path) -> dict[str, Any]:
    found = _read_json(folder / CHECKSUMS)
    return found if isinstance(found, dict) else {}


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _sweep(place: Path) -> None:
    """Delete what pooch was checking when its process was killed: the same bytes lie in the part."""
    for stray in place.glob("tmp*"):
        stray.unlink(missing_ok=True)

"""Data sets that can be fetched from the net: where they lie, how large they are, under which terms, and how they are checked."""

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
from genre_core.errors import unknown_name
from genre_core.files import why_not_written, write_json
from genre_core.jobs.journal import StopAsked

Progress = Callable[[str, int, int | None, float | None], None]
"""`progress(doing, done, total, seconds_left)`, in bytes."""

ARCHIVES = "archives"
"""Folder below the one that is fetched to, in which the archives stay as they came."""

CHECKSUMS = "checksums.json"
FETCHED = ".fetched.json"


@dataclass(frozen=True)
class RemoteFile:
    """An archive on the net.

    Attributes
    ----------
    name : str
        File name it is kept under.
    url : str
        Its address.
    n_bytes, unpacked_bytes : int
        Its size, and that of what is unpacked of it, about.
    checksum : str
        `sha256:...`, `sha1:...`; empty where nobody has published one: then that of the first download is recorded.
    checksum_source : str
        Who has published it.
    only : tuple of str
        Members to unpack; empty for all.
    mirrors : tuple of str
        Other addresses that are known to have given it.
    """

    name: str
    url: str
    n_bytes: int
    unpacked_bytes: int
    checksum: str = ""
    checksum_source: str = ""
    only: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetSource:
    """A data set on the net, with what one must know before fetching it."""

    title: str
    description: str
    files: tuple[RemoteFile, ...]
    licence: str
    terms: str
    cite: str
    homepage: str

    @property
    def n_bytes(self) -> int:
        """Size of all its archives."""
        return sum(file.n_bytes for file in self.files)

    @property
    def unpacked_bytes(self) -> int:
        return sum(file.unpacked_bytes for file in self.files)

    def words(self) -> list[str]:
        """What is to be said before anything is fetched, line by line."""
        lines = [f"{self.title}: {self.description}"]
        for file in self.files:
            told = (
                f"{file.checksum} ({file.checksum_source})" if file.checksum else "none published; recorded at the first download"
            )
            lines += [f"From: {file.url} ({size_words(file.n_bytes)})", f"  Checksum: {told}"]
            lines += [f"  Also at (with --url): {mirror}" for mirror in file.mirrors]
        lines.append(f"Room needed: {size_words(self.n_bytes)} to download, {size_words(self.unpacked_bytes)} more to unpack")
        return [*lines, f"Licence: {self.licence}", f"Terms: {self.terms}", f"Cite: {self.cite}", f"More: {self.homepage}"]


SOURCES_ON_THE_NET: dict[str, NetSource] = {
    "gtzan": NetSource(
        title="GTZAN",
        description="1,000 clips of 30 s in ten genres, the set that most genre recognition was measured on, with known faults.",
        files=(
            RemoteFile(
                "genres.tar.gz",
                "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
                1_225_571_541,
                1_330_000_000,
                "sha256:24347e0223d2ba798e0a558c4c172d9d4a19c00bb7963fe055d183dadb4ef2c6",
                "TensorFlow Datasets and torchaudio 2.8.0, of the archive that opihi.cs.uvic.ca gave",
                mirrors=("https://web.archive.org/web/20220328223413/http://opihi.cs.uvic.ca/sound/genres.tar.gz",),
            ),
        ),
        licence="none was ever published; the clips are parts of commercial recordings.",
        terms="For research and teaching on your own machine, where your country's law allows it; don't hand the clips on.",
        cite="G. Tzanetakis and P. Cook, Musical genre classification of audio signals, IEEE TSAP 10(5), 2002.",
        homepage="https://huggingface.co/datasets/marsyas/gtzan",
    ),
    "fma_small": NetSource(
        title="FMA small",
        description="8,000 clips of 30 s in eight genres, balanced, with artists and an official split that keeps them apart.",
        files=(
            RemoteFile(
                "fma_small.zip",
                "https://os.unil.cloud.switch.ch/fma/fma_small.zip",
                7_679_594_875,
                7_700_000_000,
                "sha1:ade154f733639d52e35e32f5593efe5be76c6d70",
                "the data set's own README, github.com/mdeff/fma",
            ),
            RemoteFile(
                "fma_metadata.zip",
                "https://os.unil.cloud.switch.ch/fma/fma_metadata.zip",
                358_412_441,
                262_000_000,
                "sha1:f0df49ffe5f2a6008d7dc83c6915b31835dfe733",
                "the data set's own README, github.com/mdeff/fma",
                only=("fma_metadata/tracks.csv",),
            ),
        ),
        licence="each clip under the Creative Commons licence that its artist chose (column license); metadata CC BY 4.0.",
        terms="Meant for research; what may be done with a clip, its own licence says.",
        cite="M. Defferrard, K. Benzi, P. Vandergheynst and X. Bresson, FMA: A dataset for music analysis, ISMIR 2017.",
        homepage="https://github.com/mdeff/fma",
    ),
}


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
        downloader.forget()
        whose = f"published by {file.checksum_source}" if published else "recorded at the first download"
        raise FetchError(
            f"{file.name} from {file.url} is not the file that was expected: its checksum is not {known}, {whose}. It was "
            "deleted. Start again, or give another address (--url); if you trust this copy, take it with --any-checksum."
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


def size_words(n_bytes: int) -> str:
    """`1.2 GB`, `358 MB`."""
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{max(1, round(n_bytes / 1e6))} MB"

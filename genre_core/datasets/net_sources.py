"""Data sets on the net, one explicit table: where they lie, how large they are, under which terms, and how they are checked."""

from __future__ import annotations

from dataclasses import dataclass


def size_words(n_bytes: int) -> str:
    """`1.2 GB`, `358 MB`."""
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{max(1, round(n_bytes / 1e6))} MB"


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

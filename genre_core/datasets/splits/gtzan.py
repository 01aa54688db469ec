"""The fault-filtered division of GTZAN.

Which of GTZAN's 1,000 clips are in which part: 443 to learn from, 197 to choose by, 290 to judge on. Left out are 70 repeats and
faults; artists are apart as far as they were known. Published with Kereliuk, Sturm and Larsen, Deep Learning and Music
Adversaries, IEEE Transactions on Multimedia 17(11), 2015, after Sturm, The GTZAN dataset: its contents, its faults, their effects
on evaluation, and its future use, arXiv:1306.1461, 2013. Read off the lists that torchaudio 2.8.0 (BSD) carries.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from genre_core.datasets.division import Alike
from genre_core.datasets.splits.base import Split
from genre_core.datasets.splits.columns import checked
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError

_LIST = Path(__file__).with_name("fault_filtered.csv")
_ID = re.compile(r"(?:^|/)([a-z]+\.\d{5})(?:\.[a-z0-9]+)?$")
_GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
_A_GENRE = 100


@cache
def fault_filtered() -> dict[str, str]:
    """GTZAN's id, `blues.00012`, to its role; the 70 clips that were left out are not in it."""
    roles = {}
    with _LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for numbers in row["numbers"].split():
                first, _, last = numbers.partition("-")
                for number in range(int(first), int(last or first) + 1):
                    roles[f"{row['genre']}.{number:05d}"] = row["role"]
    return roles


def gtzan_id(track_id: str) -> str | None:
    """GTZAN's own id in a track's id (`blues.00012` in `blues/blues.00012.wav`); None where it has none."""
    found = _ID.search(track_id.replace("\\", "/").lower())
    if found is None:
        return None
    genre, _, number = found[1].partition(".")
    return found[1] if genre in _GENRES and int(number) < _A_GENRE else None


def split_fault_filtered(dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = ()) -> Split:
    """The published roles of GTZAN's clips; a clip that was left out as a repeat or fault has none.

    Raises
    ------
    DatasetError
        If a track is none of GTZAN's, or a genre has no training track here.
    """
    strangers = [track.id for track in dataset.tracks if gtzan_id(track.id) is None]
    if strangers:
        raise DatasetError(
            "The fault-filtered split is of GTZAN's clips, whose names are like blues.00012. "
            f"Received: {len(strangers)} of {len(dataset.tracks)} tracks with other names, {strangers[0]!r} among them."
        )
    published = fault_filtered()
    roles = {track.id: published.get(gtzan_id(track.id) or "") for track in dataset.tracks}
    split = Split("fault_filtered", seed, {track_id: role for track_id, role in roles.items() if role})
    return checked(split, dataset, f"The fault-filtered list, as far as its clips are in {dataset.name!r},")

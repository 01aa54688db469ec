"""What a training has learned so far, an epoch a line: `history.jsonl` in the run's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genre_core.files import write_whole

Entry = dict[str, Any]
"""`epoch`, `loss`, `accuracy`, `valid_loss`, `valid_accuracy`, `seconds`; `part` where a run trains several times. Of an
autoencoder `error` and `valid_error` instead of losses and accuracies."""

HISTORY = "history.jsonl"


class History:
    """The epochs of one run, in memory and on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HISTORY
        self.entries: list[Entry] = read_history(folder)

    def add(self, entry: Entry) -> None:
        """Append one epoch; a reader sees whole lines only."""
        self.entries.append(entry)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(entry))

    def cut(self, part: str, epochs: int) -> None:
        """Forget what came after that many epochs of that part: its weights were not saved."""
        kept = [entry for entry in self.entries if entry.get("part", "") != part or entry["epoch"] <= epochs]
        if kept != self.entries or not self.path.exists():
            write_whole(self.path, "".join(map(_line, kept)).encode())
        self.entries = kept

    def of(self, part: str) -> list[Entry]:
        """Epochs of one part."""
        return [entry for entry in self.entries if entry.get("part", "") == part]

    def best_epoch(self, part: str) -> int:
        """The epoch of a part that the valid split liked best; its last where there was none."""
        return best_epoch(self.of(part))


def best_epoch(entries: list[Entry]) -> int:
    """The epoch with the lowest loss, or error, on the valid split; the last one where nothing was judged."""
    for key in ("valid_error", "valid_loss"):
        judged = [entry for entry in entries if entry.get(key) is not None]
        if judged:
            return int(min(judged, key=lambda entry: entry[key])["epoch"])
    return int(entries[-1]["epoch"])


def read_history(folder: Path) -> list[Entry]:
    """Epochs so far; a line that is still being written is left out."""
    try:
        text = (folder / HISTORY).read_text(encoding="utf-8")
    except OSError:
        return []
    entries = []
    for line in text.splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries


def parts_of(entries: list[Entry]) -> dict[str, list[Entry]]:
    """Epochs by part, in order; a run that trains once has the one part ''."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.get("part", ""), []).append(entry)
    return found


def _line(entry: Entry) -> str:
    return json.dumps(entry, allow_nan=False) + "\n"

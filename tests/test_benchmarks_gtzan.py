"""The joined table of GTZAN's columns and a division by artist."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.gtzan_columns import join


def test_folds_and_artists_stand_beside_the_columns(tmp_path: Path) -> None:
    columns, folds, out = (tmp_path / name for name in ("columns.csv", "folds.csv", "out.csv"))
    columns.write_text("filename,tempo,label\nblues.00000.wav,120.5,blues\nrock.00007.wav,99.0,rock\n")
    folds.write_text("track_id,fold,artist_group\nrock.00007,2,41\nrock.00008,1,42\n")
    assert join(columns, folds, out) == (2, 1)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"filename": "blues.00000.wav", "tempo": "120.5", "label": "blues", "fold": "excluded", "artist": ""},
        {"filename": "rock.00007.wav", "tempo": "99.0", "label": "rock", "fold": "2", "artist": "artist group 41"},
    ]

"""What brings the results of benchmarks together: a joined table of columns, and the page of results."""

from __future__ import annotations

import csv
from pathlib import Path

from click.testing import CliRunner

from benchmarks import record, results
from genre_core.shipped.gtzan import join


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


def test_a_table_comes_between_the_marks_of_its_name(tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    page.write_text("above\n<!-- demo: begin -->\nold\n<!-- demo: end -->\nbelow\n")
    asked = ["demo", str(tmp_path), "--document", str(page)]
    missing = CliRunner().invoke(results.main, asked)
    assert missing.exit_code == 1
    assert "Expected table.md" in missing.output
    (tmp_path / "table.md").write_text("| model |\n")
    assert CliRunner().invoke(results.main, asked).exit_code == 0
    assert page.read_text() == "above\n<!-- demo: begin -->\n| model |\n<!-- demo: end -->\nbelow\n"
    wrong = CliRunner().invoke(results.main, ["columns", *asked[1:]])
    assert wrong.exit_code == 1
    assert "Expected the lines" in wrong.output


def test_the_page_of_results_has_a_place_for_each_table() -> None:
    page = results.DOCUMENT.read_text(encoding="utf-8")
    for name in ("tracks", "columns", "audio", "demo"):
        assert [page.count(mark) for mark in record.marks(name)] == [1, 1]

"""Whole reports: valid and self-contained, whatever a stranger has named his songs, with what is known and what is not."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genre_core.errors import RunError
from genre_core.evaluation.intervals import Interval
from genre_core.inspection.doubted import Doubted
from genre_core.inspection.label_issues import Suspect
from genre_core.inspection.robustness_work import work
from genre_core.jobs import perform, prepare
from genre_core.paths import Root, find_root
from genre_core.reporting import inspected, report_html
from genre_core.reporting.again import training_command
from genre_core.reporting.report import PARTS
from genre_core.runs import Run
from tests.inspection.tones import tones_run
from tests.reporting.parsed import plots, read, section, words

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\"&"


def copied(root: Path, name: str = "demo-ann", **changes) -> Run:
    """A shipped run as a user's own, with other words in its manifest."""
    folder = root / "runs" / "mine"
    shutil.copytree(find_root().shipped / name, folder)
    (folder / "card.md").unlink()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    values = {**manifest, "id": "mine", "title": "Mine", **changes}
    (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")
    return Run.load(folder)


def text(run: Run, root: Root, name: str, **options) -> str:
    return words(section(read(report_html(run, root, now=NOW, **options)), name))


@pytest.mark.parametrize("name", ["demo-ann", "ten-genres", "ten-genres-columns", "blues-classical-jazz-rock-cnn"])
def test_every_shipped_run_has_a_report_that_parses_and_needs_nothing(name):
    run = Run.load(find_root().shipped / name)
    page = report_html(run, find_root(), now=NOW)
    root = read(page)
    assert words(root.find(".//h1")) == run.title
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", words(root).lower())
    assert len(page) < 300_000
    assert all(plot.get("aria-label") for plot in plots(root))
    assert "Its card" in words(root.find(".//nav"))
    assert "Written by Genrescope on 02 January 2026, 03:04 UTC." in words(root)


def test_scores_stand_with_their_intervals_and_what_they_are_over(tmp_path):
    run = copied(tmp_path)
    told = text(run, Root(tmp_path), "scores")
    kept = run.scores["valid"]["tracks"]["intervals"]
    accuracy = Interval.from_dict(kept["accuracy"])
    assert f"Accuracy {accuracy.value:.2f} {accuracy.ends}" in told
    assert "40 valid tracks. In brackets: 95 % interval over 10 artists" in told
    assert "Guessing gives an accuracy of about 0.10." in told


def test_what_strangers_have_written_stays_text(tmp_path):
    run = copied(tmp_path, title=HOSTILE, note=HOSTILE)
    run.manifest["dataset"] |= {"title": HOSTILE, "name": HOSTILE}
    run.manifest["imported"] = {"at": "2026-01-01", "id": "x"}
    predictions = run.predictions("valid")
    ids = predictions.track_ids.astype("<U60")
    ids[:] = [f"{HOSTILE}{number}" for number in range(len(ids))]
    replace(predictions, track_ids=ids).save(run.folder / "predictions_valid.npz")
    (run.folder / "card.md").write_text(f"# {HOSTILE}\n\n**{HOSTILE}** [a](javascript:alert(1)) ![b](http://e.org/x.png)\n")
    page = report_html(run, Root(tmp_path), now=NOW)
    assert "<script" not in page
    root = read(page)
    assert words(root.find(".//h1")) == HOSTILE
    assert HOSTILE in words(section(root, "errors"))
    assert HOSTILE in words(section(root, "card"))
    assert "This run was imported; its makers wrote:" in words(section(root, "card"))


def test_a_leaky_run_says_so_before_any_number(tmp_path):
    run = copied(tmp_path)
    run.manifest["split"]["unit"] = "segment"
    run.manifest["scores"] = {}
    page = report_html(run, Root(tmp_path), now=NOW)
    read(page)
    assert page.index("Leaky on purpose") < page.index("How good it is</h2>")
    assert "valid segments" in page
    assert "Mine (leaky)" in page


def test_the_test_split_is_not_opened_by_a_report(tmp_path):
    run = copied(tmp_path, test_openings=[])
    with pytest.raises(RunError, match="has not been opened"):
        report_html(run, Root(tmp_path), role="test")
    assert not Run.load(run.folder).test_openings
    assert "never opened" in text(run, Root(tmp_path), "what")


def test_who_has_looked_at_the_test_split_is_told(tmp_path):
    run = copied(tmp_path, test_openings=["2026-01-01T10:00:00+00:00", "2026-01-02T10:00:00+00:00"])
    assert "Opened 2 times: 2026-01-01T10:00:00+00:00, 2026-01-02T10:00:00+00:00" in text(run, Root(tmp_path), "what")
    assert "test tracks" in text(run, Root(tmp_path), "scores", role="test")


def test_what_crosses_is_named(tmp_path):
    crossing = {"tracks": [], "artists": ["Nina"], "hashes": [], "artists_known": True}
    run = copied(tmp_path, leaks={**crossing, "badge": "✖ 1 artist crosses", "verdict": "1 artist crosses"})
    told = text(run, Root(tmp_path), "what")
    assert "✖ 1 artist crosses The model has heard these artists or songs while it learned: the score flatters." in told
    assert "artists: Nina" in told


def test_what_was_not_measured_is_said_with_its_command_and_then_told(tmp_path):
    root = Root(tmp_path)
    run = tones_run(root)
    assert text(run, root, "robustness") == (
        "Does the sound of a recording sway it? Not measured yet. "
        "Measure it with python -m genre_core robustness tiny-one --split valid"
    )
    assert "occlusion tiny-one --faithfulness --split valid" in text(run, root, "faithfulness")
    values = {"run": "tiny-one", "transforms": ["softer", "low_pass_4k"], "processes": 1}
    perform(prepare("robustness", values, root), root, lambda journal: work(values, root, journal))
    told = text(run, root, "robustness")
    assert "6 songs were heard as they are, and in 2 copies each. A flip means" in told
    assert "nothing above 4 kHz 0.50 0.50 -0." in told
    assert "high.5200 high nothing above 4 kHz" in told
    assert "95 % intervals over 3 artists" in told


def test_where_nothing_can_be_heard_no_command_is_offered():
    assert "its data set holds numbers without sound" in text(
        Run.load(find_root().shipped / "ten-genres"), find_root(), "robustness"
    )


def test_a_damaged_result_is_told_in_its_place_and_the_rest_is_written(tmp_path):
    root = Root(tmp_path)
    run = tones_run(root)
    folder = root.inspections / run.id
    folder.mkdir(parents=True)
    (folder / "robustness-0.json").write_text("{")
    page = read(report_html(run, root, now=NOW))
    assert "robustness-0.json is damaged" in words(section(page, "robustness"))
    assert "Accuracy 1.00" in words(section(page, "scores"))


def test_suspected_labels_stand_with_their_reasons_or_why_none_were_looked_for(tmp_path, monkeypatch):
    root = Root(tmp_path)
    run = tones_run(root)
    assert "Not looked for. 'Tiny' was trained without folds" in text(run, root, "labels")
    suspect = Suspect("high.5200", "high", "low", 0.1, None, ("model",), ("A model that never heard it calls it low.",))
    monkeypatch.setattr(inspected, "doubted_labels", lambda *_: Doubted((suspect,) * 30, 40, 0, compared=True, placed=False))
    told = text(run, root, "labels")
    assert "30 of 40 labels are suspected; only listening tells. These are the 20 most doubtful." in told
    assert told.count("high.5200 high low A model that never heard it calls it low.") == 20


def test_artists_are_a_table_where_they_are_known_and_no_part_where_not(tmp_path):
    root = Root(tmp_path)
    run = tones_run(root)
    assert "3 artists are known; of 3 of them every track is named rightly." in text(run, root, "artists")
    assert "None of 6 tracks is called by another genre." in text(run, root, "errors")
    shutil.rmtree(root.datasets)
    page = read(report_html(run, root, now=NOW))
    assert "artists" not in {element.get("id") for element in page.iter("section")}
    assert "data set not here: not provable" in words(section(page, "what"))


def test_commands_give_the_same_run_again(tmp_path):
    run = copied(tmp_path)
    run.manifest["config"] |= {"dropout": 0.45}
    run.manifest["training"] |= {"epochs": 7, "deterministic": True}
    line = training_command(run)
    assert line.startswith("python -m genre_core train --model ann --dataset demo --split by_artist --split-seed 0")
    assert "-p dropout=0.45" in line
    assert "-p epochs=7" in line
    assert "-p deterministic=true" in line
    run.manifest["model"] = "gone"
    assert training_command(run) == ""
    assert training_command(Run.load(find_root().shipped / "ten-genres")) == "python -m genre_core shipped ten-genres"


def test_the_report_says_how_it_was_made(tmp_path):
    run = copied(tmp_path)
    told = text(run, Root(tmp_path), "again")
    assert "python -m genre_core report mine --split valid --out mine-valid.html --csv mine-valid.csv" in told
    assert "python -m genre_core evaluate mine --split valid" in told


def test_a_command_line_is_quoted_for_the_shell(tmp_path):
    run = copied(tmp_path)
    run.manifest["dataset"]["name"] = "my songs; rm -rf /"
    assert "--dataset 'my songs; rm -rf /'" in training_command(run)


def test_the_parts_have_headings_and_anchors(tmp_path):
    root = read(report_html(Run.load(find_root().shipped / "demo-ann"), find_root(), now=NOW))
    there = [element.get("id") for element in root.iter("section")]
    assert there == [name for name in PARTS if name in there]
    assert {"what", "scores", "confusion", "genres", "curves", "probabilities", "errors", "training", "again"} <= set(there)
    assert [words(link) for link in root.find(".//nav")] == [PARTS[name][0] for name in there]


def test_light_dark_and_print_have_colours_of_their_own():
    page = report_html(Run.load(find_root().shipped / "demo-ann"), find_root(), now=NOW)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page

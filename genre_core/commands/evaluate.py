"""`evaluate`: score a run on its test split, or on another data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.output import emit, json_option
from genre_core.errors import DatasetError
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.datasets.tracks import Dataset
    from genre_core.evaluation.evaluate import Evaluation
    from genre_core.evaluation.predictions import Predictions
    from genre_core.runs import Run


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option("--dataset", "dataset_name", default=None, help="Another data set, scored whole, instead of the run's own split.")
@click.option("--split", type=click.Choice(["valid", "test"]), default=None, help="Part of the run's own split; test by default.")
@click.pass_obj
@json_option
def command(root: Root, /, *, run_name: str, dataset_name: str | None, split: str | None, as_json: bool) -> None:
    """Score RUN (id, beginning of an id, or folder) by segment and by track, with 95 % intervals.

    By default this opens the run's test split, which the run records: choose between models on valid, open test once. With
    --dataset, genres are matched by name; tracks of other genres are left out and reported with the coverage.
    """
    from genre_core.evaluation.evaluate import evaluate
    from genre_core.runs import find_run

    if dataset_name and split:
        raise click.UsageError("--split is a part of the run's own data set; another data set is scored whole. Give one of both.")
    run = find_run(run_name, root)
    found: dict[str, Any] = {"run": run.id, "dataset": dataset_name or run.dataset_name, "note": run.dataset_note}
    if dataset_name:
        artists: list[str | None] | None
        predictions, artists, facts = _on_other(run, dataset_name, root)
        found |= {"split": "whole", "role": "whole", **facts}
    else:
        role = split or "test"
        predictions = run.open_test(root) if role == "test" else run.predictions(role)
        artists = _own_artists(run, predictions, root)
        found |= {"split": run.split_name, "role": role, "test_openings": len(run.test_openings)}
    judged = evaluate(predictions, artists=artists)
    found |= {"n_tracks": judged.tracks.n, "n_segments": judged.segments.n, **judged.to_dict(curves=False)}
    emit(found, as_json=as_json, text=words(found, judged))


def match_genres(run_genres: tuple[str, ...], dataset: Dataset) -> dict[str, str]:
    """Genre of the data set -> genre of the run, by their canonical names.

    Raises
    ------
    DatasetError
        If fewer than two of the run's genres are met.
    """
    from genre_core.datasets.layout import canonical_genre

    known = {canonical_genre(genre): genre for genre in run_genres}
    matched = {genre: known[canonical_genre(genre)] for genre in dataset.genres if canonical_genre(genre) in known}
    if len(set(matched.values())) < 2:
        raise DatasetError(
            f"At least two genres of {dataset.name!r} must be among those the run knows: {', '.join(run_genres)}. "
            f"Received: {', '.join(dataset.genres)}. Rename its genre folders to match, or choose another run."
        )
    return matched


def _on_other(run: Run, name: str, root: Root) -> tuple[Predictions, list[str | None], dict[str, Any]]:
    """Predictions on a whole data set, the artists, and what was matched and what was not."""
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.store import FeatureStore
    from genre_core.evaluation.predictions import predict_tracks

    dataset = load_dataset(name, root.datasets)
    matched = match_genres(run.genres, dataset)
    tracks = [track for track in dataset.tracks if track.genre in matched]
    store = FeatureStore(root.features)
    features = ([store.get(track, feature, run.segments) for feature in run.features] for track in tracks)
    predictions = predict_tracks(
        run.classifier(),
        features,
        genres=run.genres,
        track_ids=[track.id for track in tracks],
        y_true=[run.genres.index(matched[track.genre]) for track in tracks],
    )
    facts = {
        "note": dataset.note,
        "matched": matched,
        "unmapped": {
            genre: sum(track.genre == genre for track in dataset.tracks) for genre in dataset.genres if genre not in matched
        },
        "coverage": len(tracks) / len(dataset.tracks),
    }
    return predictions, [track.artist for track in tracks], facts


def _own_artists(run: Run, predictions: Predictions, root: Root) -> list[str | None] | None:
    """Artists of the run's own tracks, None where its data set is no longer here (a shipped or imported run)."""
    from genre_core.datasets.library import load_dataset

    try:
        by_id = load_dataset(run.dataset_name, root.datasets).by_id
    except DatasetError:
        return None
    return [by_id[str(track)].artist if str(track) in by_id else None for track in predictions.track_ids]


def words(found: dict[str, Any], judged: Evaluation) -> str:
    """The scores for people."""
    part = "whole" if found["role"] == "whole" else f"{found['role']} of split {found['split']}"
    lines = [f"{found['run']} on {found['dataset']}, {part}" + (f" ({found['note']})" if found["note"] else "")]
    for level, report, right, f1 in (
        ("tracks", judged.tracks, judged.accuracy, judged.macro_f1),
        ("segments", judged.segments, judged.segment_accuracy, judged.segment_macro_f1),
    ):
        lines.append(f"  {report.n} {level}: accuracy {right}, macro F1 {f1}, mAP {report.mean_average_precision:.3f}")
    interval = judged.accuracy
    lines.append(
        f"  No interval: {interval.reason}" if interval.reason else f"  95 % intervals over {interval.n_groups} {interval.over}"
    )
    for genre in judged.tracks.genres:
        scored = (genre.precision, genre.recall, genre.f1)
        precision, recall, f1_text = ("-" if value is None else f"{value:.3f}" for value in scored)
        lines.append(f"  {genre.genre:<12} precision {precision:<6} recall {recall:<6} F1 {f1_text:<6} of {genre.support}")
    if found.get("unmapped"):
        left_out = ", ".join(f"{genre} ({count})" for genre, count in found["unmapped"].items())
        lines.append(f"  Not known to the run, left out: {left_out}. Coverage {found['coverage']:.1%} of the tracks.")
    return "\n".join(lines)

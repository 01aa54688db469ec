"""`evaluate`: score a run on a part of its split, on its folds, or on another data set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.output import emit, json_option, run_summary
from genre_core.commands.score_words import artist_lines, way_lines, words
from genre_core.errors import DatasetError, ParameterError
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport
    from genre_core.datasets.tracks import Dataset
    from genre_core.evaluation.predictions import Predictions
    from genre_core.runs import Run


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option("--dataset", "dataset_name", default=None, help="Another data set, scored whole, instead of the run's own split.")
@click.option(
    "--split",
    type=click.Choice(["valid", "test", "folds"]),
    default=None,
    help="Part of the run's own split; folds: all tracks, each judged out of fold. Test by default, else folds.",
)
@click.option("--aggregations", is_flag=True, help="Scores of tracks by five ways from segments to a track, side by side.")
@click.option("--artists", "by_artists", is_flag=True, help="A row an artist, those most often mistaken first.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    run_name: str,
    dataset_name: str | None,
    split: str | None,
    aggregations: bool,
    by_artists: bool,
    as_json: bool,
) -> None:
    """Score RUN (id, beginning of an id, or folder) by segment and by track, every score with its 95 % interval.

    By default this opens the run's test split, which the run records: choose between models on valid (or folds), open test
    once. With --dataset, genres are matched by name; tracks of other genres are left out and reported with the coverage.
    """
    from genre_core.evaluation.aggregation import side_by_side
    from genre_core.evaluation.artists import by_artist
    from genre_core.evaluation.evaluate import evaluate
    from genre_core.evaluation.report import split_verdict
    from genre_core.runs import find_run

    if dataset_name and split:
        raise click.UsageError("--split is a part of the run's own data set; another data set is scored whole. Give one of both.")
    run = find_run(run_name, root)
    summary = run_summary(run)
    found: dict[str, Any] = {name: summary[name] for name in ("run", "title", "model", "dataset", "dataset_note")}
    if dataset_name:
        artists: list[str | None] | None
        kept = None
        predictions, artists, facts = _on_other(run, dataset_name, root)
        found |= {"role": "whole", **facts}
    else:
        role = split or _first_role(run)
        predictions = run.open_test(root) if role == "test" else run.predictions(role)
        artists = run.artists(predictions, root)
        kept = run.scores.get(role)
        found |= {
            "role": role,
            "split": split_verdict(run.manifest, _leaks(run, role, root), role=role),
            "test_openings": len(run.test_openings),
        }
    judged = evaluate(predictions, artists=artists, kept=kept)
    found |= {"n_tracks": judged.tracks.n, "n_segments": judged.segments.n, **judged.to_dict(curves=False)}
    lines = [words(found, judged)]
    if aggregations:
        ways = side_by_side(predictions, artists=artists)
        found["aggregations"] = ways.to_dict()
        lines += way_lines(ways)
    if by_artists:
        try:
            rows = by_artist(predictions, artists)
            found["artists"] = [row.to_dict() for row in rows]
            lines += artist_lines(rows)
        except ParameterError as error:  # the test split may have been opened: its scores are told all the same
            found |= {"artists": [], "no_artists": str(error)}
            lines.append(f"  {error}")
    emit(found, as_json=as_json, text="\n".join(lines))


def match_genres(run_genres: tuple[str, ...], dataset: Dataset) -> dict[str, str]:
    """Genre of the data set -> genre of the run, by their canonical names.

    Raises
    ------
    DatasetError
        If fewer than two of the run's genres are met.
    """
    from genre_core.datasets.sources.genres import canonical_genre

    known = {canonical_genre(genre): genre for genre in run_genres}
    matched = {genre: known[canonical_genre(genre)] for genre in dataset.genres if canonical_genre(genre) in known}
    if len(set(matched.values())) < 2:
        raise DatasetError(
            f"At least two genres of {dataset.name!r} must be among those the run knows: {', '.join(run_genres)}. "
            f"Received: {', '.join(dataset.genres)}. Rename its genre folders to match, or choose another run."
        )
    return matched


def _first_role(run: Run) -> str:
    """What is judged where nothing is asked for: what another tool predicted, test tracks, else folds."""
    if not run.has_model:
        return run.judged_role
    return "test" if run.track_ids("test") or "folds" not in run.scores else "folds"


def _on_other(run: Run, name: str, root: Root) -> tuple[Predictions, list[str | None], dict[str, Any]]:
    """Predictions on a whole data set, the artists, and what was matched and what was not."""
    from genre_core.datasets.given import provide
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.store import FeatureStore
    from genre_core.evaluation.predictions import predict_tracks

    dataset = load_dataset(name, root.datasets)
    matched = match_genres(run.genres, dataset)
    tracks = [track for track in dataset.tracks if track.genre in matched]
    store = FeatureStore(root.features)
    provide(dataset, [(feature, run.segments) for feature in run.features], root.datasets, store)
    features = ([store.get(track, feature, run.segments) for feature in run.features] for track in tracks)
    predictions = predict_tracks(
        run.classifier(),
        features,
        genres=run.genres,
        track_ids=[track.id for track in tracks],
        y_true=[run.genres.index(matched[track.genre]) for track in tracks],
    )
    facts = {
        "dataset": dataset.name,
        "dataset_note": dataset.note,
        "split": _whole(run, dataset, root),
        "matched": matched,
        "unmapped": {
            genre: sum(track.genre == genre for track in dataset.tracks) for genre in dataset.genres if genre not in matched
        },
        "coverage": len(tracks) / len(dataset.tracks),
    }
    return predictions, [track.artist for track in tracks], facts


def _whole(run: Run, dataset: Dataset, root: Root) -> dict[str, Any]:
    """What crosses from the tracks that the run learned from into another data set, scored whole."""
    from genre_core.evaluation.report import NOT_HERE

    own = _own_dataset(run, root)
    crossing = None if own is None else _crossing(own, run.roles, dataset)
    badge, verdict = (f"? its own {NOT_HERE}", f"its own {NOT_HERE}") if crossing is None else (crossing.badge, crossing.verdict)
    return {"name": "whole", "title": "whole", "seed": None, "leaky": False, "badge": badge, "verdict": verdict}


def _crossing(own: Dataset, roles: dict[str, str], other: Dataset) -> LeakReport:
    from genre_core.datasets.splits import leaks_between
    from genre_core.datasets.tracks import Dataset

    heard = [replace(track, id=f"heard/{track.id}") for track in own.tracks if roles.get(track.id) in HEARD]
    judged = [replace(track, id=f"judged/{track.id}") for track in other.tracks]
    places = {track.id: track.id.partition("/")[0] for track in (*heard, *judged)}
    return leaks_between(places, Dataset("both", (*heard, *judged)))


def _own_dataset(run: Run, root: Root) -> Dataset | None:
    """The run's data set as it was trained on; None where it is no longer here (a shipped or imported run) or has changed."""
    from genre_core.datasets.versions import load_learned

    try:
        dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    except DatasetError:
        return None
    return dataset if dataset.fingerprint == run.dataset_fingerprint else None


def _leaks(run: Run, role: str, root: Root) -> LeakReport | None:
    """What crosses the run's split, where its manifest doesn't say and its data set is here."""
    from genre_core.datasets.splits import known_pairs, leaks_between
    from genre_core.evaluation.report import leaks_kept

    own = None if leaks_kept(run.manifest, role) else _own_dataset(run, root)
    return None if own is None else leaks_between(run.roles, own, known_pairs(own, root.datasets))


HEARD = ("train", "valid", "mixed")
"""Roles of tracks that a model has learned from or was chosen by."""

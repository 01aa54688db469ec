"""Rows for the tables on the pages, in words and rounded as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from genre_core.datasets.checks.kinds import NAMES, gravity, spec_of
from genre_core.datasets.division import artist_key
from genre_core.datasets.given_import import FoundNumbers
from genre_core.datasets.overview import TrackNumbers
from genre_core.datasets.sources import Found
from genre_core.datasets.splits import Split
from genre_core.datasets.tracks import Dataset, Problem
from genre_core.evaluation.metrics import ScoreReport, unsaid
from genre_core.evaluation.report import score_of
from genre_core.features import feature_from_dict
from genre_core.runs import Run
from pages.ui import words
from pages.ui.badges import split_words, verdict_of

Row = dict[str, Any]
GENRE_COLUMNS = {"precision": "precision", "recall": "recall", "f1": "F1", "average_precision": "average precision"}


def by_role(split: Split, dataset: Dataset) -> Mapping[str, Sequence[int]]:
    """Role to the tracks of each genre, without roles that no track has; `mixed` where the roles are those of segments."""
    counted = split.counts(dataset)
    roles = next(iter(counted.values()), {})
    found = {role: [counted[genre][role] if genre in counted else 0 for genre in dataset.genres] for role in roles}
    return {role: tracks for role, tracks in found.items() if any(tracks)}


def tracks(dataset: Dataset) -> list[Row]:
    """One row a track."""
    return [
        {
            "id": track.id,
            "genre": track.genre,
            "title": track.extra.get("title", ""),
            "artist": track.artist or "",
            "length [s]": round(track.seconds, 1),
        }
        for track in dataset.tracks
    ]


def problems(entries: Sequence[Problem]) -> list[Row]:
    """One row a file."""
    return [{"file": entry.file, "what": entry.kind.replace("_", " "), "why": entry.message} for entry in entries]


def findings(entries: Sequence[Problem], *, has_audio: bool = True) -> list[Row]:
    """One row a finding of a check."""
    return [
        {
            "how grave": NAMES[gravity(entry.kind)],
            "what": spec_of(entry.kind, has_audio=has_audio).title,
            "where": entry.file,
            "why": entry.message,
        }
        for entry in entries
    ]


def artists(dataset: Dataset) -> Row:
    """How many artists there are, and of how many tracks that is known: a label and a value."""
    named = [artist_key(track.artist) for track in dataset.tracks if track.artist]
    if not named:
        return {"Artists": "unknown"}
    of = "" if dataset.artists_known else f", known of {len(named)} of {len(dataset.tracks)} tracks"
    return {f"Artists{of}": len(set(named))}


def by_genre(dataset: Dataset, numbers: TrackNumbers) -> list[Row]:
    """One row a genre: tracks, artists, sound, and the middle of length, tempo and loudness."""
    place = {track_id: row for row, track_id in enumerate(numbers.ids)}
    rows = []
    for genre in dataset.genres:
        own = [track for track in dataset.tracks if track.genre == genre]
        known = [place[track.id] for track in own if track.id in place]
        named = [artist_key(track.artist) for track in own if track.artist]
        of = "" if len(named) == len(own) else f" (known of {len(named)} of {len(own)})"
        rows.append(
            {
                "genre": genre,
                "tracks": len(own),
                "artists": f"{len(set(named))}{of}" if named else "unknown",
                **({"sound": words.duration(sum(track.seconds for track in own))} if dataset.has_audio else {}),
                "length, median [s]": round(median(track.seconds for track in own), 1),
                "tempo, median [BPM]": round(median(numbers.tempo_bpm[row] for row in known), 1) if known else None,
                "loudness, median [dB]": round(median(numbers.loudness_db[row] for row in known), 1) if known else None,
            }
        )
    return rows


def found(look: Found | FoundNumbers) -> list[Row]:
    """Songs a genre that an import would bring."""
    return [{"genre": genre, "songs": count} for genre, count in look.genres.items()]


def genre_scores(report: ScoreReport) -> list[Row]:
    """One row a genre, every score with its interval."""
    return [
        {"genre": row.genre, **{said: str(row.intervals[name]) for name, said in GENRE_COLUMNS.items()}}
        | {"true": row.support, "predicted": row.predicted}
        for row in report.genres
    ]


def no_interval(report: ScoreReport) -> dict[str, str]:
    """Why a genre's score has no value or no interval -> the genres of which that is so, as they begin a sentence."""
    return {reason: genres[0].upper() + genres[1:] for reason, genres in unsaid(report).items()}


def runs(entries: Sequence[Run]) -> list[Row]:
    """One row a run, with its scores by track: out of fold where it has folds, else on the valid split."""
    return [
        {
            "run": run.title,
            "data set": run.dataset_title,
            "split": _split(run),
            "accuracy [95 %]": _score(run, "accuracy"),
            "macro F1 [95 %]": _score(run, "macro_f1"),
            "judged on": judged_on(run),
            "trained": f"{run.created:%Y-%m-%d %H:%M}",
            "id": run.id,
        }
        for run in entries
    ]


def datasets(entries: Iterable[Dataset]) -> list[Row]:
    """One row a data set."""
    return [
        {
            "data set": entry.title or entry.name,
            "tracks": len(entry.tracks),
            "genres": len(entry.genres),
            "sound": words.duration(sum(track.seconds for track in entry.tracks)) if entry.has_audio else "none",
        }
        for entry in entries
    ]


def short_runs(entries: Sequence[Run]) -> list[Row]:
    """One row a run, as much as Home has room for."""
    return [
        {
            "model": f"{run.title} (imported)" if run.is_imported else run.title,
            "trained on": run.dataset_title,
            "accuracy [95 %]": _score(run, "accuracy"),
            "judged on": f"{judged_on(run)}, {_split(run).partition(':')[0]}",
        }
        for run in entries
    ]


def _score(run: Run, name: str) -> str:
    return str(score_of(run.scores.get(run.judged_role, {}), name, level=run.judged_level))


def judged_on(run: Run) -> str:
    """What the scores of a run are of: `40 valid tracks`, `all 200 tracks, out of fold`."""
    count = run.scores.get(run.judged_role, {}).get(f"n_{run.judged_level}", 0)
    judged = run.judged_level.removesuffix("s") if count == 1 else run.judged_level
    return f"all {count} {judged}, out of fold" if run.judged_role == "folds" else f"{count} {run.judged_role} {judged}"


def _split(run: Run) -> str:
    told = verdict_of(run)
    sign, _, verdict = told["badge"].partition(" ")
    return f"{sign} {split_words(told, bold=False).removeprefix('Split ')}: {verdict}"


def stored(found: Sequence[tuple[Mapping[str, Any], int]], n_tracks: int) -> list[dict[str, Any]]:
    """What models read of a data set, and for how many tracks it is stored."""
    rows = []
    for pair, count in found:
        feature = feature_from_dict(pair["feature"])
        rows.append(
            {
                "feature": feature.title or feature.name,
                "read in segments of": f"{pair['segments']['segment_seconds']:g} s",
                "stored": f"{count} of {n_tracks} tracks",
            }
        )
    return rows

"""What a run said of every judged track, as a table for other programs."""

from __future__ import annotations

import csv
import io

from genre_core.datasets.sources.names import cell_text
from genre_core.paths import Root
from genre_core.runs import Run


def report_csv(run: Run, root: Root, *, role: str | None = None, segments: bool = False) -> str:
    """A row a track (or a segment): what it is, what it is called, how sure, and the probability of each genre.

    The command `predictions` reads it again.

    Parameters
    ----------
    run : Run
    root : Root
        Where its data set lies, which knows the artists; empty cells where it does not.
    role : str or None
        valid, folds or test; those that the run is judged on by default.
    segments : bool
        A row for each segment, with its number from 1 and its ends [s], in the place of one for its track.

    Returns
    -------
    str
        CSV: track, artist, true, predicted, confidence, right, role, fold (from 1; empty without folds), with segments also
        segment, start_seconds, end_seconds; then posterior_<genre> for each genre.

    Raises
    ------
    RunError
        If the run has no predictions of that part, or its test split was not opened.
    """
    role = role or run.judged_role
    predictions = run.predictions(role)
    artists = run.artists(predictions, root)
    folds = run.folds["of"] if role == "folds" and run.folds is not None else {}
    posteriors = predictions.segment_posteriors if segments else predictions.posteriors
    places = predictions.segment_track.tolist() if segments else range(len(predictions.track_ids))
    numbers: dict[int, int] = {}
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    head = ["track", "artist", "true", "predicted", "confidence", "right", "role", "fold"]
    head += ["segment", "start_seconds", "end_seconds"] if segments else []
    rows.writerow([*head, *(f"posterior_{genre}" for genre in run.genres)])
    for index, (place, posterior) in enumerate(zip(places, posteriors, strict=True)):
        track_id = str(predictions.track_ids[place])
        true, called = run.genres[predictions.y_true[place]], run.genres[int(posterior.argmax())]
        fold = str(int(folds[track_id]) + 1) if track_id in folds else ""
        row = [track_id, (artists[place] if artists else None) or "", true, called]
        row = [cell_text(text) for text in row] + [f"{posterior.max():.6f}", "yes" if true == called else "no", role, fold]
        if segments:
            numbers[place] = numbers.get(place, 0) + 1
            ends = predictions.start_seconds[index], predictions.end_seconds[index]
            row += [str(numbers[place]), *(f"{end:.3f}" for end in ends)]
        rows.writerow([*row, *(f"{share:.6f}" for share in posterior.tolist())])
    return out.getvalue()

"""The card of a run that ships: what it is, what it learned from, how good, how honest, what it is bad at."""

from __future__ import annotations

import numpy as np

from genre_core.evaluation.calibration import reliability
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_of, split_verdict
from genre_core.inference import THRESHOLD
from genre_core.models import MODELS
from genre_core.runs import Run
from genre_core.shipped.rows import Shipped

_JUDGED = {"valid": "valid", "test": "test", "folds": "out of fold"}
_WEAKEST, _MIXED_UP = 3, 3


def card(run: Run, row: Shipped) -> str:
    """The card, in Markdown, from what the run's manifest and predictions say."""
    spec = MODELS[run.model]
    reads = " and ".join(feature.title or feature.name for feature in run.features)
    name = f"`{run.model}`" + (f", preset `{run.manifest['preset']}`" if run.manifest["preset"] else "")
    return f"""# {run.title}

**What it is.** {name}: {spec.title.lower()}. It reads {reads} of segments of {run.segments.segment_seconds:g} s; a track's genre
is the mean over its segments. Genres: {", ".join(run.genres)}.

**What it was trained on.** "{run.dataset_title}" (fingerprint {run.dataset_fingerprint}): {row.learned_from}.

**How it was judged.** {_protocol(run)}

{_scores(run)}

In brackets: 95 % intervals. {_intervals(run)}

{_honesty(run)}**What it is bad at.** {_weak(run)} {row.bad_at}

**Rebuild it.** `{row.rebuild}` (seed {run.seed}; made with {_versions(run)}). `docs/shipped.md` says what the folders hold.

**Licence.** {row.licence}
"""


def _protocol(run: Run) -> str:
    told = split_verdict(run.manifest, role=run.judged_role)
    if run.folds is not None:
        entry = run.scores["folds"]
        by = f"the column '{told['name'].rpartition(' ')[2]}'" if run.folds["grouped_by"] == "column" else run.folds["grouped_by"]
        return (
            f"{run.folds['count']} folds by {by} over {entry['n_tracks']} tracks: each is judged by a model that has not met its "
            f"fold; the model that ships learned from all of them. What crosses: {told['badge']}."
        )
    chosen = (
        f"The valid split chose the epoch ({run.best_epoch} of {len(run.history)})" if run.history else "Nothing was chosen there"
    )
    opened = (
        f"the test split was opened {len(run.test_openings)} time(s)" if run.test_openings else "its test split was not opened"
    )
    return f"Split `{run.split_name}`, seed {run.manifest['split']['seed']}. {chosen}; {opened}. What crosses: {told['badge']}."


def _scores(run: Run) -> str:
    lines = ["| judged | tracks | accuracy, tracks | macro F1, tracks | accuracy, segments |", "|---|---|---|---|---|"]
    for role, entry in run.scores.items():
        found = (score_of(entry, "accuracy"), score_of(entry, "macro_f1"), score_of(entry, "accuracy", level="segments"))
        lines.append(f"| {_JUDGED[role]} | {entry['n_tracks']} | {' | '.join(map(str, found))} |")
    return "\n".join(lines)


def _intervals(run: Run) -> str:
    entry = run.scores[run.judged_role]
    return f"They are over {entry['n_groups']} {entry['over']}."


def _honesty(run: Run) -> str:
    """Temperature, reliability and what is turned away; nothing of a run that is not calibrated."""
    found = run.calibration
    if found is None:
        return ""
    role = found["role"]
    predictions = run.predictions(role)
    bins = reliability(predictions.y_true, predictions.posteriors)
    rows = [
        f"| {low:.1f} to {high:.1f} | {count} | {sure:.2f} | {right:.2f} |"
        for low, high, count, sure, right in zip(
            bins.edges, bins.edges[1:], bins.counts, bins.confidence, bins.accuracy, strict=False
        )
        if count
    ]
    right = predictions.y_pred == predictions.y_true
    kept = predictions.posteriors.max(axis=1) >= THRESHOLD
    measured = "each fold with the temperature that the others ask for" if run.folds else "on the tracks that chose it"
    (loss, better_loss), (error, better_error) = found["log_loss"], found["calibration_error"]
    lost = 1 - kept[right].mean(), 1 - kept[~right].mean()
    return f"""**How honest its probabilities are.** Temperature {found["temperature"]:.2f}, chosen {_JUDGED[role]}; log loss
{loss:.3f} before, {better_loss:.3f} after, expected calibration error {error:.3f} and {better_error:.3f} ({measured}).

| said to be | tracks | mean probability | right |
|---|---|---|---|
{chr(10).join(rows)}

Under {THRESHOLD:g} it says "not sure": of tracks that it names rightly that turns away {lost[0]:.1%}, of the others
{lost[1]:.1%}. It also turns away what lies farther from its songs than 99 % of songs like them that it had not
met{_music(run)}.

"""


def _music(run: Run) -> str:
    from genre_core.features.is_music import can_tell

    return ", and what sounds like no music (artifacts/backbones/card.md)" if any(map(can_tell, run.features)) else ""


def _weak(run: Run) -> str:
    role = "test" if run.test_openings else run.judged_role
    predictions = run.predictions(role)
    recalls = []
    for index, genre in enumerate(run.genres):
        its = predictions.y_true == index
        if its.any():
            recalls.append((float((predictions.y_pred[its] == index).mean()), genre, int(its.sum())))
    least = ", ".join(f"{genre} ({recall:.0%} of {count} tracks)" for recall, genre, count in sorted(recalls)[:_WEAKEST])
    return f"Of its tracks judged ({_JUDGED[role]}) it finds least of {least}.{_mixed_up(predictions)}"


def _mixed_up(predictions: Predictions) -> str:
    from genre_core.evaluation.metrics import confusion

    counts = confusion(predictions.y_true, predictions.y_pred, len(predictions.genres))
    np.fill_diagonal(counts, 0)
    most = [np.unravel_index(place, counts.shape) for place in np.argsort(-counts, axis=None, kind="stable")[:_MIXED_UP]]
    told = ", ".join(
        f"{predictions.genres[true]} called {predictions.genres[said]} ({counts[true, said]})"
        for true, said in most
        if counts[true, said]
    )
    return f" Most often mixed up: {told}." if told else ""


def _versions(run: Run) -> str:
    versions = run.manifest["versions"]
    by = "keras" if MODELS[run.model].family == "network" else "scikit-learn"
    return f"Python {versions.get('python', '?')}, numpy {versions.get('numpy', '?')}, {by} {versions.get(by, '?')}"

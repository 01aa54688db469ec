"""The card of a run that ships: what it is, what it learned from, how good, how honest, what it is bad at."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np

from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.reliability import reliability
from genre_core.evaluation.report import score_of, split_verdict
from genre_core.features.backbones import BACKBONES
from genre_core.features.musicnn import Backbone
from genre_core.models import MODELS
from genre_core.prediction import THRESHOLD
from genre_core.runs import Run
from genre_core.shipped.music import BENEFIT
from genre_core.shipped.rows import Shipped

_JUDGED = {"valid": "valid", "test": "test", "folds": "out of fold"}
_WEAKEST, _MIXED_UP = 3, 3
WIDTH = 110


def card(run: Run, row: Shipped) -> str:
    """The card, in Markdown, from what the run's manifest and predictions say."""
    spec = MODELS[run.model]
    name = f"`{run.model}`" + (f", preset `{run.manifest['preset']}`" if run.manifest["preset"] else "")
    return _wrapped(f"""# {run.title}

**What it is.** {name}: {spec.title.lower()}. It reads {_reads(run)} of segments of {run.segments.segment_seconds:g} s;
a track's genre is the mean over its segments. Genres: {", ".join(run.genres)}.

**What it was trained on.** "{run.dataset_title}" (fingerprint {run.dataset_fingerprint}): {row.learned_from}.

**How it was judged.** {_protocol(run)}

{_scores(run)}

In brackets: 95 % intervals. {_intervals(run)}

{_honesty(run)}**What it is bad at.** {_weak(run)} {row.bad_at}

**Rebuild it.** `{row.rebuild}` (seed {run.seed}; made with {_versions(run)}). `docs/shipped.md` says what the folders hold.

**Licence.** {row.licence}
""")


def _wrapped(text: str) -> str:
    """Paragraphs in lines of a screen's width; tables as they are."""
    paragraphs = (
        part if part.startswith("|") else textwrap.fill(part, WIDTH, break_long_words=False, break_on_hyphens=False)
        for part in text.split("\n\n")
    )
    return "\n\n".join(paragraphs) + "\n"


def _reads(run: Run) -> str:
    """What it reads: layers of one pretrained net together, other features by their titles."""
    layers: dict[str, list[str]] = {}
    words = []
    for feature in run.features:
        if isinstance(feature, Backbone):
            layers.setdefault(BACKBONES[feature.net].title, []).append(feature.layer.replace("_", " "))
        else:
            words.append(feature.title or feature.name)
    even = any(isinstance(feature, Backbone) and feature.even_level for feature in run.features)
    told = [f"the {' and the '.join(names)} of {title}{', each segment equally loud,' * even}" for title, names in layers.items()]
    return " and ".join([*told, *words])


def music_card(turned: Mapping[str, float], counts: Mapping[str, int], digest: str) -> str:
    """The card of the check for music.

    Parameters
    ----------
    turned, counts : mapping
        Kind of sound, "music" among them -> share that is turned away, and how many there were.
    digest : str
        SHA-256 of its file.
    """
    rows = "\n".join(f"| {kind} | {counts[kind]} | {share:.1%} |" for kind, share in turned.items())
    return f"""# Is it music at all?

**What it is.** `is_music.npz`: a logistic regression on the 753 feature maps of MusiCNN (mean over time, loudness evened out). A
sound whose segments have a mean log-odds below zero is turned away as no music; {BENEFIT:g} is added to every sound's log-odds in
favour of music, since a song called no music is the worse error. SHA-256 `{digest}`.

**What it was trained on.** Music: the songs of GTZAN's fault-filtered train and valid lists that were at hand. No music: sounds
of the Debian package tuxpaint-stamps-default (Tux Paint's stamps, GPL and public domain: descriptions read aloud in many
languages, animals, things), and noise, tones and silence that Genrescope computes. None of these recordings is contained.

**How it was judged.** Out of fold: songs by artists, speech in languages, animals and things that the judging check had not
heard.

| sound | how many | turned away |
|---|---|---|
{rows}

**What it is bad at.** Insects that hum a tune, an elephant's trumpet, a siren: what sings is taken for music. Music that is
hardly more than noise or a single voice may be turned away. Singing without instruments was hardly among its songs.

**Rebuild it.** `python -m genre_core music-check SOUNDS_FOLDER --gtzan GTZAN_FOLDER --tags TAGS.npz`; `docs/shipped.md` says what
the folders hold.

**Licence.** MIT, as Genrescope itself.
"""


def _protocol(run: Run) -> str:
    told = split_verdict(run.manifest, role=run.judged_role)
    if run.folds is not None:
        entry = run.scores["folds"]
        by = "a column of the table" if run.folds["grouped_by"] == "column" else run.folds["grouped_by"]
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
    turned_away = [float((~kept[its]).mean()) if its.any() else 0.0 for its in (right, ~right)]
    (squared, better), (loss, other_loss), (error, better_error) = (
        found[name] for name in ("brier", "log_loss", "calibration_error")
    )
    return f"""**How honest its probabilities are.** Temperature {found["temperature"]:.2f}, chosen by the Brier score
{_JUDGED[role]}: {squared:.3f} before, {better:.3f} after; expected calibration error {error:.3f} and {better_error:.3f},
log loss {loss:.2f} and {other_loss:.2f} ({measured}).{_dearer(loss, other_loss)}

| said to be | tracks | mean probability | right |
|---|---|---|---|
{chr(10).join(rows)}

Under {THRESHOLD:g} it says "not sure": of tracks that it names rightly that turns away {turned_away[0]:.1%}, of the others
{turned_away[1]:.1%}. It also turns away what lies farther from its songs than 99 % of songs like them that it had not
met{_music(run)}.

"""


def _dearer(loss: float, other_loss: float) -> str:
    return " Log loss grows: the few errors are made with more certainty." if other_loss > loss else ""


def _music(run: Run) -> str:
    from genre_core.features.is_music import can_tell

    return ", and what sounds like no music (artifacts/backbones/is_music.md)" if any(map(can_tell, run.features)) else ""


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

"""The shipped demo runs: `python -m genre_core demo-runs` trains them anew and writes their cards."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from genre_core.datasets.demo import make_demo
from genre_core.evaluation.report import score_of, split_verdict
from genre_core.paths import Root
from genre_core.runs import CARD, MANIFEST, Run
from genre_core.training.recipe import TrainRequest

NAMES = {"demo-ann": "ann", "demo-cnn-small": "cnn_small"}
EPOCHS = 20
"""At most; so that rebuilding both takes minutes on two cores."""
_FILES = (MANIFEST, "model.onnx", "predictions_valid.npz", "predictions_test.npz", "history.jsonl", "request.json", "status.json")


def build(root: Root, out: Path) -> list[Run]:
    """Train each demo run on the demo data set, open its test split once and put what serves into `out`."""
    from genre_core.training.trainer import train

    make_demo(root.datasets)
    return [_build(name, model, root, out, train) for name, model in NAMES.items()]


def _build(name: str, model: str, root: Root, out: Path, train: object) -> Run:
    assert callable(train)
    click.echo(f"Training {name}", err=True)
    with tempfile.TemporaryDirectory() as place:
        # Runs of their own place, data and features of the root: nothing of the user's runs is touched.
        scratch = Root(Path(place))
        for folder in ("datasets", "features"):
            (getattr(root, folder)).mkdir(parents=True, exist_ok=True)
            (scratch.path / folder).symlink_to(getattr(root, folder), target_is_directory=True)
        request = TrainRequest(model, "demo", "by_artist", training={"deterministic": True, "epochs": EPOCHS})
        run: Run = train(request, scratch)
        run.open_test(scratch)
        run.manifest["id"] = name
        run.manifest["title"] = f"Demo: {run.title[0].lower()}{run.title[1:]}"
        run.save()
        target = out / name
        draft = out / f".{name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for file in _FILES:
            shutil.copy2(run.folder / file, draft / file)
        (draft / CARD).write_text(card(run), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    return Run.load(target)


def card(run: Run) -> str:
    """The card of a shipped run, from its manifest."""
    lines = []
    for role in ("valid", "test"):
        entry = run.scores[role]
        scores = (score_of(entry, "accuracy"), score_of(entry, "macro_f1"), score_of(entry, "accuracy", level="segments"))
        lines.append(f"| {role} | {entry['n_tracks']} | {' | '.join(map(str, scores))} |")
    weak = _weakest(run)
    reads = ", ".join(feature.title or feature.name for feature in run.features)
    return f"""# {run.title}

**What it is.** {run.model}: it reads {reads} of segments of {run.segments.segment_seconds:g} s; a track's genre is the mean over
its segments.

**What it was trained on.** The data set "{run.dataset_title}" (fingerprint {run.manifest["dataset"]["fingerprint"]}): music that
Genrescope's own code {run.dataset_note or "made"}, in ten styles named after {", ".join(run.genres)}.
It has never heard a recording: its scores say nothing about real music.

**How it was judged.** Split `{run.split_name}`, seed {run.manifest["split"]["seed"]}: all tracks of an artist have one role.
The valid split chose the epoch ({run.best_epoch} of {len(run.history)}); the test split was opened {len(run.test_openings)} time.

| split {run.split_name} | tracks | accuracy, tracks | macro F1, tracks | accuracy, segments |
|---|---|---|---|---|
{chr(10).join(lines)}

In brackets: 95 % intervals over the {run.scores["test"]["n_groups"]} {run.scores["test"]["over"]} of the test split (as many in
valid). What crosses the split: {split_verdict(run.manifest)["badge"]}.

**What it is bad at.** On its test tracks it finds least of: {weak}. On recorded songs it errs often and may be sure of it:
train a model on recorded music for those.

**Rebuild it.** `make demo-runs` (seed {run.seed}; trained with keras {run.manifest["versions"].get("keras", "?")}).

**Licence.** MIT, as Genrescope itself; data and weights hold no one else's work.
"""


def _weakest(run: Run) -> str:
    predictions = run.predictions("test")
    recalls = []
    for index, genre in enumerate(run.genres):
        its = predictions.y_true == index
        recalls.append((float((predictions.y_pred[its] == index).mean()) if its.any() else 1.0, genre, int(its.sum())))
    return ", ".join(f"{genre} ({recall:.0%} of {count} tracks)" for recall, genre, count in sorted(recalls)[:3])

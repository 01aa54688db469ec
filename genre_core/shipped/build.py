"""Train what ships anew: `python -m genre_core shipped`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from genre_core.paths import Root
from genre_core.runs import CARD, MANIFEST, Run
from genre_core.runs.calibrating import calibrate
from genre_core.shipped.cards import card
from genre_core.shipped.rows import Material, Say, Shipped

_FILES = (
    MANIFEST,
    "model.onnx",
    "model.npz",
    "likeness.npz",
    "predictions_valid.npz",
    "predictions_folds.npz",
    "predictions_test.npz",
    "history.jsonl",
    "request.json",
    "status.json",
)


def build(row: Shipped, material: Material, root: Root, out: Path, say: Say) -> Run:
    """Train a run that ships, and put what serves into `out / row.name` with its card.

    Its data set and features go into `root`; no run of the user is touched.

    Raises
    ------
    ParameterError
        If what it learns from was not named.
    GenreError
        As its data set and its training.
    """
    from genre_core.training.trainer import train

    say("Making its data set")
    row.make_data(material, root, say)
    with tempfile.TemporaryDirectory() as place:
        scratch = Root(Path(place))
        for folder in ("datasets", "features"):
            (getattr(root, folder)).mkdir(parents=True, exist_ok=True)
            (scratch.path / folder).symlink_to(getattr(root, folder).resolve(), target_is_directory=True)
        run: Run = train(row.request, scratch, progress=lambda status: say(status.message))
        if row.calibrated:
            run = calibrate(run, scratch)
        if row.opens_test:
            run.open_test(scratch)
        run.manifest["id"], run.manifest["title"] = row.name, row.title
        run.save()
        target, draft = out / row.name, out / f".{row.name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for file in _FILES:
            if (run.folder / file).is_file():
                shutil.copy2(run.folder / file, draft / file)
        (draft / CARD).write_text(card(run, row), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    return Run.load(target)

"""Tones that a tiny run tells apart by where their spectrum lies: what a transform does to its verdicts is known by hand."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile

from genre_core.datasets.library import save_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.report import score_report
from genre_core.paths import Root
from genre_core.runs import MANIFEST, Run, predict_dataset
from tests.tiny_run import make_run, tone

HIGH, LOW = (5200.0, 5600.0, 6000.0), (120.0, 150.0, 200.0)


def tones_run(root: Root, *, role: str = "valid") -> Run:
    """A run that calls high tones `high` and low ones `low`, judged on six tracks of three artists, which lie beside it."""
    shutil.copytree(_made(role).name, root.path, dirs_exist_ok=True)
    return Run.load(root.runs / "tiny-one")


@cache
def _made(role: str) -> TemporaryDirectory[str]:
    """The root that is copied, made once; it goes with the process."""
    folder = TemporaryDirectory()
    root, tracks = Root(Path(folder.name)), []
    for genre, tones in (("high", HIGH), ("low", LOW)):
        for number, hertz in enumerate(tones):
            path: Path = root.datasets / "tones" / "audio" / f"{genre}-{hertz:g}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            clip = tone(hertz, 3.0)
            soundfile.write(path, clip.y, clip.sr, subtype="FLOAT")
            tracks.append(Track(f"{genre}.{hertz:g}", genre, path, f"artist {number}", clip.seconds, clip.sha256))
    dataset = Dataset("tones", tuple(tracks))
    save_dataset(dataset, root.datasets)
    roles = {track.id: role for track in tracks}
    run = make_run(root.runs / "tiny-one", dataset={"name": "tones", "fingerprint": dataset.fingerprint}, roles=roles)
    if role != "test":
        ids = [track.id for track in tracks]
        predictions = predict_dataset(run.classifier(), dataset, ids, run, FeatureStore(root.features))
        predictions.save(run.folder / f"predictions_{role}.npz")
        scores = {role: score_report(predictions, [track.artist for track in tracks])}
        (run.folder / MANIFEST).write_text(json.dumps({**run.manifest, "scores": scores}))
    return folder

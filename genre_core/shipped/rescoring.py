"""Score what ships anew from the predictions that it keeps: nothing is trained."""

from __future__ import annotations

from genre_core.errors import RunError
from genre_core.evaluation.report import score_report
from genre_core.files import write_json, write_whole
from genre_core.paths import Root
from genre_core.runs import CARD, MANIFEST, Run
from genre_core.runs.manifest import read_values
from genre_core.shipped.cards import card
from genre_core.shipped.rows import Shipped


def rescore(run: Run, row: Shipped, root: Root) -> Run:
    """Write a shipped run's scores, and its card, as a rebuild would write them from the same predictions.

    Parameters
    ----------
    run : Run
        As it ships.
    row : Shipped
        What is told of it.
    root : Root
        Where its data set lies, which knows the artists.

    Returns
    -------
    Run
        As it now is.

    Raises
    ------
    RunError
        If the intervals were drawn over artists and those are not known here: they would be lost.
    """
    scores = {}
    for role, former in run.scores.items():
        predictions = run.predictions(role)
        report = score_report(predictions, run.artists(predictions, root), leaky=run.is_leaky)
        if (former["over"], former["n_groups"]) != (report["over"], report["n_groups"]):
            raise RunError(
                f"{run.title!r} was scored over {former['n_groups']} {former['over']}. Received: {report['n_groups']} "
                f"{report['over']}. Make its data set {run.dataset_name!r} first: shipped {row.name} --data-only."
            )
        scores[role] = report
    kept = read_values(run.folder / MANIFEST)  # in the format that it was written in: nothing but its scores changes
    write_json(run.folder / MANIFEST, {**kept, "scores": scores})
    changed = Run.load(run.folder)
    write_whole(run.folder / CARD, card(changed, row).encode("utf-8"))
    return changed

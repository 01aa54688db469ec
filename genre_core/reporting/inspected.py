"""What was found out by inspecting a run: told where it was measured, else in a line how to measure it."""

from __future__ import annotations

from genre_core.errors import DatasetError, RunError
from genre_core.evaluation.intervals import Interval
from genre_core.inspection.doubted import doubted_labels
from genre_core.inspection.faithfulness_work import load_faithfulness
from genre_core.inspection.robustness import HEARD_BEFORE, MEANING
from genre_core.inspection.robustness_work import load_robustness
from genre_core.reporting import charts
from genre_core.reporting.again import PROGRAM
from genre_core.reporting.markup import Markup, element, joined
from genre_core.reporting.material import Material
from genre_core.reporting.tables import table

MOST_FLIPS, MOST_SUSPECTS = 12, 20
"""Renamed tracks, and suspected labels, that are named."""


def robustness(material: Material) -> Markup:
    """Which changes of the sound rename tracks, and how many."""
    try:
        found = load_robustness(material.run, material.root, material.role)
    except RunError as error:
        return element("p", str(error), class_="warn")
    if found is None:
        return not_measured("robustness", material)
    rows = found.rows()
    flips = sorted(
        ((row, flip) for row in rows[1:] for flip in found.flips(row.name)), key=lambda pair: -pair[1].probability_after
    )
    renamed = [
        (flip.track_id, flip.genre, row.title, *_said(flip.before, flip.probability_before, flip.after, flip.probability_after))
        for row, flip in flips[:MOST_FLIPS]
    ]
    over = f"95 % intervals over {found.groups.n_groups} {found.groups.over}"
    return joined(
        element("p", f"{len(found.tracks)} songs were heard as they are, and in {len(rows) - 1} copies each. {MEANING}"),
        element("p", HEARD_BEFORE, class_="warn") if found.heard_before else None,
        charts.robustness(rows),
        table(
            ("change", "flips", "accuracy", "true genre’s probability, change"),
            [(row.title, "" if row is rows[0] else str(row.flips), str(row.accuracy), _signed(row.shift)) for row in rows],
            numbers=(1, 2, 3),
            caption=f"In brackets: {over}.",
        ),
        table(
            ("track", "true genre", "copy", "as it is", "the copy"),
            renamed,
            caption=f"The {len(renamed)} surest of {len(flips)} verdicts that a copy changed.",
        )
        if renamed
        else None,
    )


def faithfulness(material: Material) -> Markup:
    """Whether what its maps call important weighs more with it than other sound."""
    try:
        found = load_faithfulness(material.run, material.root, material.role)
    except RunError as error:
        return element("p", str(error), class_="warn")
    if found is None:
        return not_measured("occlusion", material, "--faithfulness")
    rows = [
        ("what its map calls important", str(found.salient)),
        ("as much at random", str(found.random)),
        ("as much of the loudest", str(found.loudest)),
        ("by how much more without the important than at random", str(found.more_than_random)),
        ("by how much more than without the loudest", str(found.more_than_loudest)),
    ]
    over = f"95 % intervals over {found.groups.n_groups} {found.groups.over}"
    return joined(
        element("p", f"{len(found.falls)} songs were heard without {found.how.share:.0%} of their patches. {found.verdict}"),
        table(("left out", "fall of the probability"), rows, numbers=(1,), caption=f"In brackets: {over}."),
    )


def labels(material: Material) -> Markup:
    """Labels of the data set that may be wrong, which would make errors of right verdicts."""
    try:
        found = doubted_labels(material.run, material.root)
    except (RunError, DatasetError) as error:
        return element("p", f"Not looked for. {error}", class_="note")
    if not found.suspects:
        return element("p", f"None of {found.n_tracks} labels is suspected.")
    shown = found.suspects[:MOST_SUSPECTS]
    rows = [(suspect.track_id, suspect.given, suspect.suggested, " ".join(suspect.reasons)) for suspect in shown]
    more = f" These are the {len(shown)} most doubtful." if len(shown) < len(found.suspects) else ""
    told = f"{len(found.suspects)} of {found.n_tracks} labels are suspected; only listening tells.{more}"
    return joined(element("p", told), table(("track", "label", "rather", "why"), rows))


def not_measured(command: str, material: Material, *options: str) -> Markup:
    """One line: what to type."""
    line = " ".join([PROGRAM, command, material.run.id, *options, "--split", material.role])
    if not material.run.has_model:
        return element(
            "p", "Not measured: these are predictions of another tool, which cannot be asked about copies.", class_="note"
        )
    if material.run.manifest["dataset"].get("given"):
        told = "Not measured: its data set holds numbers without sound, so there is nothing to hear."
        return element("p", told, class_="note")
    return element("p", "Not measured yet. Measure it with ", element("code", line), class_="note")


def _said(before: str, first: float, after: str, second: float) -> tuple[str, str]:
    return f"{before} {first:.2f}", f"{after} {second:.2f}"


def _signed(change: Interval) -> str:
    """`-0.05 [-0.19, +0.05]`; empty where nothing changed, of the sound as it is."""
    if change.value is None:
        return ""
    ends = "" if change.low is None or change.high is None else f" [{change.low:+.2f}, {change.high:+.2f}]"
    return f"{change.value:+.2f}{ends}".replace("-0.00", "+0.00")

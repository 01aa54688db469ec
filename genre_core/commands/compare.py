"""`compare`: which of several runs is better, and whether the tracks that both judged can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from genre_core.commands.output import emit, json_option
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.evaluation.intervals import Interval
    from genre_core.runs.comparing import Pair


@click.command()
@click.argument("run_names", metavar="RUN RUN [RUN ...]", nargs=-1, required=True)
@click.option(
    "--split",
    type=click.Choice(["valid", "folds", "test"]),
    default=None,
    help="Tracks to compare on: by default out of fold where a run has folds, else valid; test where all runs opened it.",
)
@click.option(
    "--corrected",
    is_flag=True,
    help="Two runs on two versions of one data set, former and later: what do its corrected labels change?",
)
@click.pass_obj
@json_option
def command(root: Root, /, *, run_names: tuple[str, ...], split: str | None, corrected: bool, as_json: bool) -> None:
    """Compare every two of the RUNs (ids, beginnings of ids, or folders) on the tracks that both judged.

    Each pair: what may be concluded, how many tracks both, one or neither names right, the difference of accuracy and macro F1
    with its 95 % interval (paired bootstrap over artists, or tracks where artists are unknown), and exact tests. Of three runs
    and more, p is corrected for the number of pairs. No test split is opened by this.
    """
    from genre_core.runs import find_run
    from genre_core.runs.comparing import compare_runs
    from genre_core.runs.corrected import compare_corrected
    from genre_core.training.differing import names_apart

    if len(run_names) < 2:
        raise click.UsageError("Name two runs at least. List them with: python -m genre_core runs")

    if corrected:
        if len(run_names) != 2:
            raise click.UsageError("--corrected takes two runs: the former and the later.")
        found = compare_corrected(find_run(run_names[0], root), find_run(run_names[1], root), root)
        emit(found.to_dict(), as_json=as_json, text=found.words)
        return
    said: set[str] = set()
    runs = [find_run(name, root) for name in run_names]
    for pair in compare_runs(runs, root, role=split, names=names_apart(runs)):
        new = [caution for caution in pair.cautions if caution not in said]
        emit(pair.to_dict(), as_json=as_json, text="\n".join([*_lines(pair), *(f"  - {caution}" for caution in new)]))
        said.update(new)


def _lines(pair: Pair) -> list[str]:
    """The verdict, and below it what it rests on."""
    found = pair.found
    rows = [pair.verdict, *([f"  {pair.grounds}"] if pair.grounds else [])]
    rows.append(f"  {pair.judged_on}")
    rows.append(
        f"  both right {found.both}, only “{pair.name_a}” {found.only_a}, only “{pair.name_b}” {found.only_b}, "
        f"neither {found.neither}"
    )
    for name, title in (("accuracy", "accuracy"), ("macro_f1", "macro F1")):
        rows.append(
            f"  {title}: {found.scores_a[name]:.3f} and {found.scores_b[name]:.3f}, difference "
            f"{_exact(found.differences[name])} over {found.n_groups} {found.over}"
        )
    corrected = f", Holm's correction for {pair.n_pairs} comparisons {pair.p_corrected:.3g}" if pair.n_pairs > 1 else ""
    rows.append(f"  p {found.p_value:.3g} swapping {found.over}{corrected}; McNemar's test {found.p_mcnemar:.3g}")
    return rows


def _exact(difference: Interval) -> str:
    """A difference to a tenth of a percentage point: of forty tracks one more is 0.025, which two decimals would round away."""
    if difference.value is None:
        return str(difference)
    ends = "" if difference.low is None else f" [{difference.low:.3f}, {difference.high:.3f}]"
    return f"{difference.value:.3f}{ends}"

"""`check`: what may be wrong with a data set."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.errors import DatasetError
from genre_core.paths import Root

_SHOWN = 10
_HEADINGS = {
    "grave": "Grave: cannot be used, or one of two labels is wrong",
    "doubtful": "Doubtful: makes scores better or worse than they are",
    "remark": "Worth knowing: nothing is wrong, but read the numbers with it in mind",
}


@click.command()
@click.argument("dataset", default="demo")
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(root: Root, /, *, dataset: str, processes: int | None, as_json: bool) -> None:
    """Check DATASET (the demo set by default): its files, what tracks share, and its table; gravest first.

    Finds files that are gone, changed, unreadable, silent, constant or clipped; equal audio and the same recording in another
    encoding, gain or cut; one song under two genres; bandwidth that gives the genre away; odd formats and balance. The report is
    kept with the data set. Exit code 1 if anything is grave or doubtful; what is worth knowing doesn't count. A check that broke
    off is continued with `jobs continue`.
    """
    from genre_core.datasets.checks import counted_words, gravity, load_report, spec_of
    from genre_core.datasets.library import load_dataset

    has_audio = load_dataset(dataset, root.datasets).has_audio  # a wrong name is told before a job is made
    result = carry_out("check", {"dataset": dataset, "processes": processes}, root, listener=StatusLine())
    report = load_report(dataset, root.datasets)
    if report is None:
        raise DatasetError(f"The report on {dataset!r} was taken away while it was written. Check again.")
    shown: dict[str, int] = defaultdict(int)
    heading = ""
    for problem in report.problems:
        level, spec = gravity(problem.kind), spec_of(problem.kind, has_audio=has_audio)
        if level != heading:
            heading = level
            emit({}, as_json=False, text=None if as_json else f"{_HEADINGS[level]} ({report.counts[level]})")
        shown[problem.kind] += 1
        if as_json:
            emit({"dataset": dataset, "gravity": level, "title": spec.title, **asdict(problem)}, as_json=True)
        elif shown[problem.kind] <= _SHOWN:
            emit({}, as_json=False, text=f"  {problem.file}: {problem.kind}. {problem.message}")
        elif shown[problem.kind] == _SHOWN + 1:
            more = sum(other.kind == problem.kind for other in report.problems) - _SHOWN
            emit({}, as_json=False, text=f"  and {more} more: {spec.title}; --json lists all")
    grave = report.counts["grave"] + report.counts["doubtful"]
    summary = {**result, "problems": grave, "remarks": report.counts["remark"], "fingerprint": report.fingerprint}
    words = f"{dataset}: {report.n_tracks} tracks, {counted_words(report.counts)}"
    emit(summary, as_json=as_json, text=words)
    if grave:
        click.get_current_context().exit(1)

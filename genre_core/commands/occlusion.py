"""`occlusion`: what a model listened to, and whether such maps can be believed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.job import carry_out
from genre_core.commands.output import ProgressLine, StatusLine, emit, emit_error, json_option
from genre_core.errors import GenreError, RunError
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.audio import Clip
    from genre_core.inspection.attention import Attention
    from genre_core.inspection.faithfulness import Faithfulness

_NAMED = 5
"""Patches that the words name."""


@click.command()
@click.argument("run_name", metavar="RUN")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@click.option("--genre", default=None, help="Genre asked about; by default the one that the model names.")
@click.option("--fill", default="quiet", show_default=True, help="What a patch is replaced with: quiet, mean or noise.")
@click.option("--detail", default="medium", show_default=True, help="How fine: coarse, medium or fine.")
@click.option(
    "--share", type=click.FloatRange(0, 1, min_open=True), default=0.1, show_default=True, help="What counts as salient."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for two sounds a file: only, and without.",
)
@click.option("--faithfulness", is_flag=True, help="Check the maps of RUN on tracks that it was judged on, instead of FILEs.")
@click.option("--split", type=click.Choice(["valid", "folds", "test"]), default=None, help="With --faithfulness: which tracks.")
@click.option(
    "--tracks", "n_tracks", type=click.IntRange(min=1), default=30, show_default=True, help="With --faithfulness: how many."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of what is random.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    run_name: str,
    paths: tuple[Path, ...],
    genre: str | None,
    fill: str,
    detail: str,
    share: float,
    out: Path | None,
    faithfulness: bool,
    split: str | None,
    n_tracks: int,
    seed: int,
    as_json: bool,
) -> None:
    """Take patches of time and frequency out of each FILE, and tell without which of them RUN believes less in the genre.

    With --json a map is one line: {"path", "genre", "probability", "time_edges_seconds", "band_edges_hz", "fall_of_log_odds":
    [[...] a band], "n_evaluations", ...}. With --faithfulness: by how much the probability falls without the salient share,
    removed with another fill, and without as much at random; what was heard is kept, and what broke off is continued with
    `jobs continue`. A bad file does not stop the others; exit code 1 if any failed.
    """
    if faithfulness:
        _check(root, {"run": run_name, "role": split, "tracks": n_tracks, "seed": seed, "how": {"share": share}}, as_json=as_json)
        return
    if not paths:
        raise click.UsageError("Name a FILE to listen to, or ask with --faithfulness whether the maps of RUN can be believed.")
    from genre_core.audio import decode
    from genre_core.inference import SR, Predictor
    from genre_core.inspection.occlusion import occlude
    from genre_core.runs import find_run

    predictor = Predictor.from_run(find_run(run_name, root), threads=1)
    failed = False
    for path in paths:
        try:
            clip = decode(path, sr=SR, name=path.name)
            with ProgressLine(f"Asking about {path.name}") as progress:
                found = occlude(predictor, clip, genre=genre, fill=fill, detail=detail, seed=seed, progress=progress)
            written = {} if out is None else _write(out, path.stem, clip, found, share)
        except GenreError as error:
            failed = True
            emit_error(error, as_json=as_json, path=str(path))
            continue
        values = {"path": str(path), "run": predictor.run, **found.to_dict(), **({"sounds": written} if written else {})}
        emit(values, as_json=as_json, text=_words(path, found, written))
    if failed:
        click.get_current_context().exit(1)


def _write(folder: Path, stem: str, clip: Clip, found: Attention, share: float) -> dict[str, str]:
    from genre_core.audio import encode_wav
    from genre_core.files import why_not_written, write_whole
    from genre_core.inspection.attention import only, without
    from genre_core.resynthesis.levels import within_full_scale

    written = {}
    for name, make in (("only", only), ("without", without)):
        part = make(clip, found, share)
        path = folder / f"{stem}-{name}.wav"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, encode_wav(within_full_scale(part, part.y)), durable=False)
        except OSError as error:
            raise RunError(f"The sound cannot be written to {path}: {why_not_written(error)}") from error
        written[name] = str(path)
    return written


def _words(path: Path, found: Attention, written: dict[str, str]) -> str:
    """The genre, and the patches without which it falls most."""
    order = (-found.values).argsort(axis=None, kind="stable")[:_NAMED]
    times, bands = found.time_edges, found.band_edges
    lines = [f"{path}: {found.genre} {found.probability:.2f}. Its log-odds fall most without"]
    for place in order:
        band, column = divmod(int(place), found.values.shape[1])
        when = f"{times[column]:.2f} to {times[column + 1]:.2f} s"
        lines.append(f"  {when:<20}{bands[band]:.0f} to {bands[band + 1]:.0f} Hz: {found.values[band, column]:+.3f}")
    lines += [f"  {name}: {place}" for name, place in written.items()]
    return "\n".join(lines)


def _check(root: Root, values: dict[str, Any], *, as_json: bool) -> None:
    from genre_core.inspection.faithfulness import Faithfulness, summary
    from genre_core.inspection.faithfulness_work import KIND, make_plan
    from genre_core.inspection.measured import read_result

    plan = make_plan(values, root)  # a wrong request is told before a job is made
    carry_out(KIND, {**values, "run": plan.run.id}, root, listener=StatusLine())
    found = read_result(plan.result, plan.of_model, Faithfulness.from_dict)
    assert found is not None
    tracks = [dict(vars(fall)) for fall in found.falls]
    failed = [{"track": track, "message": why} for track, why in found.problems]
    emit({**summary(found), "tracks": tracks, "failed": failed}, as_json=as_json, text=_said(found))


def _said(found: Faithfulness) -> str:
    share = f"{100 * found.how.share:.0f} %"
    lines = [
        f"{found.run}, {len(found.falls)} {found.role} tracks: the probability of the genre that it names falls",
        f"  without the {share} that its map calls important   {found.salient}",
        f"  without {share} at random                          {found.random}",
        f"  without the loudest {share}                        {found.loudest}",
        f"  more than at random {found.more_than_random}, more than without the loudest {found.more_than_loudest}",
        f"  {found.verdict}",
        f"  In brackets: 95 % intervals over {found.groups.n_groups} {found.groups.over}. The maps were made with "
        f"“{found.how.made_with}”, the parts removed with “{found.how.removed_with}”.",
    ]
    return "\n".join([*lines, *(f"  {track} could not be heard: {why}" for track, why in found.problems)])

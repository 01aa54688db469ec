"""`export`: a data set's numbers in a file that other tools read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from genre_core.commands.output import ProgressLine, emit, json_option
from genre_core.paths import Root

_BY_ENDING = {".json": "mfcc-json", ".npz": "npz", ".csv": "csv", ".parquet": "parquet"}


@click.command()
@click.option("--dataset", default="demo", help="Name of the data set; the demo set by default.")
@click.option(
    "--format", "format_name", type=click.Choice(list(_BY_ENDING.values())), help="What to write; the file's ending says it too."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write.")
@click.option("--n-mfcc", type=int, default=13, help="Coefficients; 13 by default.")
@click.option("--n-fft", type=int, default=2048, help="FFT length [samples]; 2048 by default.")
@click.option("--hop-length", type=int, default=512, help="Samples from one frame to the next; 512 by default.")
@click.option("--segments-per-track", type=int, default=10, help="Segments that the first 30 s are cut into; 10 by default.")
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    dataset: str,
    format_name: str | None,
    out: Path,
    n_mfcc: int,
    n_fft: int,
    hop_length: int,
    segments_per_track: int,
    processes: int | None,
    as_json: bool,
) -> None:
    """Write a data set's features to a file.

    mfcc-json is the JSON that tutorials read: mapping, labels, mfcc; with track_ids and artists beside, so that a split never
    puts segments of one song on both sides. npz holds the same as numpy arrays. csv and parquet hold one row a track: track_id,
    genre, artist and the 57 summary columns of the whole track.

    Tracks that cannot be read are reported and left out; exit code 1 if there were any.
    """
    from genre_core.datasets.exporting import mfcc_json, mfcc_npz, summary_table
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.store import FeatureStore
    from genre_core.errors import unknown_name

    format_name = format_name or _BY_ENDING.get(out.suffix.lower())
    if format_name is None:
        raise unknown_name("format that ends in", out.suffix, _BY_ENDING)
    loaded, store = load_dataset(dataset, root.datasets), FeatureStore(root.features)
    with ProgressLine("Computing features") as progress:
        if format_name in ("csv", "parquet"):
            report = summary_table(loaded, out, store, format_name=format_name, progress=progress, processes=processes)
        else:
            write = mfcc_json if format_name == "mfcc-json" else mfcc_npz
            report = write(
                loaded,
                out,
                store,
                n_mfcc=n_mfcc,
                n_fft=n_fft,
                hop_length=hop_length,
                segments_per_track=segments_per_track,
                progress=progress,
                processes=processes,
            )
    rows = "rows" if format_name in ("csv", "parquet") else "segments"
    lines = [f"{report.n_tracks} tracks, {report.n_rows} {rows}: written to {out}"]
    lines += [f"Not {problem.file}: {problem.message}" for problem in report.problems]
    about = {
        "dataset": dataset,
        "format": format_name,
        "out": out,
        "tracks": report.n_tracks,
        "rows": report.n_rows,
        "problems": [asdict(problem) for problem in report.problems],
    }
    emit(about, as_json=as_json, text="\n".join(lines))
    if report.problems:
        click.get_current_context().exit(1)

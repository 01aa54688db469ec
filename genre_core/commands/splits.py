"""`splits`: how a data set can be divided, and what crosses each division."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.output import emit, json_option
from genre_core.errors import DatasetError, GenreError
from genre_core.paths import Root

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport, Split
    from genre_core.datasets.tracks import Dataset

MOST_NAMES = 5
"""Of what crosses, named for people; JSON names all."""


@click.command()
@click.argument("dataset")
@click.argument("name", required=False)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws other tracks.")
@click.option("--genres", default="", metavar="A,B,...", help="Only these genres, or a set such as classic4.")
@click.option("--train-share", type=float, default=1.0, metavar="SHARE", help="Keep this share of the training tracks.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="Write the roles of all tracks as CSV; NAME says which."
)
@click.pass_obj
@json_option
def command(root: Root, /, *, dataset: str, name: str | None, out: Path | None, as_json: bool, **choice: Any) -> None:
    """Show the splits of DATASET: tracks in each role, what crosses, and why a split does not apply.

    With NAME that split genre by genre. Its roles can be written with --out, as a table that an import takes as a column.
    """
    from genre_core.commands.train import genres_of
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.splits import SPLITS, known_pairs, leak_report, make_split, remarks, with_genres

    if out is not None and name is None:
        raise click.UsageError("--out writes one split: name it.")
    loaded = load_dataset(dataset, root.datasets)
    pairs = known_pairs(loaded, root.datasets)
    choice["genres"] = genres_of(choice["genres"])
    with_genres(loaded, choice["genres"])
    if name is not None:
        split = make_split(loaded, name, pairs=pairs, **choice)
        report = leak_report(split, loaded, pairs)
        found = _found(split, report, loaded)
        if out is not None:
            found["file"] = _write(split, loaded, out)
        emit(found, as_json=as_json, text=_words(split, report, loaded, out))
        return
    for name, spec in SPLITS.items():
        try:
            split = make_split(loaded, name, pairs=pairs, **choice)
        except DatasetError as error:
            told = {"dataset": dataset, "name": name, "title": spec.title, "leaky": spec.leaky, "applies": False}
            emit({**told, "reason": str(error)}, as_json=as_json, text=f"{name}: does not apply. {error}")
            continue
        report = leak_report(split, loaded, pairs)
        said = remarks(split, loaded) if not split.leaky else []
        text = f"{name}: {_counted(split, loaded)}, {split.title}. {' '.join([report.badge + '.' * bool(said), *said])}"
        emit(_found(split, report, loaded), as_json=as_json, text=text)


def _found(split: Split, report: LeakReport, dataset: Dataset) -> dict[str, Any]:
    from genre_core.datasets.splits import remarks

    counts = split.counts(dataset)
    return {
        "dataset": dataset.name,
        "name": split.name,
        "title": split.title,
        "leaky": split.leaky,
        "applies": True,
        "seed": split.seed,
        "fingerprint": split.fingerprint,
        "counts": _totals(split, dataset),
        "by_genre": counts,
        "excluded": len(dataset.tracks) - len(split.roles),
        "remarks": remarks(split, dataset),
        "leaks": report.to_dict(),
    }


def _totals(split: Split, dataset: Dataset) -> dict[str, int]:
    totals: dict[str, int] = {}
    for roles in split.counts(dataset).values():
        for role, count in roles.items():
            totals[role] = totals.get(role, 0) + count
    return totals


def _counted(split: Split, dataset: Dataset) -> str:
    """`train 214, valid 71, test 72`, and how many tracks have no role."""
    if split.leaky:
        return f"segments of {len(split.roles)} tracks in train, valid and test"
    without = len(dataset.tracks) - len(split.roles)
    return ", ".join(
        f"{role} {count}" for role, count in (_totals(split, dataset) | ({"no role": without} if without else {})).items()
    )


def _words(split: Split, report: LeakReport, dataset: Dataset, out: Path | None) -> str:
    from genre_core.datasets.splits import remarks

    counts = split.counts(dataset)
    roles = list(next(iter(counts.values())))
    width = max(map(len, counts)) + 2
    lines = [f"{dataset.name}, {split.title} (seed {split.seed}, {split.fingerprint}): {_counted(split, dataset)}"]
    lines += [f"  {report.badge}", *(f"  {words}" for words in remarks(split, dataset))]
    crossing = {
        "songs": report.tracks if not report.segments else (),
        "artists": report.artists,
        "near-duplicates": tuple(" and ".join(pair) for pair in report.near_duplicates),
    }
    for what, names in crossing.items():
        if names:
            more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
            lines.append(f"  {what}: {', '.join(names[:MOST_NAMES])}{more}")
    lines.append(f"  {'':<{width}}" + "".join(f"{role:>7}" for role in roles))
    lines += [f"  {genre:<{width}}" + "".join(f"{by_role[role]:>7}" for role in roles) for genre, by_role in counts.items()]
    if out is not None:
        lines.append(f"  Written to {out}")
    return "\n".join(lines)


def _write(split: Split, dataset: Dataset, out: Path) -> Path:
    from genre_core.datasets.splits.exporting import split_csv
    from genre_core.files import write_whole

    try:
        write_whole(out, split_csv(split, dataset))
    except OSError as error:
        raise GenreError(f"{out} cannot be written: {error.strerror or error}. Choose another place with --out.") from error
    return out

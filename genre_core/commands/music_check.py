"""`music-check`: teach the check for music anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
import numpy as np

from genre_core import paths
from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.files import write_whole
from genre_core.jobs import Status
from genre_core.paths import Root


@click.command()
@click.argument("sounds", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--gtzan", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder with GTZAN's tables and songs."
)
@click.option(
    "--tags", required=True, type=click.Path(dir_okay=False, path_type=Path), help="MusiCNN's tags as they were published."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the file; else where it lies.")
@json_option
@click.pass_obj
def command(root: Root, /, *, sounds: Path, gtzan: Path, tags: Path, out: Path | None, as_json: bool) -> None:
    """Teach the check for music on GTZAN's songs at hand and on SOUNDS, what tuxpaint-stamps-default unpacks to, and write it.

    Shown is how many of each kind it turns away that had no part in teaching it: other artists, languages, species, things.
    """
    from genre_core.features.is_music import FILE, SHA256
    from genre_core.shipped.cards import music_card
    from genre_core.shipped.gtzan import make_numbers
    from genre_core.shipped.music import heard, judge, songs_of
    from genre_core.shipped.sounds import unmusical

    line = StatusLine()

    def say(words: str) -> None:
        line(Status("working", words))

    strange = unmusical(sounds)  # first, so that a wrong folder is told at once
    _, songs, folds = songs_of(make_numbers(gtzan, tags, root, say), root)
    known = heard(songs, folds, strange, say)
    found = judge(known)
    content = found.check.content()
    digest = hashlib.sha256(content).hexdigest()
    path = (out or paths.BACKBONES) / FILE
    if out is None and digest != SHA256:  # the product knows its own by the hash, and would refuse another in its place
        path = path.with_stem(f"{path.stem}-{digest[:8]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    turned = {str(kind): float((found.out_of_fold[known.kinds == kind] < 0).mean()) for kind in np.unique(known.kinds)}
    counts = {kind: int((known.kinds == kind).sum()) for kind in turned}
    path.with_suffix(".md").write_text(music_card(turned, counts, digest), encoding="utf-8")
    words = "\n".join(f"{kind:<10}{counts[kind]:>5}  turned away {share:.1%}" for kind, share in turned.items())
    emit(
        {"path": str(path), "sha256": digest, "turned_away": turned, "counts": counts},
        as_json=as_json,
        text=f"{words}\n{path}: {digest} ({'as it ships' if digest == SHA256 else 'not what ships'})",
    )

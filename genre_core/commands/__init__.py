"""The command line's table: one module a command, imported only when the command runs.

To add a command: a module here with a click command named `command`, and a row in COMMANDS.
"""

from __future__ import annotations

from typing import NamedTuple


class CommandSpec(NamedTuple):
    """Where a command lives, and its line in the list of commands (so that the list imports none of them)."""

    module: str
    help: str
    hidden: bool = False


COMMANDS: dict[str, CommandSpec] = {
    "demo": CommandSpec("genre_core.commands.demo", "Make the demo data set: synthesised songs in ten styles."),
    "import": CommandSpec("genre_core.commands.import_", "Import songs: folders, tables, archives, tags, FMA."),
    "datasets": CommandSpec("genre_core.commands.datasets", "List, remove and bring back data sets; correct labels; versions."),
    "fetch": CommandSpec("genre_core.commands.fetch", "Download GTZAN or FMA small and import it."),
    "check": CommandSpec("genre_core.commands.check", "Check a data set: bad files, repeats, clipping, bandwidth, balance."),
    "splits": CommandSpec("genre_core.commands.splits", "Show how a data set can be divided, and what crosses each division."),
    "extract": CommandSpec("genre_core.commands.extract", "Compute a feature of audio files, or the features of a data set."),
    "export": CommandSpec("genre_core.commands.export", "Write a data set's MFCC or summary columns for other tools."),
    "train": CommandSpec("genre_core.commands.train", "Train a model on a data set."),
    "search": CommandSpec("genre_core.commands.search", "Search for better settings of a model, and train the winner."),
    "runs": CommandSpec("genre_core.commands.runs", "List trained runs and their scores."),
    "evaluate": CommandSpec("genre_core.commands.evaluate", "Score a run on its test split, or on another data set."),
    "compare": CommandSpec("genre_core.commands.compare", "Compare runs in pairs: which is better, and can the tracks tell?"),
    "errors": CommandSpec("genre_core.commands.errors", "List what a run calls by another genre, worst first."),
    "predictions": CommandSpec(
        "genre_core.commands.predictions", "Take in what another tool predicted, to judge and inspect it."
    ),
    "benchmark": CommandSpec("genre_core.commands.benchmark", "Train many models alike and write the honest table."),
    "robustness": CommandSpec("genre_core.commands.robustness", "How many verdicts change with gain, MP3, noise, tempo, pitch."),
    "occlusion": CommandSpec("genre_core.commands.occlusion", "What a model listened to in a song, and whether such maps hold."),
    "map": CommandSpec("genre_core.commands.map_", "Lay the tracks of a run out on a plane: UMAP, t-SNE or PCA."),
    "report": CommandSpec("genre_core.commands.report", "Write a report on a run: one HTML file, and its predictions as CSV."),
    "labels": CommandSpec("genre_core.commands.labels", "List the labels of a run's data set that may be wrong."),
    "calibrate": CommandSpec("genre_core.commands.calibrate", "Make a run's probabilities honest, and let it doubt."),
    "classify": CommandSpec("genre_core.commands.classify", "Name the genre of songs."),
    "similar": CommandSpec("genre_core.commands.similar", "Find songs of a classified folder that sound like one."),
    "models": CommandSpec("genre_core.commands.models", "List the models that can be trained."),
    "shipped": CommandSpec("genre_core.commands.shipped", "Train the models that come with the product anew."),
    "music-check": CommandSpec("genre_core.commands.music_check", "Teach the check for music anew.", hidden=True),
    "backbones": CommandSpec(
        "genre_core.commands.backbones", "Write the pretrained nets anew from their published checkpoints.", hidden=True
    ),
    "features": CommandSpec("genre_core.commands.features", "List the features, with their parameters, ranges and units."),
    "jobs": CommandSpec("genre_core.commands.jobs", "List, stop and continue imports, extractions and trainings."),
    "job": CommandSpec("genre_core.commands.job", "Do the work of a job's folder.", hidden=True),
}

"""A benchmark's summary in Markdown: a table a division, what is leaky in a column of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genre_core.evaluation.intervals import Interval

LEAKY = "**leaky**: accuracy, random segments"
NOTHING = "–"
_HONEST = ("accuracy, tracks", "accuracy, segments", "macro F1", "mAP", "over the seeds")
_COSTS = ("training [s]", "epochs", "numbers held", "a clip [ms]")
_SOURCES = ("the source's claim", "known before")


def markdown(summary: Mapping[str, Any]) -> str:
    """Tables with the same numbers as the summary, and what must be known to read them."""
    honest = [division for division in summary["divisions"] if not division["leaky"]]
    leaky = next((division for division in summary["divisions"] if division["leaky"]), None)
    torn = {row["model"]: row for row in summary["rows"] if row["leaky"]}
    parts = [_head(summary)]
    for division in honest:
        rows = [row for row in summary["rows"] if row["division"] == division["name"]]
        header = ["model", *_HONEST, *_COSTS, *[LEAKY] * (leaky is not None), *_SOURCES]
        lines = [_line(row, None if leaky is None else torn.get(row["model"], {})) for row in rows]
        parts += [_above(division), _table(header, lines), *_below(division, rows)]
    if leaky is not None and not honest:
        lines = [[row["model"], _leaky(row), *_costs(row), *_sources(row)] for row in torn.values()]
        parts += [_table(["model", LEAKY, *_COSTS, *_SOURCES], lines)]
    if leaky is not None:
        parts += _failures(torn.values(), f"{leaky['title']}: ")
    return "\n\n".join([*parts, _legend(summary)]) + "\n"


def _head(summary: Mapping[str, Any]) -> str:
    dataset = summary["dataset"]
    note = f", {dataset['note']}" if dataset["note"] else ""
    count = summary["cells_to_go"]
    to_go = f" **{count} cell{'s are' if count > 1 else ' is'} still to be trained.**" if count else ""
    genres = dataset["genres"]
    return (
        f"Data set `{dataset['name']}`{note}: {dataset['n_tracks']} tracks of {len(genres)} genres ({', '.join(genres)}).{to_go}"
    )


def _above(division: Mapping[str, Any]) -> str:
    judged = ""
    if division["n_tracks"]:
        role = "tracks, each judged out of fold" if division["role"] == "folds" else "valid tracks"
        judged = f"; {division['n_tracks']} {role}, intervals over {division['n_groups']} {division['over']}"
    return f"**{division['title'][0].upper()}{division['title'][1:]}** ({division['badge']}){judged}."


def _below(division: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    found = division["listeners"]
    told = [] if found is None else [listeners_words(found)]
    return [*told, *_failures(rows)]


def listeners_words(found: Mapping[str, Any]) -> str:
    """What listeners said of the judged tracks, in a sentence."""
    answers, majority = Interval.from_dict(found["answers"]), Interval.from_dict(found["majority"])
    within = ""
    if found["n_within"] < found["n_answers"]:
        within = (
            f"; of the {found['n_within']} that name one of these genres, {Interval.from_dict(found['within'])} "
            "(listeners could name others, models cannot)"
        )
    return (
        f"*Listeners beside them*: {found['n_listeners']} people gave {found['n_answers']} answers about {found['n_tracks']} of "
        f"these tracks. Of single answers {answers} name the data set's genre{within}; of tracks {majority} have it as their "
        "most frequent answer."
    )


def _failures(rows: Iterable[Mapping[str, Any]], where: str = "") -> list[str]:
    lines = [f"- {where}{row['model']} failed: {error}" for row in rows for error in dict.fromkeys(row["errors"])]
    return ["\n".join(lines)] if lines else []


def _line(row: Mapping[str, Any], torn: Mapping[str, Any] | None) -> list[str]:
    scores = [NOTHING] * len(_HONEST)
    if row["n_seeds"]:
        tracks = row["tracks"]
        scores = [
            str(Interval.from_dict(tracks["accuracy"])),
            str(Interval.from_dict(row["segments"]["accuracy"])),
            _number(tracks["macro_f1"]["value"]),
            _number(tracks["mean_average_precision"]["value"]),
            _seeds(row),
        ]
    elif row["errors"]:
        scores[0] = "failed, see below"
    return [row["model"], *scores, *_costs(row), *([] if torn is None else [_leaky(torn)]), *_sources(row)]


def _leaky(row: Mapping[str, Any]) -> str:
    if row.get("n_seeds"):
        return str(Interval.from_dict(row["segments"]["accuracy"]))
    if row.get("errors"):
        return "failed, see below"
    return f"{NOTHING} ({row['why_fewer_seeds']})" if row.get("why_fewer_seeds") else NOTHING


def _seeds(row: Mapping[str, Any]) -> str:
    if row["n_seeds"] == 1:
        return f"one seed ({row['why_fewer_seeds']})" if row["why_fewer_seeds"] else "one seed"
    return f"{row['mean_accuracy']:.2f} ± {row['deviation']:.2f} ({row['n_seeds']})"


def _costs(row: Mapping[str, Any]) -> list[str]:
    if not row["n_seeds"]:
        return [NOTHING] * len(_COSTS)
    seconds = row["training_seconds"]
    return [
        NOTHING if seconds is None else f"{seconds:.1f}" if seconds < 10 else f"{seconds:,.0f}",
        str(row["epochs"]) if row["epochs"] else NOTHING,
        f"{row['parameters']:,}",
        f"{row['inference_ms']:.2f}" if row["inference_ms"] < 10 else f"{row['inference_ms']:.0f}",
    ]


def _sources(row: Mapping[str, Any]) -> list[str]:
    return [row["claimed"] or NOTHING, row["honest"] or NOTHING]


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(header), ["---"] * len(header), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


def _legend(summary: Mapping[str, Any]) -> str:
    settings, machine, load = summary["settings"], summary["machine"], summary["load"]
    busy = f", load {load[0]:g} to {load[1]:g}" if load else ""
    libraries = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    clips = {round(division["clip_seconds"], 1) for division in summary["divisions"] if division["clip_seconds"]}
    clip = f"a clip of {' or '.join(f'{seconds:g}' for seconds in sorted(clips))} s" if clips else "a clip"
    sentences = (
        f"In brackets: 95 % intervals. {_seeds_words(settings['n_seeds'])} All rows judge the",
        "same tracks; no test split was opened. Where random segments are torn apart, single segments of tracks that were",
        "learned from are judged: that column compares with no other.",
        f"Nets stop early and after {settings['epochs']} epochs at most (of each stage); they have one seed where an epoch takes",
        f"more than {settings['slow_epoch_seconds']:g} s. Epochs are counted over all folds and stages. Training: seconds of",
        "learning, of all folds together, without features. Numbers held: how many numbers a model keeps of what it learned, the",
        "weights of a net, else what its file holds.",
        f"Time of {clip}: warm median from stored features to posteriors, features left out.",
        f"{machine['system']} {machine['processor']}, {machine['cores']} cores{busy}; {libraries}; {summary['made'][:10]}.",
    )
    return " ".join(sentences)


def _seeds_words(count: int) -> str:
    if count == 1:
        return "Each row was trained once, from one seed."
    return (
        f"Up to {count} seeds: scores and intervals are those of the seed in the middle by accuracy, beside them mean ± standard "
        "deviation over the seeds (their number in brackets)."
    )

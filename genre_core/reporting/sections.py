"""The parts of a report: what the model is, how good, where it errs, how honest its probabilities are, how it learned."""

from __future__ import annotations

from genre_core.evaluation.coverage import coverage
from genre_core.evaluation.definitions import SCORE_SPECS
from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.reliability import bin_intervals, reliability
from genre_core.evaluation.report import badge_meaning
from genre_core.evaluation.scored import unsaid
from genre_core.glossary import meaning
from genre_core.models import MODELS
from genre_core.reporting import charts
from genre_core.reporting.again import commands
from genre_core.reporting.markdown import markdown
from genre_core.reporting.markup import Markup, element, joined
from genre_core.reporting.material import Material
from genre_core.reporting.tables import confusion_table, facts, table
from genre_core.runs import CARD

HEADLINES = ("accuracy", "macro_f1", "mean_average_precision", "roc_auc")
MOST_NAMES = 12
"""Of what crosses; the rest is counted."""

LEAKY = (
    "Leaky on purpose: segments of the same songs were learned from and judged. These numbers are those of a model that has "
    "heard the songs, and say nothing of others."
)


def warnings(material: Material) -> Markup:
    """What must be known before any number is read."""
    run, split = material.run, material.split
    told = [LEAKY] if split["leaky"] else []
    told += [run.caution] if run.caution else []
    if run.search and material.role == "valid":
        told.append(str(run.search["words"]))
    return joined([element("p", words, class_="warn") for words in told])


def what_it_is(material: Material) -> Markup:
    """Model, data, split, seed and versions."""
    run, split = material.run, material.split
    spec = MODELS.get(run.model)
    reads = " and ".join(dict.fromkeys(feature.title or feature.name for feature in run.features))
    crossing = [f"{what}: {_names(names)}" for what, names in _crossing(material).items() if names]
    openings = run.test_openings
    opened = f"Opened {'once' if len(openings) == 1 else f'{len(openings)} times'}: {', '.join(openings)}" if openings else ""
    n_test = len(run.track_ids("test"))
    return facts(
        {
            "Run": run.id,
            "Model": f"{spec.title if spec else run.model}{f', preset {run.preset}' if run.preset else ''}",
            "After": spec.reference if spec else "",
            "Reads": f"{reads}, in segments of {run.segments.segment_seconds:g} s" if reads else "",
            "Data set": f"{run.dataset_title}{f' ({run.dataset_note})' if run.dataset_note else ''}, fingerprint "
            f"{run.dataset_fingerprint}",
            "Genres": ", ".join(run.genres),
            "Split": f"{split['title']}, seed {split['seed']}",
            "What crosses": element("span", element("span", split["badge"], class_="badge"), f" {badge_meaning(split['badge'])}"),
            "Crossing": "; ".join(crossing),
            "Judged on": material.judged_on,
            "Test split": opened or (f"{n_test} tracks, never opened" if n_test else "none"),
            "Trained": run.created.strftime("%d %B %Y, %H:%M %Z") + (", stopped early by hand" if run.state == "stopped" else ""),
            "Came from elsewhere": f"imported on {run.imported['at']}" if run.imported else "",
            "Its user’s note": run.note,
        }
    )


def scores(material: Material) -> Markup:
    """The headline scores as cards, all scores as a table, each with its interval and its meaning."""
    report = material.report
    cards = []
    for name in HEADLINES:
        score, spec = report.intervals[name], SCORE_SPECS[name]
        value = "n/a" if score.value is None else f"{score.value:.2f}"
        words = f"{meaning(spec.term) or ''} {score.reason}".strip()
        title = spec.title.capitalize() if spec.title.islower() else spec.title.replace("macro", "Macro")
        ends = element("span", score.ends) if score.ends else None
        cards.append(element("div", title, element("b", value), ends, element("span", words, class_="note"), class_="card"))
    rows = [
        (
            spec.title,
            str(report.intervals[name]),
            "lower" if spec.lower_is_better else "higher",
            joined(meaning(spec.term), " ", element("span", f"{spec.source}.", class_="note")),
        )
        for name, spec in SCORE_SPECS.items()
        if name in report.intervals and report.intervals[name].value is not None
    ]
    chance = 1 / len(material.run.genres)
    return joined(
        element("p", f"{_sentence(material.judged_on)}. {_over(material)} Guessing gives an accuracy of about {chance:.2f}."),
        element("div", cards, class_="cards"),
        table(("score", "value", "better", "what it says, and its source"), rows, numbers=(1,)),
    )


def confusion(material: Material) -> Markup:
    """Who is taken for whom."""
    found = material.evaluation
    matrix = found.confusion_tracks if material.level == "tracks" else found.confusion_segments
    return confusion_table(matrix, material.run.genres, what=_sentence(material.judged_on))


def genres(material: Material) -> Markup:
    """Scores a genre, with F1 as a picture."""
    report = material.report
    names = {"precision": "precision", "recall": "recall", "f1": "F1", "average_precision": "average precision", "roc_auc": "AUC"}
    rows = [
        (row.genre, *(str(row.intervals[name]) for name in names), str(row.support), str(row.predicted)) for row in report.genres
    ]
    return joined(
        element("div", charts.by_genre([row.genre for row in report.genres], [row.intervals["f1"] for row in report.genres])),
        table(("genre", *names.values(), "true", "predicted"), rows, numbers=range(1, 8)),
        [element("p", f"{whose}: {reason}", class_="note") for reason, whose in unsaid(report).items()],
    )


def curves(material: Material) -> Markup:
    """Precision against recall, and ROC."""
    found, report = material.evaluation, material.report
    pr, roc = (found.pr_tracks, found.roc_tracks) if material.level == "tracks" else (found.pr_segments, found.roc_segments)
    precisions: dict[str | None, Interval] = {row.genre: row.intervals["average_precision"] for row in report.genres}
    precisions[None] = report.intervals["micro_average_precision"]
    names = material.run.genres
    return element("div", charts.precision_recall(pr, names, precisions), charts.roc(roc, names), class_="pair")


def probabilities(material: Material) -> Markup:
    """Whether its probabilities are honest, and what more certainty costs."""
    y_true, posteriors = material.y_true, material.posteriors
    calibrated = material.run.calibration
    if calibrated is None:
        told = "Not calibrated: take its probabilities as a ranking, not as the chance of being right."
    else:
        before, after = calibrated["brier"]
        told = (
            f"Calibrated with temperature {calibrated['temperature']:.2f}, chosen on its {calibrated['role']} tracks: Brier "
            f"score {before:.3f} before, {after:.3f} after."
        )
    what = material.level
    return joined(
        element("p", told),
        element(
            "div",
            charts.calibration(reliability(y_true, posteriors), bin_intervals(y_true, posteriors, material.groups), what=what),
            charts.selective(coverage(y_true, posteriors, material.groups), what=what),
            class_="pair",
        ),
    )


def training(material: Material) -> Markup:
    """How it learned, by epoch."""
    drawn = charts.history(material.run.history)
    if drawn is None:
        return element("p", "This model learns without epochs: there is no curve.", class_="note")
    best = material.run.best_epoch
    if material.run.folds is None:
        told = f"The weights of epoch {best} were kept: the lowest loss on the valid split."
    else:
        told = "A line a training: one for each fold, and the last one, of the model that serves, on all tracks."
    return joined(element("p", told), drawn)


def card(material: Material) -> Markup | None:
    """What its makers wrote about it; None where they wrote nothing."""
    path = material.run.folder / CARD
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    whose = "This run was imported; its makers wrote:" if material.run.is_imported else "Its makers wrote:"
    return joined(element("p", whose, class_="note"), markdown(text))


def settings(material: Material) -> Markup:
    """Every value that it was trained with."""
    run = material.run
    parts = {"Model": run.config, "Training": run.training, "Segments": run.segments.to_dict()}
    parts |= {f"Feature {feature.name}": feature.to_dict() for feature in run.features}
    rows = {name: ", ".join(f"{key} {value}" for key, value in values.items() if key != "name") for name, values in parts.items()}
    versions = ", ".join(f"{name} {version}" for name, version in run.manifest["versions"].items())
    return facts({**rows, "Seed": str(run.seed), "Made with": versions})


def again(material: Material) -> Markup:
    """Command lines that give these numbers again."""
    return joined([joined(element("p", f"{what}:"), element("pre", element("code", line))) for what, line in commands(material)])


def _over(material: Material) -> str:
    found = material.evaluation
    score = material.report.intervals["accuracy"]
    over = f"95 % interval over {found.n_groups} {found.over}"
    return f"In brackets: {over}; a difference inside it may be chance." if score.ends else f"No {over}: {score.reason}"


def _crossing(material: Material) -> dict[str, list[str]]:
    leaks = material.run.leaks
    if leaks is None:
        return {}
    return {"tracks": list(leaks.tracks), "artists": list(leaks.artists)}


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _names(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more

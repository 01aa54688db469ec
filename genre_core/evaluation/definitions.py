"""Every score of a report: what it is called, which glossary entry defines it, where it comes from, which way is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScoreSpec:
    """A score.

    Attributes
    ----------
    name : str
        Its field in a report.
    title : str
        Its name for people.
    term : str
        Its entry in docs/glossary.md, which holds the definition.
    source : str
        Where it was defined, or where to read about it.
    lower_is_better : bool
        Errors and losses; of all others 1 is perfect.
    """

    name: str
    title: str
    term: str
    source: str
    lower_is_better: bool = False


_TABLES = "Sokolova and Lapalme, Information Processing and Management 45, 2009"
_RANKED = "Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008, section 8.4"
_CURVES = "Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27, 2006"
_TOP = "Russakovsky et al., ImageNet Large Scale Visual Recognition Challenge, IJCV 115, 2015"

SCORE_SPECS: dict[str, ScoreSpec] = {
    spec.name: spec
    for spec in (
        ScoreSpec("accuracy", "accuracy", "accuracy", _TABLES),
        ScoreSpec("balanced_accuracy", "balanced accuracy", "balanced accuracy", "Brodersen et al., ICPR 2010"),
        ScoreSpec("macro_f1", "macro F1", "macro F1", "Opitz and Burst, Macro F1 and Macro F1, arXiv:1911.03347, 2019"),
        ScoreSpec("mean_average_precision", "mAP", "mAP", _RANKED),
        ScoreSpec("micro_average_precision", "micro AP", "micro AP", _RANKED),
        ScoreSpec("roc_auc", "AUC", "AUC", _CURVES),
        ScoreSpec("top2", "top 2", "top 3", _TOP),
        ScoreSpec("top3", "top 3", "top 3", _TOP),
        ScoreSpec("map_at_3", "MAP@3", "MAP@3", "Voorhees, The TREC-8 Question Answering Track Report, 1999 (reciprocal rank)"),
        ScoreSpec("log_loss", "log loss", "log loss", "Good, Rational Decisions, J. R. Statist. Soc. B 14, 1952", True),
        ScoreSpec(
            "calibration_error",
            "calibration error",
            "calibration error",
            "Naeini, Cooper and Hauskrecht, AAAI 2015; Guo, Pleiss, Sun and Weinberger, ICML 2017",
            True,
        ),
        ScoreSpec("brier", "Brier score", "Brier score", "Brier, Monthly Weather Review 78, 1950", True),
        ScoreSpec("mcc", "MCC", "MCC", "Gorodkin, Computational Biology and Chemistry 28, 2004"),
    )
}
"""Name -> score of a whole report, in the order of its fields."""

GENRE_SCORE_SPECS: dict[str, ScoreSpec] = {
    spec.name: spec
    for spec in (
        ScoreSpec("precision", "precision", "precision", _TABLES),
        ScoreSpec("recall", "recall", "recall", _TABLES),
        ScoreSpec("f1", "F1", "F1", _TABLES),
        ScoreSpec("average_precision", "average precision", "AP", _RANKED),
        ScoreSpec("roc_auc", "AUC", "AUC", _CURVES),
    )
}
"""Name -> score of one genre."""

SCORES = tuple(SCORE_SPECS)
"""Names of the scores of a whole report."""

GENRE_SCORES = tuple(GENRE_SCORE_SPECS)
"""Names of the scores of one genre."""

"""Compare runs in pairs on the tracks that both judged: valid or out of fold, and test where both have opened it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.errors import RunError
from genre_core.paths import Root
from genre_core.runs.library import why_not_compared
from genre_core.runs.run import Run

if TYPE_CHECKING:
    from genre_core.evaluation.compare import Comparison

MOST_RUNS = 12
"""66 pairs: with more, hardly a difference outlives the correction."""

_ROLES = {"valid": "valid", "test": "test", "folds": "out-of-fold"}


@dataclass(frozen=True, eq=False)
class Pair:
    """Two runs compared.

    Attributes
    ----------
    a, b : Run
    name_a, name_b : str
        What sentences call them.
    role_a, role_b : str
        What each was judged on: valid, folds or test.
    found : Comparison
    p_corrected : float
        p after Holm's correction for all pairs that were compared at once; the comparison's own p where it is one.
    n_pairs : int
        How many these were.
    """

    a: Run
    b: Run
    name_a: str
    name_b: str
    role_a: str
    role_b: str
    found: Comparison
    p_corrected: float
    n_pairs: int

    @property
    def judged_on(self) -> str:
        """What was counted, `40 tracks of Demo (synthesised): valid tracks, split by artist (✔ nothing crosses)`."""
        parts = []
        for run, role in ((self.a, self.role_a), (self.b, self.role_b)):
            told = _split(run, role)
            title = told["title"] if role == "folds" else f"split {told['title']}"
            parts.append(f"{_ROLES[role]} {self.found.level}, {title} ({told['badge']})")
        title, note = self.a.dataset_title, self.a.dataset_note
        about = f", {note}" if note and note not in title else ""
        return f"{self.found.n} {self.found.level} of {title}{about}: {'; '.join(dict.fromkeys(parts))}"

    @property
    def told_apart(self) -> bool:
        from genre_core.evaluation.conclusions import tells_apart

        return tells_apart(self.found, self.p_corrected)

    @property
    def verdict(self) -> str:
        """Which is better and by how much, or that the tracks cannot tell, in a sentence."""
        from genre_core.evaluation.conclusions import verdict

        return verdict(self.found, self.name_a, self.name_b, p_value=self.p_corrected)

    @property
    def grounds(self) -> str:
        """What the verdict rests on, in sentences."""
        from genre_core.evaluation.conclusions import grounds

        return grounds(self.found, p_value=self.p_corrected)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What must be known before it is believed, a sentence or two each."""
        from genre_core.evaluation.conclusions import cautions

        return (*self._of_runs(), *cautions(self.found, p_value=self.p_corrected, n_comparisons=self.n_pairs))

    def _of_runs(self) -> list[str]:
        said = []
        if self.a.is_leaky:
            said.append(
                "Both scores are leaky: segments of these very songs were learned from. What differs may be how well each run "
                "remembers songs, not how well it knows genres."
            )
        if "test" in (self.role_a, self.role_b):
            said.append(
                "This is the test split, which both runs have opened. It judges finished models: who chooses by it has no "
                "unseen tracks left."
            )
        if self.role_a != self.role_b:
            stopped, name = (self.a, self.name_a) if self.role_a == "valid" else (self.b, self.name_b)
            if stopped.history:  # it was trained in epochs, and the valid tracks chose among them
                said.append(
                    f"“{name}” was stopped early by its score on these very tracks, the other was not: that favours it a little."
                )
        for run, role, name in ((self.a, self.role_a, self.name_a), (self.b, self.role_b, self.name_b)):
            if role == "valid" and run.search:
                said.append(
                    f"“{name}” won a search of {run.search['n_trials']} settings by its score on valid tracks: that flatters it."
                )
        splits = [_split_words(run, role) for run, role in ((self.a, self.role_a), (self.b, self.role_b))]
        if splits[0] != splits[1]:
            said.append(
                f"The runs divide the tracks differently ({splits[0]}; {splits[1]}), so they learned from different songs: the "
                "difference may come from that."
            )
        return said

    def to_dict(self) -> dict[str, Any]:
        """The pair as plain JSON values."""
        runs = [
            {
                "run": run.id,
                "name": name,
                "title": run.title,
                "model": run.model,
                "dataset": run.dataset_name,
                "dataset_note": run.dataset_note,
                "role": role,
                "split": _split(run, role),
            }
            for run, name, role in ((self.a, self.name_a, self.role_a), (self.b, self.name_b, self.role_b))
        ]
        return {
            "a": runs[0],
            "b": runs[1],
            "told_apart": self.told_apart,
            "verdict": self.verdict,
            "grounds": self.grounds,
            "cautions": list(self.cautions),
            "p_corrected": self.p_corrected,
            "n_comparisons": self.n_pairs,
            **self.found.to_dict(),
        }


def compare_runs(runs: Sequence[Run], root: Root, *, role: str | None = None, names: Sequence[str] | None = None) -> list[Pair]:
    """Compare every two of the runs; nothing is written and no test split opened.

    Parameters
    ----------
    runs : sequence of Run
        Two to `MOST_RUNS`, none twice.
    root : Root
        Where their data set lies, which knows the artists.
    role : str, optional
        valid, folds or test for all of them; by default what each run is chosen by, folds where it has some, else valid.
    names : sequence of str, optional
        What the sentences call each run; by default its title, with its id where several have it.

    Returns
    -------
    list of Pair
        In the order of the runs; p is corrected for their number.

    Raises
    ------
    RunError
        If the runs' scores must not be compared (`why_not_compared`), or a run was not judged on that role; test where not all of
        them have opened it.
    ParameterError
        If two runs know different genres, or too few tracks were judged by both.
    """
    from genre_core.evaluation.compare import compare
    from genre_core.evaluation.paired import holm

    _check(runs, role)
    roles = [role or run.judged_role for run in runs]
    judged = [run.predictions(its) for run, its in zip(runs, roles, strict=True)]
    artists = [run.artists(predictions, root) for run, predictions in zip(runs, judged, strict=True)]
    places = list(combinations(range(len(runs)), 2))
    found = [compare(judged[i], judged[j], artists=artists[i], level=runs[i].judged_level) for i, j in places]
    corrected = holm(np.array([entry.p_value for entry in found]))
    names = names_of(runs) if names is None else names
    return [
        Pair(runs[i], runs[j], names[i], names[j], roles[i], roles[j], entry, float(p_value), len(places))
        for (i, j), entry, p_value in zip(places, found, corrected, strict=True)
    ]


def names_of(runs: Sequence[Run]) -> list[str]:
    """Titles of runs, with the id behind a title that several have."""
    counted = Counter(run.title for run in runs)
    return [run.title if counted[run.title] == 1 else f"{run.title} ({run.id})" for run in runs]


def _check(runs: Sequence[Run], role: str | None) -> None:
    if not 2 <= len(runs) <= MOST_RUNS:
        raise RunError(f"Two to {MOST_RUNS} runs are compared at once. Received: {len(runs)}.")
    twice = [name for name, count in Counter(run.id for run in runs).items() if count > 1]
    if twice:
        raise RunError(f"A run is compared with others, not with itself. Received: {', '.join(twice)} twice.")
    if role == "test" and (closed := [run.title for run in runs if not run.test_openings]):
        raise RunError(
            f"Runs are compared on test only where all of them have opened it. Not opened: {', '.join(closed)}. "
            "Choose between models on the valid tracks, or out of fold."
        )
    if reason := why_not_compared(runs, same_tracks=False):
        raise RunError(reason)


def _split(run: Run, role: str) -> dict[str, Any]:
    """The split that a run's score comes from: name, title, seed, badge and verdict."""
    from genre_core.evaluation.report import split_verdict

    return split_verdict(run.manifest, role=role)


def _split_words(run: Run, role: str) -> str:
    """How a run's tracks are divided, with the seed, which draws the tracks."""
    told = _split(run, role)
    return f"{told['title']}, seed {told['seed']}"

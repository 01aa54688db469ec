"""A search of settings: what it tries, what it keeps, and that it goes on; nets are stood in for where no net is needed."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genre_core.datasets.library import load_dataset
from genre_core.datasets.splits import make_split
from genre_core.datasets.store import FeatureStore
from genre_core.errors import GenreError, TrainingError
from genre_core.evaluation.metrics import log_loss
from genre_core.jobs import Job, StopAsked, perform, prepare
from genre_core.jobs.queue import make_ready
from genre_core.models.base import Scores
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training import material, search_study
from genre_core.training import search as searching
from genre_core.training.learners import LEARNERS
from genre_core.training.recipe import TrainRequest
from genre_core.training.search import search, work
from genre_core.training.search_record import SearchRecord, list_searches, load_search
from genre_core.training.search_request import METRICS, SearchRequest
from genre_core.training.search_space import suggest
from genre_core.training.trainer import train
from tests.training.given_numbers import make_songs

KNN = TrainRequest("knn", "songs")
FEW = {"k": [1, 20]}
"""Neighbours to try: there are 36 training segments."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    made = Root(tmp_path_factory.mktemp("search"))
    make_songs(made)
    return made


@pytest.fixture(scope="module")
def whole(root: Root) -> SearchRecord:
    """A search that nobody disturbs."""
    return search(SearchRequest(KNN, FEW, n_trials=5, seed=7), root)


def tried(record: SearchRecord) -> list[tuple[dict[str, Any], float | None]]:
    return [(trial.values, trial.score) for trial in record.tried]


def test_the_first_trial_is_the_settings_as_they_are_and_the_best_is_never_worse(whole: SearchRecord) -> None:
    recipe = KNN.resolve()
    assert whole.trials[0].values == {name: getattr(recipe.config, name) for name in whole.trials[0].values}
    assert whole.as_it_was == whole.trials[0]
    assert [trial.number for trial in whole.trials] == [1, 2, 3, 4, 5]
    assert whole.best is not None
    scores = [trial.score for trial in whole.trials]
    assert whole.best.score == min(scores) <= scores[0]
    assert [best for _, best in whole.best_so_far()] == np.minimum.accumulate(scores).tolist()
    assert "Best of 5: trial" in whole.verdict
    assert "best of 5 on the same 6 valid tracks, so luck is in it" in whole.caution


def test_same_seed_same_trials_and_another_seed_others(root: Root, whole: SearchRecord) -> None:
    again = search(SearchRequest(KNN, FEW, n_trials=5, seed=7), root)
    other = search(SearchRequest(KNN, FEW, n_trials=3, seed=8), root)
    assert again.id != whole.id
    assert tried(again) == tried(whole)
    assert tried(other)[0] == tried(whole)[0]
    assert tried(other)[1:] != tried(whole)[1:3]


def test_ranges_are_honoured_and_what_is_fixed_stays(root: Root) -> None:
    ranges = {"k": [3, 7], "weights": None}
    fixed = replace(KNN, config={"weights": "uniform"})
    record = search(SearchRequest(fixed, ranges, n_trials=3, metric="accuracy"), root)
    assert all(set(trial.values) == {"k"} for trial in record.trials)
    assert {trial.values["k"] for trial in record.trials} <= set(range(3, 8))
    assert record.as_it_was is None  # the range does not hold the row's own value
    winner = record.winner()
    assert winner.config == {"weights": "uniform", **record.best.values}


def test_nothing_reads_the_test_split(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = set(make_split(load_dataset("songs", root.datasets), "by_artist").ids("test"))
    gathered = []

    def divide_then_close(asked: Any) -> Any:
        divided = material.divide(asked)
        gathered.append(divided)
        for name in ("get", "load"):  # what is gathered is all that a search ever sees
            monkeypatch.setattr(FeatureStore, name, lambda *_: pytest.fail("a search reads features while it tries settings"))
        return divided

    monkeypatch.setattr(searching, "divide", divide_then_close)
    record = search(SearchRequest(KNN, FEW, n_trials=2, seed=70), root)
    [divided] = gathered
    assert len(hidden) == 6
    assert len(divided.material.n_segments) == 24
    assert not hidden & set(divided.material.n_segments)
    assert (len(divided.train_rows), len(divided.valid_rows)) == (36, 12)
    assert (record.n_judged, record.level) == (6, "tracks")


def test_the_winner_is_trained_as_a_run_that_says_where_it_comes_from(root: Root, whole: SearchRecord) -> None:
    run = train(whole.winner(), root)
    assert {name: run.config[name] for name in whole.best.values} == whole.best.values
    assert run.title == f"Winner of 5 trials: {KNN.resolve().spec.title[0].lower()}{KNN.resolve().spec.title[1:]}"
    predictions = run.predictions("valid")
    assert log_loss(predictions.y_true, predictions.posteriors) == pytest.approx(whole.best.score, abs=1e-5)
    again = Run.load(run.folder)
    assert (again.search["id"], again.search["n_trials"], again.search["metric"]) == (whole.id, 5, "log_loss")
    assert "flatters" in again.search["words"]
    assert not again.test_openings
    assert train(KNN, root).search == {}


def begun(root: Root, request: SearchRequest) -> Path:
    return prepare("search", request.to_dict(), root, name="search-knn")


def go(folder: Path, root: Root, request: SearchRequest) -> SearchRecord:
    return perform(folder, root, lambda journal: work(request.to_dict(), root, journal))


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_what_was_tried_is_kept_and_it_goes_on_as_if_nothing_had_happened(
    root: Root, whole: SearchRecord, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = SearchRequest(KNN, FEW, n_trials=5, seed=7)
    folder = begun(root, request)

    trials = []

    def suggest_and_end(trial: Any, space: Any) -> Any:
        values = suggest(trial, space)
        trials.append(values)
        if len(trials) == 3 and how == "killed":
            raise Killed
        if len(trials) == 3:
            (folder / "stop").touch()
        return values

    monkeypatch.setattr(searching, "suggest", suggest_and_end)
    with contextlib.suppress(StopAsked, Killed):
        go(folder, root, request)
    halfway = load_search(folder.name, root)
    assert [trial.state for trial in halfway.trials][:2] == ["complete", "complete"]
    assert tried(halfway) == tried(whole)[:2]
    if how == "stopped":
        status = Job(folder).status()
        assert status.state == "stopped"
        assert "Stopped; 2 trials kept. Best of 2" in status.message
    make_ready(folder)
    record = go(folder, root, request)
    assert [trial.state for trial in record.trials] == ["complete"] * 5
    assert [trial.number for trial in record.trials] == [1, 2, 3, 4, 5]  # what a person sees counts what was tried
    assert record.verdict == whole.verdict
    assert tried(record) == tried(whole)
    assert Job(folder).status().result == {"search": folder.name}
    assert not (folder / "trial").exists()


ANN = TrainRequest("ann", "songs")
RATE = ANN.resolve().training.learning_rate


class StandIn:
    """Learns in no time: its loss is what the learning rate says, and it is bad from the first epoch on."""

    stages = ("",)
    stopped = False
    made = 0

    def __init__(self, recipe: Any, n_genres: int, journal: Any) -> None:
        self.rate, self.n_genres = recipe.training.learning_rate, n_genres

    def check(self, n_segments: int) -> None: ...

    def start(self) -> None: ...

    def learn(self, task: Any) -> StandIn:
        if self.rate > 0.5:
            raise TrainingError("The loss became NaN.")
        StandIn.made += 1  # no two are equally bad: what is as good as the median is trained on
        loss = (1 + 0.01 * StandIn.made) * abs(np.log10(self.rate / RATE))
        for epoch in (1, 2, 3):
            task.after_epoch({"epoch": epoch, "loss": 0.0, "valid_loss": loss, "valid_accuracy": 0.5})
        return self

    @property
    def classifier(self) -> Any:
        def answer(x: np.ndarray) -> Scores:
            posterior = np.full((len(x), self.n_genres), 1 / self.n_genres, np.float32)
            return Scores(posterior, posterior, posterior)

        return answer


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEARNERS, "network", StandIn)
    monkeypatch.setattr(search_study, "STARTUP_TRIALS", 1)
    monkeypatch.setattr(search_study, "WARMUP_EPOCHS", 0)


@pytest.mark.usefixtures("stand_in")
def test_a_trial_worse_than_most_is_given_up_at_its_epoch_and_one_that_fails_says_why(root: Root) -> None:
    only = {**dict.fromkeys(searched(ANN)), "learning_rate": [RATE, RATE / 100, 1.0]}
    record = search(SearchRequest(ANN, only, n_trials=8), root)
    by_rate = {RATE: ("complete", 3), RATE / 100: ("pruned", 1), 1.0: ("failed", 0)}
    assert len({trial.values["learning_rate"] for trial in record.trials}) == 3
    for trial in record.trials:
        assert (trial.state, trial.epochs) == by_rate[trial.values["learning_rate"]]
        assert (trial.score is None) == (trial.state != "complete")
        assert (trial.why == "The loss became NaN.") == (trial.state == "failed")
    assert record.best == record.trials[0]
    assert record.verdict.startswith("Best of 8: the settings as they were, with ")
    patient = search(SearchRequest(ANN, only, n_trials=8, prune=False), root)
    assert "pruned" not in {trial.state for trial in patient.trials}


def searched(request: TrainRequest) -> set[str]:
    return {dimension.name for dimension in SearchRequest(request).space()}


@pytest.mark.usefixtures("stand_in")
def test_where_nothing_can_be_trained_the_search_says_so_and_has_no_winner(root: Root) -> None:
    only = {**dict.fromkeys(searched(ANN)), "learning_rate": [0.9, 1.0]}
    request = SearchRequest(ANN, only, n_trials=3)
    with pytest.raises(TrainingError, match=r"None of 3 trials could be trained. The last said: The loss became NaN\."):
        search(request, root)
    with pytest.raises(TrainingError, match="has no winner"):
        list_searches(root)[0].winner()


def test_workers_on_one_database_share_one_search(root: Root, tmp_path: Path) -> None:
    request = SearchRequest(KNN, FEW, n_trials=2, storage=f"sqlite:///{tmp_path / 'shared.db'}")
    first = search(request, root)
    second = search(replace(request, n_trials=3), root)  # as another machine would: same command, same study
    assert second.study == first.study
    assert second.id != first.id
    assert tried(second)[:2] == tried(first)
    assert len(second.tried) == 3
    assert not (root.searches / first.id / "study.db").exists()
    other = search(replace(request, n_trials=2, seed=1), root)
    assert (other.study != first.study, len(other.tried)) == (True, 2)


def test_no_new_trial_begins_after_the_time_limit(root: Root) -> None:
    record = search(SearchRequest(KNN, FEW, n_trials=50, minutes=1e-9, seed=3), root)
    assert len(record.tried) <= 1
    assert "in 1e-09 min" in Job(root.jobs / record.id).status().message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "database 'nonsense' does not answer as one: Could not parse"),
        ("postgresql+nodriver://me:secret@localhost/x", r"postgresql\+nodriver://me:\*\*\*@localhost/x does not answer as one"),
        ("sqlite:////no/such/folder/study.db", "unable to open database file. Expected a URL like postgresql://user@host/name"),
        ("mysql://me:secret@localhost/x", r"mysql://me:\*\*\*@localhost/x needs a driver that is not installed"),
    ],
)
def test_a_database_that_is_none_is_said_before_a_job_begins(root: Root, url: str, words: str) -> None:
    before = set(root.jobs.iterdir())
    with pytest.raises(TrainingError, match=words) as told:
        search(SearchRequest(KNN, storage=url), root)
    assert "secret" not in str(told.value)
    assert set(root.jobs.iterdir()) == before


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (SearchRequest(replace(KNN, split="", folds=3)), "judges its trials on the valid split. Received: folds"),
        (SearchRequest(KNN, metric="f1"), "There is no score to search by named 'f1'. Choose one of: accuracy, log_loss"),
        (SearchRequest(KNN, FEW, n_trials=1), r"n_trials must lie in \[2, "),
        (SearchRequest(KNN, minutes=-1.0), "minutes must be 0"),
        (SearchRequest(KNN, {"neighbours": [1, 5]}), "no parameter to search named 'neighbours'"),
        (SearchRequest(replace(KNN, model="cnn_small")), "cnn_small needs log_mel"),
        (SearchRequest(replace(KNN, dataset="absent")), "absent"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(root: Root, request_: SearchRequest, words: str) -> None:
    with pytest.raises(GenreError, match=words):
        search(request_, root)


def test_a_request_comes_back_from_json() -> None:
    request = SearchRequest(KNN, {"k": [1, 5]}, 9, "accuracy", 4, "sqlite:///x.db", 2.0, prune=False)
    assert SearchRequest.from_dict(json.loads(json.dumps(request.to_dict()))) == request
    with pytest.raises(TrainingError, match="Expected the request of a search"):
        SearchRequest.from_dict({"model": "knn"})


def test_a_search_written_by_an_older_version_counts_what_was_tried(whole: SearchRecord) -> None:
    values = json.loads(json.dumps(whole.to_dict()))
    values["trials"].insert(2, {**values["trials"][2], "state": "broken off", "score": None})
    for number, entry in enumerate(values["trials"], start=1):
        entry["number"] = number
    assert SearchRecord.from_dict(values) == whole


def test_searches_are_found_by_name_and_a_damaged_one_hides_none(root: Root, whole: SearchRecord) -> None:
    assert load_search(whole.id, root) == whole
    damaged = root.searches / "00-damaged"
    damaged.mkdir()
    (damaged / "search.json").write_text("{}")
    assert whole in list_searches(root)
    with pytest.raises(TrainingError, match="Expected what a search has tried"):
        load_search("00-damaged", root)
    with pytest.raises(TrainingError, match="There is no search named 'nothing'"):
        load_search("nothing", root)


def test_what_matters_is_told_from_ten_trials_on(tmp_path: Path) -> None:
    study = search_study.Study(tmp_path, url="", name="toy", metric=METRICS["log_loss"], seed=0, worker="me")
    for number in range(12):
        if number == 9:
            assert not study.importance(study.trials())
        trial = study.ask()
        x, _ = trial.suggest_float("x", 0.0, 1.0), trial.suggest_float("idle", 0.0, 1.0)
        study.end(trial, "complete", score=(x - 0.3) ** 2)
    found = study.importance(study.trials())
    assert list(found) == ["x", "idle"]
    assert found["x"] > 0.5
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-3)


def test_a_net_is_searched_epoch_by_epoch_and_what_is_hopeless_given_up(trained: Path) -> None:
    record = SearchRecord.from_dict(json.loads((trained / "notes.json").read_text())["searched"])
    assert [(trial.state, trial.epochs) for trial in record.trials] == [("complete", 2), ("pruned", 1)]
    assert record.best == record.trials[0]
    assert not list((trained / "jobs" / record.id).glob("trial*"))


def test_what_holds_is_the_test_split_only_where_there_is_one(whole: SearchRecord) -> None:
    assert whole.has_test
    assert whole.caution.endswith("What holds is the score on the test split, opened once.")
    assert "such as a test split" in replace(whole, has_test=None).caution
    without = replace(whole, has_test=False)
    assert "This split has no test track: what holds is the score on songs that had no part in the choice" in without.caution
    assert "opened once" not in without.winner().search["words"]


def test_why_it_is_not_told_what_mattered(whole: SearchRecord) -> None:
    assert whole.why_no_importance == "What mattered is told from 10 finished trials on, here are 5."
    assert replace(whole, importance={"k": 0.7, "weights": 0.3}).why_no_importance == ""
    alone = replace(whole, space=whole.space[:1], importance={"k": 1.0})
    assert alone.why_no_importance.startswith("One setting is searched")

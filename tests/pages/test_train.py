"""The Train page: choosing among the models, a form for each of them, its picture, and what is said of a training."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.audio import SegmentConfig, encode_wav
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features import FEATURES
from genre_core.features.spectral import LogMel
from genre_core.jobs.job import ALIVE
from genre_core.jobs.locks import FileLock
from genre_core.models import MODELS
from genre_core.models.serve import RECONSTRUCTION
from genre_core.paths import Root, find_root
from genre_core.runs import Run
from genre_core.training.differing import differing, names_apart
from genre_core.training.recipe import TrainRequest
from pages.ui import cached
from pages.ui.choosing import CARDS_A_ROW, GROUPS
from pages.ui.fitted import WORDS, cluster_rows, report_rows
from pages.ui.keeping import has_autoencoder
from pages.ui.page import PAGES
from pages.ui.watching import last_stage
from tests.datasets.tiny_songs import made
from tests.runs.samples import manifest, save, whole_run
from tests.tiny_run import tone

APP = str(Path(__file__).resolve().parents[2] / "app.py")
NETS = [name for name, spec in MODELS.items() if spec.family == "network"]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[TrainRequest]:
    """A root with songs; what was asked for instead of what was started."""
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    save_dataset(made({"blues": 20, "rock": 20}), tmp_path / "datasets")
    asked: list[TrainRequest] = []

    def start(kind: str, values: dict, root: Root, *, name: str = "") -> jobs.Job:
        asked.append(TrainRequest.from_dict(values))
        return jobs.Job(root.runs / "started")

    monkeypatch.setattr(jobs, "start", start)
    return asked


def visit(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page(PAGES["train"].file)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def linked(app: AppTest, name: str) -> str:
    """What the address says: text or a list of one."""
    return "".join(app.query_params[name])


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def button(app: AppTest, label: str):
    [found] = [one for one in app.button if one.label.replace("\\", "") == label]
    return found


def figures(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def drawn_texts(app: AppTest) -> list[str]:
    return [text for figure in figures(app) for trace in figure["data"] for text in trace.get("text") or []]


# Choosing


@pytest.mark.parametrize("name", MODELS)
def test_each_model_has_its_form_and_trains_with_the_values_that_it_shows(name: str, started: list[TrainRequest]) -> None:
    app = visit(model=name)
    assert not app.error
    assert f"`{name}`" in words(app)
    button(app, "Train").click().run()
    assert not app.exception
    assert not app.error
    [request] = started
    assert request.resolve() == TrainRequest(name).resolve()
    assert (f"The net of “{MODELS[name].title}”, layer by layer" in words(app)) == (name in NETS)
    assert "tensorflow" not in sys.modules


def test_models_stand_in_groups_of_few_and_another_group_is_a_click_away(started: list[TrainRequest]) -> None:
    app = visit(model="svm")
    groups = {group: [name for name, spec in MODELS.items() if spec.good_for == group] for group in GROUPS}
    assert sorted(name for names in groups.values() for name in names) == sorted(MODELS)
    cards = [one.key.rpartition(".")[2] for one in app.button if (one.key or "").startswith("train.choose.")]
    assert cards == groups["classic"]
    app.button_group(key="train.group").set_value("deep").run()
    cards = [one.key.rpartition(".")[2] for one in app.button if (one.key or "").startswith("train.choose.")]
    assert cards == groups["deep"]
    assert linked(app, "model") == "svm"  # to look is not to choose
    app.button(key="train.choose.rcnn").click().run()
    assert linked(app, "model") == "rcnn"
    assert CARDS_A_ROW == 4


def test_a_card_names_id_summary_and_source(started: list[TrainRequest]) -> None:
    app = visit(model="svm")
    card = app.button(key="train.choose.svm")
    assert card.label == MODELS["svm"].title
    assert "2011" in card.help.replace("\\", "")
    assert f"`svm` {MODELS['svm'].summary}" in words(app)


def test_where_a_model_comes_from_is_told_with_claims_and_differences(started: list[TrainRequest]) -> None:
    said = words(visit(model="rcnn"))
    assert MODELS["rcnn"].reference in said
    assert all(sentence in said for sentence in MODELS["rcnn"].differences)
    assert 'The source claims: **87 %, "a day to train"**' in said
    assert "Under an honest protocol: **87 % by track is the best from scratch**" in said


def test_what_is_known_of_a_model_stands_where_one_trains_and_beside_its_score(started: list[TrainRequest]) -> None:
    assert "The source reports 87 % on 4 genres, under its own protocol; known under an honest one: 75 % by track." in words(
        visit(model="svm")
    )
    finished(find_root(), "svm")
    assert "The source reports 87 % on 4 genres" in words(visit(model="tree"))


# Presets


def test_a_preset_changes_what_the_form_begins_with_and_what_is_asked_for(started: list[TrainRequest]) -> None:
    app = visit(model="rcnn")
    assert app.number_input(key="train.rcnn.model.dropout").value == 0.2
    app.selectbox(key="train.rcnn.preset").set_value("source").run()
    assert linked(app, "preset") == "source"
    assert app.number_input(key="train.rcnn.source.model.dropout").value == 0.5
    assert app.selectbox(key="train.rcnn.source.training.optimizer").value == "rmsprop_nesterov"
    assert MODELS["rcnn"].presets["source"].note in words(app)
    button(app, "Train").click().run()
    [request] = started
    assert request.preset == "source"
    assert request.resolve() == TrainRequest("rcnn", preset="source").resolve()


def test_a_preset_may_read_something_else(started: list[TrainRequest]) -> None:
    app = visit(model="lstm", preset="source")
    assert "128 × 1,292" in drawn_texts(app)
    button(app, "Train").click().run()
    [request] = started
    assert [feature.name for feature in request.resolve().features] == ["log_mel"]
    assert "preset" not in visit(model="rnn").query_params


def test_a_preset_may_read_two_layers_of_one_net(started: list[TrainRequest]) -> None:
    app = visit(model="transfer", preset="gaussian")
    assert not app.exception
    layers = [app.selectbox(key=f"train.transfer.gaussian.backbone{number}.layer") for number in ("", "2")]
    assert [box.value for box in layers] == ["tags", "mean_pool"]
    layers[1].set_value("max_pool").run()
    button(app, "Train").click().run()
    [request] = started
    assert [feature.to_dict().get("layer") for feature in request.resolve().features] == ["tags", "max_pool"]


# Values


def test_features_segments_and_augmentation_are_asked_for(started: list[TrainRequest]) -> None:
    app = visit(model="cnn_small")
    app.number_input(key="train.cnn_small.log_mel.n_mels").set_value(64)
    app.number_input(key="train.cnn_small.segments.segment_seconds").set_value(5.0)
    app.number_input(key="train.cnn_small.training.time_masks").set_value(2)
    app.selectbox(key="train.cnn_small.training.schedule").set_value("cosine")
    app.selectbox(key="train.cnn_small.model.width").set_value(2.0)
    app.run()
    assert "64 × 216" in drawn_texts(app)
    assert "conv 3 x 3, 128 channels, batch norm, ReLU" in drawn_texts(app)
    button(app, "Train").click().run()
    [request] = started
    recipe = request.resolve()
    assert recipe.features == (FEATURES["log_mel"](n_mels=64),)
    assert (recipe.segments.segment_seconds, recipe.config.width) == (5.0, 2.0)
    assert (recipe.training.time_masks, recipe.training.schedule) == (2, "cosine")


@pytest.mark.parametrize(
    ("model", "values", "sentence"),
    [
        ("svm", {"segments.hop_seconds": 9.0}, "hop_seconds must not exceed segment_seconds"),
        ("lstm", {"mfcc.n_mfcc": 60, "mfcc.n_mels": 40}, "coefficients (n_mfcc) must not exceed the mel bands"),
        ("ann", {"training.time_masks": 1}, "Masks and random crops need a feature with frames"),
        ("cnn", {"segments.segment_seconds": 2.0, "segments.hop_seconds": 2.0}, "nothing is left at"),
    ],
)
def test_values_that_do_not_fit_are_said_before_a_job_is_made(
    model: str, values: dict[str, float], sentence: str, started: list[TrainRequest]
) -> None:
    app = visit(model=model)
    for name, value in values.items():
        app.number_input(key=f"train.{model}.{name}").set_value(value)
    app.run()
    assert not app.exception
    assert any(sentence in error.value.replace("\\", "") for error in app.error)
    assert button(app, "Train").disabled
    assert not started


def test_a_share_of_the_tracks_does_not_go_with_folds(started: list[TrainRequest]) -> None:
    app = visit(model="logistic")
    app.select_slider(key="train.folds").set_value(3)
    app.select_slider(key="train.train_share").set_value(0.5).run()
    assert "A share of the training tracks needs a split of tracks" in words(app)
    assert button(app, "Train").disabled


# Watching


def training(root: Root, model: str, state: str, history: list[dict], **status) -> jobs.Job:
    """A job as a training writes it."""
    job = jobs.Job(jobs.prepare("train", TrainRequest(model, "made").to_dict(), root, name=model))
    told = {"state": state, "message": "Said", "created": 1.0, "updated": 1.0, "epochs": 4, "epoch": len(history), **status}
    (job.folder / "status.json").write_text(json.dumps(told), encoding="utf-8")
    (job.folder / "history.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in history), encoding="utf-8")
    return job


DRAWING = [{"part": "autoencoder", "epoch": n, "error": 1 / n, "valid_error": 1.1 / n, "seconds": 1.0} for n in (1, 2, 3)]
TELLING = [
    {"part": "genres", "epoch": n, "loss": 2 / n, "accuracy": 0.3, "valid_loss": 2.0, "valid_accuracy": 0.2, "seconds": 1.0}
    for n in (1, 2)
]


def axis_titles(figure: dict) -> set[str]:
    axes = [axis for name, axis in figure["layout"].items() if name.startswith("yaxis")]
    return {axis["title"]["text"] for axis in axes if axis.get("title", {}).get("text")}


def curves(app: AppTest) -> set[str]:
    [found] = [axis_titles(figure) for figure in figures(app) if figure["layout"].get("xaxis", {}).get("title", {}).get("text")]
    return found


def test_an_autoencoder_shows_its_error_then_its_genres(started: list[TrainRequest]) -> None:
    job = training(find_root(), "ae_cnn", "finished", DRAWING)
    app = visit(model="ae_cnn")
    assert curves(app) == {"Reconstruction error [variances]"}
    (job.folder / "history.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in DRAWING + TELLING))
    app.run()
    assert curves(app) == {"Loss [nats]", "Accuracy of segments"}  # it follows what is trained now
    stages = app.button_group(key=f"train.stage.{job.id}")
    assert stages.options == ["1 Autoencoder", "2 Genres"]
    stages.set_value("autoencoder").run()
    assert curves(app) == {"Reconstruction error [variances]"}


def test_a_part_that_has_not_begun_says_so(started: list[TrainRequest]) -> None:
    job = training(find_root(), "ae_cnn", "finished", DRAWING)
    app = visit(model="ae_cnn")
    app.button_group(key=f"train.stage.{job.id}").set_value("genres").run()
    assert "The part “genres” has not begun yet." in words(app)


def test_a_model_without_epochs_shows_its_score_and_what_it_found(started: list[TrainRequest]) -> None:
    root = find_root()
    job = training(root, "svm", "finished", [])
    made_of_job = {name: (job.folder / name).read_bytes() for name in ("request.json", "status.json", "history.jsonl")}
    shutil.rmtree(job.folder)
    whole_run(job.folder, run_id=job.id, history=[], fitted={"support_vectors": 1234, "converged": True})
    for name, content in made_of_job.items():
        (job.folder / name).write_bytes(content)
    app = visit(model="svm")
    assert "there is a score instead of a curve" in words(app)
    assert [metric.label for metric in app.metric] == ["Accuracy", "Macro F1"]
    assert "| Support vectors | 1,234 | Segments at a border" in words(app)


def finished(root: Root, model: str, **values) -> Run:
    """A training that came to its end, with its run."""
    job = training(root, model, "finished", [])
    left = {name: (job.folder / name).read_bytes() for name in ("request.json", "status.json", "history.jsonl")}
    shutil.rmtree(job.folder)
    run = whole_run(job.folder, run_id=job.id, model=model, history=[], **values)
    for name, content in left.items():
        (job.folder / name).write_bytes(content)
    return run


def test_a_result_stands_under_its_own_title_and_the_chosen_net_apart(started: list[TrainRequest]) -> None:
    finished(find_root(), "svm")
    app = visit(model="ann")
    assert "**Tiny**, finished, on made" in words(app)
    placed = [chart.proto.id.rpartition("-")[2] for chart in app.get("plotly_chart")]
    assert placed.index("train.outcome") < placed.index("train.net")
    assert f"The net of “{MODELS['ann'].title}”, layer by layer" in words(app)


def test_all_trainings_that_ended_in_sight_are_said(started: list[TrainRequest]) -> None:
    root = find_root()
    jobs_of = [training(root, model, "queued", []) for model in ("svm", "tree")]
    for job in jobs_of:
        status = json.loads((job.folder / "status.json").read_text())
        (job.folder / "status.json").write_text(json.dumps({**status, "updated": time.time(), "pid": None}))
    app = visit(model="svm")
    for job, title in zip(jobs_of, ("First", "Second"), strict=True):
        kept = (job.folder / "request.json").read_bytes()
        shutil.rmtree(job.folder)
        whole_run(job.folder, run_id=job.id, model="svm", history=[], title=title)
        (job.folder / "request.json").write_bytes(kept)
        (job.folder / "status.json").write_text(json.dumps({"state": "finished", "message": "Said", "created": 1.0}))
    app.run()
    lines = [line for line in words(app).splitlines() if ", finished: accuracy" in line]
    assert len(lines) == 1  # the other one is shown in full
    assert lines[0] == "**First**, finished: accuracy 1.00, 1 valid track"
    assert "**Second**, finished, on made" in words(app)


def test_waiting_trainings_are_named_and_can_be_taken_out(started: list[TrainRequest]) -> None:
    root = find_root()
    at_work, waits = training(root, "svm", "training", []), training(root, "tree", "queued", [])
    locks = [FileLock(job.folder / ALIVE) for job in (at_work, waits)]
    assert all(lock.acquire() for lock in locks)
    app = visit(model="svm")
    assert "Training Decision tree, split by artist, asked for at " in words(app)
    app.button(key=f"train.take_out.{waits.id}").click().run()
    assert waits.stop_asked
    assert not at_work.stop_asked
    status = json.loads((waits.folder / "status.json").read_text())
    (waits.folder / "status.json").write_text(json.dumps({**status, "state": "stopped"}))
    locks[1].release()
    app.run()
    assert not waits.folder.exists()
    assert "Decision tree, split" not in words(app)
    locks[0].release()
    assert not app.exception


def test_what_a_training_costs_is_said_before_the_click(started: list[TrainRequest]) -> None:
    assert "Features of 32 songs" in words(visit(model="svm"))  # the test tracks are not read
    root = find_root()
    dataset = load_dataset("made", root.datasets)
    recipe = TrainRequest("svm").resolve()
    for track in dataset.tracks:
        path = FeatureStore(root.features).path(track, recipe.features[0], recipe.segments)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    cached._not_stored.clear()
    assert "Its features are stored: it begins at once." in words(visit(model="svm"))
    history = [{"epoch": n, "loss": 1.0, "valid_loss": 1.0, "seconds": 4.0} for n in (1, 2)]
    made_of = {"name": "made", "title": "Made", "note": "", "fingerprint": dataset.fingerprint}
    whole_run(root.runs / "earlier", model="ann", preset="", history=history, dataset=made_of)
    assert "An epoch took 4.0 s in the last training of it on these songs: " in words(visit(model="ann"))


def test_everything_that_a_model_reports_has_words() -> None:
    genres = ("blues", "rock")
    fitted = {
        "calibration": {"folds": 5, "divided_genres": [1]},
        "components": [3, 2],
        "objectives": [2.0, 1.5],
        "objective": 1.5,
        "iterations": 4,
        "clusters": [{"genre": 0, "size": 3}, {"genre": 1, "size": 5}],
        "from_tomorrow": 7,
    }
    rows = {row["what it found"]: row["value"] for row in report_rows(fitted, genres)}
    assert rows == {
        "Probabilities learned on": "5 folds of whole tracks, but of rock: one track only",
        "Gaussians a genre": "blues 3, rock 2",
        "Objective of all starts": "1.5 to 2 nats in 2 starts",
        "Objective": "1.5 nats",
        "Rounds": "4",
        "from tomorrow": "7",
    }
    clusters = [*fitted["clusters"], {"genre": 0, "size": 4}]
    assert [list(row.values()) for row in cluster_rows(clusters, (*genres, "jazz"))] == [["blues", 2, 7, 4], ["rock", 1, 5, 5]]
    assert all(meaning.endswith(".") for _, _, meaning in WORDS.values())


def test_the_last_stage_is_what_runs_are_overlaid_by() -> None:
    plain = [{"epoch": 1, "loss": 1.0}]
    assert last_stage(plain) == plain
    assert last_stage([]) == []
    assert last_stage(DRAWING + TELLING) == TELLING
    folds = [{"part": f"fold {fold}", "epoch": 1, "loss": 1.0} for fold in (1, 2)]
    assert last_stage([*folds, {"part": "all tracks", "epoch": 1, "loss": 0.5}]) == folds[:1]
    staged = [{**entry, "part": f"fold {fold}: {entry['part']}"} for fold in (1, 2) for entry in DRAWING + TELLING]
    assert [entry["part"] for entry in last_stage(staged)] == ["fold 1: genres"] * len(TELLING)


# What an autoencoder keeps


def write_echo(path: Path, shape: tuple[int, ...], n_genres: int) -> None:
    """A graph that gives back what it reads, 6 dB louder, as its reconstruction."""
    nodes = [
        helper.make_node("Add", ["x", "louder"], [RECONSTRUCTION]),
        helper.make_node("ReduceMean", ["x", "axes"], ["embedding"], keepdims=0),
        helper.make_node("MatMul", ["embedding", "w"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["posterior"], axis=1),
    ]
    constants = [
        numpy_helper.from_array(np.array([2], np.int64), "axes"),
        numpy_helper.from_array(np.float32(6.0), "louder"),
        numpy_helper.from_array(np.zeros((shape[0], n_genres), np.float32), "w"),
    ]
    sizes = {"logits": (n_genres,), "posterior": (n_genres,), "embedding": shape[:1], RECONSTRUCTION: shape}
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *size]) for name, size in sizes.items()]
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])
    graph = helper.make_graph(nodes, "echo", [source], outputs, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), str(path))


def test_a_finished_autoencoder_draws_a_valid_track_again_and_is_heard(
    started: list[TrainRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, played = find_root(), []
    job = training(root, "ae_cnn", "finished", DRAWING + TELLING)
    mel, cut = LogMel(n_mels=16), SegmentConfig(segment_seconds=0.5, hop_seconds=0.5)
    (root.datasets / "sung").mkdir(parents=True)
    path = root.datasets / "sung" / "tone.wav"
    path.write_bytes(encode_wav(tone(440.0, 1.2)))
    tracks = (Track("sung.a", "blues", path, None, 1.2, "a"), Track("sung.b", "rock", None, None, 1.2, "b"))
    save_dataset(Dataset("sung", tracks), root.datasets)
    run = Run(job.folder, manifest(job.id, model="ae_cnn", features=[mel.to_dict()], segments=cut.to_dict()))
    run.manifest["split"]["roles"] = {"sung.a": "valid", "sung.b": "train"}
    run.manifest["dataset"] |= {"name": "sung"}
    run.save()
    write_echo(job.folder / "model.onnx", mel.shape(cut.length(mel.sr)), 2)
    monkeypatch.setattr("pages.ui.keeping.player", lambda clip, **given: played.append((clip, given)))
    app = visit(model="ae_cnn")
    assert not played
    app.toggle(key=f"train.keeping.{job.id}").set_value(True).run()
    assert not app.exception
    assert "Its picture is off by 6.0 dB on average." in words(app)
    (read, seen), (drawn, again) = played
    assert read.seconds == pytest.approx(0.5)
    assert drawn.n_samples == read.n_samples
    assert seen["panels"][0].layers[0].high == again["panels"][0].layers[0].high  # the same colours for the same values
    assert [sound.name for sound in seen["sounds"]] == ["log-mel alone"]
    app.select_slider(key=f"train.keeping.{job.id}.segment").set_value(2).run()
    assert not app.exception


def test_only_nets_with_an_autoencoder_offer_it(tmp_path: Path) -> None:
    told = {name: has_autoencoder(save(tmp_path / name, model=name, features=[LogMel().to_dict()])) for name in MODELS}
    assert {name for name, has in told.items() if has} == {"ae_cnn", "fusion"}


# Over each other


def test_runs_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    config = {"name": "ann", "dropout": 0.3, "l2": 1e-4, "batch_norm": True}
    one = save(tmp_path / "one", config=config)
    two = save(tmp_path / "two", config={**config, "dropout": 0.6})
    three = save(tmp_path / "three", config={**config, "batch_norm": False, "l2": 0.0})
    assert differing([one, two]) == ["dropout 0.3", "dropout 0.6"]
    assert differing([one, three]) == ["L2 penalty 0.0001, batch norm", "L2 penalty 0, no batch norm"]
    assert differing([one, one]) == ["", ""]
    other = save(tmp_path / "four", config=config, training={"name": "train", "epochs": 9, "batch_size": 64})
    assert differing([one, other])[1] == "epochs 9, batch size 64"
    assert names_apart([one, two]) == ["Try, dropout 0.3", "Try, dropout 0.6"]
    assert names_apart([one, one]) == [f"Try ({one.id})"] * 2
    assert names_apart([one, save(tmp_path / "five", model="svm", title="Other")]) == ["Try", "Other"]


def test_ticked_runs_are_overlaid_with_what_differs_in_the_legend(started: list[TrainRequest]) -> None:
    root = find_root()
    for name, dropout in (("one", 0.3), ("two", 0.6)):
        whole_run(root.runs / name, run_id=name, title=f"Net {name}", config={"name": "ann", "dropout": dropout}, model="ann")
    app = visit(runs="one,two")
    legends = [{trace.get("name") for trace in figure["data"]} for figure in figures(app)]
    assert any(
        {f"{n}. dropout {value}, {role}" for n, value in numbered for role in ("train", "valid")} <= legend
        for legend in legends
        for numbered in ([(1, 0.3), (2, 0.6)], [(1, 0.6), (2, 0.3)])
    )
    assert set(linked(app, "runs").split(",")) == {"one", "two"}
    assert "Look at the gap between a run's dotted train curve and its solid valid curve" in words(app)

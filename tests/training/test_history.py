"""The epochs of a run on disk: whole lines, cut where a continued training begins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genre_core.training.history import History, parts_of, read_history
from genre_core.training.state import TrainState


def entry(epoch: int, part: str = "") -> dict:
    return {**({"part": part} if part else {}), "epoch": epoch, "loss": 2.0 / epoch}


def test_a_half_written_line_is_left_out(tmp_path: Path) -> None:
    assert read_history(tmp_path) == []
    History(tmp_path).add(entry(1))
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"epoch": 2, "lo')
    assert read_history(tmp_path) == [entry(1)]


def test_cut_forgets_what_came_after_the_saved_state_of_that_part(tmp_path: Path) -> None:
    history = History(tmp_path)
    for written in (entry(1, "fold 1"), entry(2, "fold 1"), entry(1, "fold 2"), entry(2, "fold 2")):
        history.add(written)
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"epoch": 3, "lo')
    again = History(tmp_path)
    again.cut("fold 2", 1)
    again.add(entry(2, "fold 2"))
    assert read_history(tmp_path) == [entry(1, "fold 1"), entry(2, "fold 1"), entry(1, "fold 2"), entry(2, "fold 2")]
    assert again.of("fold 2") == [entry(1, "fold 2"), entry(2, "fold 2")]
    assert list(parts_of(again.entries)) == ["fold 1", "fold 2"]


def test_a_state_comes_back_as_it_was(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal((3, 2)).astype(np.float32), np.array([7, 9], np.uint32), np.float32(0.5)]
    state = TrainState("fold 2", "abc", 3, 2, 0.25, arrays, arrays[:1] * 12, arrays[::-1])
    state.save(tmp_path / "state.npz")
    again = TrainState.load(tmp_path / "state.npz")
    assert (again.part, again.fingerprint, again.epoch, again.best_epoch, again.best_loss) == ("fold 2", "abc", 3, 2, 0.25)
    for name in ("variables", "optimizer", "best"):
        before, after = getattr(state, name), getattr(again, name)
        assert len(before) == len(after)
        assert all(np.asarray(x).dtype == y.dtype and (x == y).all() for x, y in zip(before, after, strict=True))


@pytest.mark.parametrize("content", [b"", b"PK nonsense", None])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "state.npz").write_bytes(content)
    assert TrainState.load(tmp_path / "state.npz") is None

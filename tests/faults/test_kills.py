"""Three kills of each kind of work at random moments, each continued without loss; the script `kills` does ten."""

import sys

import pytest

from genre_core.datasets import import_work
from genre_core.datasets.importers import import_folder
from genre_core.datasets.removed import put_in_place
from genre_core.errors import DatasetError
from genre_core.jobs import Journal, prepare
from genre_core.paths import Root
from tests.datasets.tiny_songs import write_folder
from tests.faults.kills import ROOT, WORKS, kill_at_random, survive


@pytest.mark.parametrize("name", WORKS)
def test_killed_three_times_and_continued_without_loss(tmp_path, name):
    killed = [start for start in survive(WORKS[name], tmp_path, kills=3, seed=1) if not start.finished]
    assert [start.returncode for start in killed] == [-9] * 3


COUNTING = """
import sys, time
from pathlib import Path
from genre_core.datasets import hearing
from genre_core.datasets import import_work
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import save_dataset
from genre_core.errors import DatasetError
from genre_core.jobs import Journal, prepare
from genre_core.paths import Root
folder = Path(sys.argv[1])
real = hearing.decode
def decode(path):
    with (folder / "decoded.txt").open("a", encoding="utf-8") as log:
        log.write(f"{path}\\n")
    return real(path)
hearing.decode = decode
import_folder(folder / "music", memory=folder / "heard.jsonl", processes=1, progress=lambda *told: time.sleep(0.02))
"""


def test_a_killed_import_decodes_nothing_that_it_remembers(tmp_path):
    write_folder(tmp_path / "music", n_tracks=8)
    memory, log = tmp_path / "heard.jsonl", tmp_path / "decoded.txt"
    command = [sys.executable, "-c", COUNTING, str(tmp_path)]
    killed = kill_at_random(command, at_progress=lambda: memory.exists() and memory.read_bytes().count(b"\n") >= 5)
    assert not killed.finished, killed.stderr
    before = log.read_text(encoding="utf-8").splitlines()
    remembered = memory.read_bytes().count(b"\n")
    assert len(before) - 1 <= remembered <= len(before) < 16
    assert kill_at_random(command, cwd=ROOT).returncode == 0
    again = log.read_text(encoding="utf-8").splitlines()[len(before) :]
    assert len(again) == 16 - remembered
    assert not set(again) & set(before[:remembered])
    expected = import_folder(tmp_path / "music", processes=1)
    assert import_folder(tmp_path / "music", processes=1, memory=memory) == expected


class Killed(BaseException):
    """Stands for a kill at one exact place."""


def test_an_import_broken_off_right_after_saving_can_be_continued(tmp_path, monkeypatch):
    root, values = Root(tmp_path), {"folder": str(write_folder(tmp_path / "music")), "name": "mine", "processes": 1}
    first, second = (prepare("import", values, root) for _ in range(2))

    def place_and_die(staged, folder, **options):
        put_in_place(staged, folder, **options)
        raise Killed

    monkeypatch.setattr(import_work, "put_in_place", place_and_die)
    with pytest.raises(Killed):
        import_work.work(values, root, Journal(first))
    monkeypatch.undo()
    assert import_work.work(values, root, Journal(first))["tracks"] == 6
    with pytest.raises(DatasetError, match="named 'mine' already"):
        import_work.work(values, root, Journal(second))


def test_a_pool_ends_with_its_killed_parent(tmp_path):
    code = (
        "import sys, time\nfrom genre_core.parallel import as_completed\n"
        "for _ in as_completed(time.sleep, [0.0] * 2 + [60.0] * 8, processes=2): open(sys.argv[1], 'w').close()\n"
    )
    begun = tmp_path / "begun"
    killed = kill_at_random([sys.executable, "-c", code, str(begun)], at_progress=begun.exists, at_seconds=0.2)
    assert not killed.finished, killed.stderr
    assert killed.orphans == ()

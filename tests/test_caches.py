"""Every cache of the dashboard is bounded, each by itself and all together, however many visitors come."""

from __future__ import annotations

import ast
import gc
import platform
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.byte_util import config_max_cache_data_size_to_bytes

from pages.ui import cached
from pages.ui.shelf import Room, Shelf, give_back_freed_memory

ROOT = Path(__file__).resolve().parent.parent
FILES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
BOUNDS = {"max_entries", "max_size", "ttl"}
MOST_MB = 130


def unbounded(source: str) -> list[int]:
    """Lines where a Streamlit cache is used without a limit."""
    tree = ast.parse(source)
    caches = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name) and _name(node).startswith("cache_")]
    bounded = {
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and any(word.arg in BOUNDS and not _is_none(word.value) for word in node.keywords)
    }
    return [node.lineno for node in caches if node not in bounded and _name(node) in ("cache_data", "cache_resource")]


def _name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_cache_has_a_limit(path):
    assert not unbounded(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "@st.cache_data\ndef f(): ...",
        "@st.cache_data()\ndef f(): ...",
        "@st.cache_resource(show_spinner=False)\ndef f(): ...",
        "@st.cache_data(max_entries=None)\ndef f(): ...",
        "from streamlit import cache_data\n@cache_data(persist=True)\ndef f(): ...",
        "g = st.cache_data(f)",
    ],
)
def test_a_cache_without_a_limit_is_found(source):
    assert unbounded(source)


@pytest.mark.parametrize("bound", ["max_entries=4", "max_size='9MB'", "ttl=60"])
def test_a_bounded_cache_passes(bound):
    assert not unbounded(f"@st.cache_data({bound})\ndef f(): ...")


def test_caches_live_in_files_of_their_own():
    users = {str(path.relative_to(ROOT)) for path in FILES if "@st.cache_" in path.read_text(encoding="utf-8")}
    assert "pages/ui/cached.py" in users
    assert all(re.fullmatch(r"pages/ui/cache(d|s_[a-z]+)\.py", user) for user in users), users


def test_all_visitors_together_are_bounded():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    small = config_max_cache_data_size_to_bytes(config["server"]["maxCacheDataSize"])
    assert small is not None
    assert 0 < small + cached.ROOM.max_bytes <= MOST_MB * 2**20


def test_thirty_visitors_hold_no_more_than_the_room():
    room = Room(1000)
    visitors = [Shelf(room) for _ in range(30)]
    for number in range(10):
        for visitor in visitors:
            visitor.get(number, lambda: b"0" * 99, len)
            assert room.n_bytes <= 1000
    assert room.n_bytes == 990


def test_what_was_used_longest_ago_goes_first():
    room = Room(30)
    one, two = Shelf(room), Shelf(room)
    one.get("a", lambda: b"0" * 10, len)
    two.get("b", lambda: b"0" * 10, len)
    one.get("c", lambda: b"0" * 10, len)
    one.get("a", lambda: pytest.fail("still there"), len)
    two.get("d", lambda: b"0" * 10, len)
    assert (list(one.kept), list(two.kept)) == (["c", "a"], ["d"])


def test_a_value_is_made_once_and_shared():
    shelf = Shelf(Room(100))
    first = shelf.get("a", lambda: bytearray(5), len)
    assert shelf.get("a", lambda: bytearray(5), len) is first


def test_a_value_larger_than_the_room_is_kept_alone():
    room = Room(10)
    shelf = Shelf(room)
    shelf.get("small", lambda: b"0" * 5, len)
    shelf.get("large", lambda: b"0" * 50, len)
    assert list(shelf.kept) == ["large"]
    shelf.get("small", lambda: b"0" * 5, len)
    assert list(shelf.kept) == ["small"]


def test_what_cannot_be_made_is_not_kept():
    shelf = Shelf(Room(10))
    with pytest.raises(ZeroDivisionError):
        shelf.get("a", lambda: 1 // 0, len)
    assert shelf.get("a", lambda: b"0", len) == b"0"


def test_a_visitor_who_leaves_holds_nothing():
    room = Room(100)
    shelf, other = Shelf(room), Shelf(room)
    shelf.get("a", lambda: b"0" * 40, len)
    other.get("b", lambda: b"0" * 30, len)
    del shelf
    gc.collect()
    assert room.n_bytes == 30


def test_many_threads_at_a_time_stay_within_the_room():
    room = Room(500)
    with ThreadPoolExecutor(8) as pool:
        shelves = [Shelf(room) for _ in range(8)]
        for done in [pool.submit(shelf.get, number % 7, lambda: b"0" * 90, len) for number in range(50) for shelf in shelves]:
            assert len(done.result()) == 90
    assert room.n_bytes <= 500


def test_freed_memory_goes_back_where_the_c_library_can():
    assert give_back_freed_memory() is (platform.libc_ver()[0] == "glibc")

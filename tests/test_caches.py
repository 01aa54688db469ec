"""Every cache of the dashboard is bounded, each by itself and all together, however many visitors come."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest
from streamlit.byte_util import config_max_cache_data_size_to_bytes

ROOT = Path(__file__).resolve().parent.parent
FILES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
BOUNDS = {"max_entries", "max_size", "ttl"}
MOST_MB = 150


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


def test_caches_live_in_one_file():
    users = {str(path.relative_to(ROOT)) for path in FILES if "st.cache_" in path.read_text(encoding="utf-8")}
    assert users == {"pages/ui/cached.py"}


def test_all_visitors_together_are_bounded():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    limit = config_max_cache_data_size_to_bytes(config["server"]["maxCacheDataSize"])
    assert limit is not None
    assert 0 < limit <= MOST_MB * 2**20

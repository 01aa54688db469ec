"""Which root the dashboard works on."""

from __future__ import annotations

from genre_core.paths import Root, find_root


def root() -> Root:
    """The folder of data sets and runs: GENRE_HOME, else `artifacts/` beside the product."""
    return find_root()

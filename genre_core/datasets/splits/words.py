"""Titles of the splits, which runs and lists show without making any."""

from __future__ import annotations

TITLES = {
    "by_track": "by track",
    "by_artist": "by artist",
    "fault_filtered": "fault-filtered GTZAN",
    "fma": "official FMA",
    "from_column": "from a column",
    "segment_random": "random segments (leaky)",
}

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.audio import SegmentConfig
from genre_core.errors import AudioError, ParameterError

configs = st.builds(
    lambda length, share, start, end, tail: SegmentConfig(
        segment_seconds=length,
        hop_seconds=max(0.05, length * share),
        skip_start_seconds=start,
        skip_end_seconds=end,
        tail_seconds=tail,
    ),
    st.floats(0.1, 20),
    st.floats(0.2, 1.0),
    st.floats(0, 5),
    st.floats(0, 5),
    st.sampled_from([0.0, 0.0, 0.5, 6.0]),
)


@given(config=configs, n_samples=st.integers(1, 60 * 800), sr=st.sampled_from([100, 441, 800]))
def test_every_second_is_covered_and_none_is_made_up(config, n_samples, sr):
    first, last = round(config.skip_start_seconds * sr), n_samples - round(config.skip_end_seconds * sr)
    if last <= first:
        with pytest.raises(AudioError, match="skipped"):
            config.cut(n_samples, sr=sr)
        return
    cuts = config.cut(n_samples, sr=sr)
    length = config.length(sr)
    assert cuts[0].start == first
    left_out = last - cuts[-1].stop
    assert left_out == 0 or left_out < config.tail_seconds * sr + 0.5
    assert all(cut.length == length and 0 < cut.stop - cut.start <= length for cut in cuts)
    assert all(before.start < after.start <= before.stop for before, after in pairwise(cuts))
    if last - first < length:
        assert len(cuts) == 1
        assert cuts[0].padding == length - (last - first)
    else:
        assert all(cut.padding == 0 for cut in cuts)


def test_thirty_seconds_are_ten_segments():
    cuts = SegmentConfig().cut(30 * 22050, sr=22050)
    assert [cut.start / 22050 for cut in cuts] == [3.0 * k for k in range(10)]


def test_a_clip_a_little_longer_than_its_model_reads_is_one_segment():
    config = SegmentConfig(segment_seconds=29.12, hop_seconds=29.12, tail_seconds=5.0)
    assert [(cut.start, cut.stop) for cut in config.cut(30 * 12000, sr=12000)] == [(0, round(29.12 * 12000))]
    assert len(config.cut(round(34.12 * 12000), sr=12000)) == 2


def test_hop_longer_than_segment_is_refused():
    with pytest.raises(ParameterError, match="hop_seconds must not exceed"):
        SegmentConfig(segment_seconds=1.0, hop_seconds=2.0)


def test_a_cut_without_a_shortest_tail_is_known_by_the_name_it_had_before_there_was_one():
    assert SegmentConfig().fingerprint == "2e142c99448d"  # features are stored and numbers are given under it
    assert SegmentConfig(tail_seconds=1.0).fingerprint != SegmentConfig().fingerprint

"""Arrays of an npz found by their place: what numpy writes is read as numpy reads it, and damage is never taken for numbers."""

from __future__ import annotations

import io

import numpy as np
import pytest

from genre_core.datasets.arrays import first_place, places, read_arrays

ARRAYS = {
    "values": np.random.default_rng(0).standard_normal((3, 4, 5)).astype(np.float32),
    "start_seconds": np.arange(3.0),
    "none": np.zeros((0, 2), np.int64),
    "one": np.array(7),
}


def packed(save=np.savez, **arrays):
    content = io.BytesIO()
    save(content, **arrays)
    return content.getvalue()


def test_arrays_are_those_that_numpy_reads():
    content = packed(**ARRAYS)
    found = read_arrays(content)
    with np.load(io.BytesIO(content), allow_pickle=False) as expected:
        assert list(found) == expected.files
        for name, array in found.items():
            np.testing.assert_array_equal(array, expected[name])
            assert (array.dtype, array.shape, array.flags.writeable) == (expected[name].dtype, expected[name].shape, True)


def test_the_first_place_is_told_by_the_beginning():
    content = packed(**ARRAYS)
    name, place = first_place(content[:512])
    assert (name, place) == ("values", places(content)["values"])
    whole = np.frombuffer(content, place.dtype, ARRAYS["values"].size, place.offset).reshape(place.shape)
    np.testing.assert_array_equal(whole, ARRAYS["values"])


@pytest.mark.parametrize("place", range(0, 640, 7))
def test_a_changed_byte_is_seen_or_changes_nothing(place):
    content = bytearray(packed(values=ARRAYS["values"], start_seconds=ARRAYS["start_seconds"]))
    content[place % len(content)] ^= 0xFF
    try:
        found = read_arrays(content)
    except ValueError:
        return
    # Times, versions and the list at the end are nothing that the numbers depend on.
    assert all((found[name] == ARRAYS[name]).all() for name in set(found) & set(ARRAYS))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"x" * 200,
        packed(**ARRAYS)[:300],
        packed(np.savez_compressed, **ARRAYS),
        packed(order=np.asfortranarray(ARRAYS["values"][0])),
    ],
    ids=["nothing", "signature", "text", "half", "compressed", "fortran"],
)
def test_what_is_no_plain_archive_is_refused(content):
    with pytest.raises(ValueError, match=r"archive|array"):
        read_arrays(content)


def test_objects_are_refused():
    content = io.BytesIO()
    np.savez(content, allow_pickle=True, values=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="not a plain array"):
        read_arrays(content.getvalue())

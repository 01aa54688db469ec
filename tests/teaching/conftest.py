"""What Keras computed, for the tests of the lessons."""

import json

import pytest

from tests.teaching.write_keras import FILE


@pytest.fixture(scope="session")
def keras_said():
    return json.loads(FILE.read_text(encoding="utf-8"))

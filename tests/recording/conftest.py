"""Fixtures of the recording tests."""

from __future__ import annotations

import pytest

from tests.ros.processes import Listener


@pytest.fixture
def listener():
    """The test's own node, in its own process: the recorder is another."""
    made = Listener()
    yield made
    made.close()

"""Fixtures of the node tests."""

from __future__ import annotations

import pytest

from tests.ros.processes import Listener


@pytest.fixture
def listener():
    """The test's own node, in its own process: the nodes under test are others."""
    made = Listener()
    yield made
    made.close()

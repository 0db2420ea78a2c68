"""Fixtures of the node tests."""

from __future__ import annotations

import pytest

from tests.ros.legged_models import legged_folder
from tests.ros.models import method_folder, perception_folder
from tests.ros.processes import Listener


@pytest.fixture
def listener():
    """The test's own node, in its own process: the nodes under test are others."""
    made = Listener()
    yield made
    made.close()


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Folders of small untrained models: ``method``, ``paper`` (the paper's encoder), ``xyz``, ``perception``."""
    folder = tmp_path_factory.mktemp("models")
    return {
        "method": method_folder(folder / "method"),
        "paper": method_folder(folder / "paper", "paper"),
        "xyz": method_folder(folder / "xyz", name="xyz"),
        "perception": perception_folder(folder / "perception"),
    }


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Folder of a small untrained model of the cheetah."""
    return legged_folder(tmp_path_factory.mktemp("legged") / "cheetah", "cheetah")

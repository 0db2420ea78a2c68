"""Models of another system than was asked for end a node with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyperdynamics_ros.environment import share_folder
from hyperdynamics_ros.node import NodeFailure, model_folder
from tests.ros.legged_models import legged_folder
from tests.ros.processes import running


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        "cheetah": legged_folder(folder / "cheetah", "cheetah"),
        "told": legged_folder(folder / "told", "cheetah", "told", truth_choices=(0,)),
    }


@pytest.mark.parametrize("node", ["interaction_encoder", "hypernetwork"])
@pytest.mark.parametrize(
    ("model", "system", "words"),
    [
        ("cheetah", "ant", "is of system 'cheetah', but 'ant' is needed"),
        ("cheetah", "push", "is of system 'cheetah', but 'push' is needed"),
        ("told", "cheetah", "told the hidden truth"),
        ("nowhere", "", "no checkpoint at"),
    ],
)
def test_a_model_of_another_robot_ends_the_node_with_the_reason(folders, node, model, system, words):
    given = {"system": system} if system else {}
    with running(node, model=folders.get(model, "/nowhere"), **given) as process:
        assert process.wait() == 1
        assert words in process.output and "Traceback" not in process.output


def test_a_model_is_looked_for_here_and_in_the_share_folder(folders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert model_folder("mine") == Path("mine") and model_folder(str(folders["told"])) == folders["told"]
    assert model_folder("models") == share_folder() / "models"
    with pytest.raises(NodeFailure, match=f"neither {tmp_path}/nowhere nor {share_folder()}/nowhere"):
        model_folder("nowhere")


@pytest.mark.parametrize(
    ("node", "given", "words"),
    [
        ("mpc_controller", {"system": "horse"}, "system is 'horse'"),
        ("mpc_controller", {"system": "ant", "probes": 5}, "parameter probes is not known"),
        ("mpc_controller", {"system": "ant", "candidates": 0}, "candidates is 0: must be 2 to"),
        ("mpc_controller", {"candidates": 0}, "candidates is 0: must be 1 to"),
    ],
)
def test_each_kind_has_its_own_parameters(node, given, words):
    with running(node, **given) as process:
        assert process.wait() == 1
        assert words in process.output and "Traceback" not in process.output

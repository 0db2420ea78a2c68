import json
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.checkpoints import MODEL, CheckpointError, ModelInfo, document_sha256, save_checkpoint
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.registry import BLIND_METHODS, PUSH_METHODS, make_method
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.networks.shape import ShapeConfig, ShapeEncoder
from hyperdynamics_core.systems.push import PUSH

MAPS = {"crop_form": "fine"}


def fresh(name: str, **sizes: object):
    encoder = None if name in BLIND_METHODS else ShapeEncoder(ShapeConfig(code_size=int(sizes.get("n_vis", 8))))
    return make_method(name, MethodConfig(**sizes), PUSH, encoder)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PUSH_METHODS)
def test_round_trip_of_every_method(name: str, tmp_path: Path) -> None:
    method = fresh(name, interaction_encoder="set", n_int=4, n_vis=16, auxiliary_physics=True, hidden_sizes=(24, 24))
    sha256 = save_method(tmp_path / "m", method, MAPS, metrics={"t1": 0.5}, data_fingerprint="abc")
    stored = load_method(tmp_path / "m")
    assert stored.method.name == name and stored.sha256 == sha256 and not stored.method.training
    assert stored.maps == MAPS and stored.info.metrics == {"t1": 0.5} and stored.info.data_fingerprint == "abc"
    assert stored.method.requested_config == method.requested_config
    for key, value in method.state_dict().items():
        assert torch.equal(value, stored.method.state_dict()[key])


def test_foreign_checkpoints_are_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "eyes", {"a": torch.zeros(1)}, ModelInfo("perception", "eyes", "push", {}))
    with pytest.raises(CheckpointError, match="of kind 'perception', but 'method' is needed"):
        load_method(tmp_path / "eyes")
    with pytest.raises(CheckpointError, match="no checkpoint"):
        load_method(tmp_path / "nowhere")
    save_checkpoint(tmp_path / "odd", {"a": torch.zeros(1)}, ModelInfo("method", "xyz", "push", {"sizes": {"size": 3}}))
    with pytest.raises(CheckpointError, match="describes no method of this version"):
        load_method(tmp_path / "odd")


def test_an_architecture_that_was_changed_is_noticed(tmp_path: Path) -> None:
    save_method(tmp_path / "m", fresh("xyz"))
    path = tmp_path / "m" / MODEL
    document = json.loads(path.read_text())
    document["architecture"]["sizes"]["hidden_sizes"] = [64, 64]
    path.write_text(json.dumps({**document, "document_sha256": document_sha256(document)}))
    with pytest.raises(CheckpointError, match="do not fit the architecture"):
        load_method(tmp_path / "m")

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from hyperdynamics_core.checkpoints import CheckpointError, ModelInfo
from hyperdynamics_core.training.resume import load_state, load_tensors, save_state, save_tensors, state_tensors

INFO = ModelInfo("training-state", "net", "push", {}, {"seed": 0}, data_fingerprint="abc")


def parts(seed: int):
    torch.manual_seed(seed)
    network = nn.Linear(3, 2)
    return network, torch.optim.AdamW(network.parameters(), fused=True), torch.Generator().manual_seed(seed)


def step(network: nn.Module, optimiser: torch.optim.Optimizer, generator: torch.Generator) -> None:
    optimiser.zero_grad()
    network(torch.randn(4, 3, generator=generator)).square().mean().backward()
    optimiser.step()


def test_everything_that_changes_is_restored(tmp_path: Path) -> None:
    network, optimiser, generator = parts(0)
    for _ in range(3):
        step(network, optimiser, generator)
    save_state(tmp_path, 3, {"net": network}, optimiser, generator, INFO)
    other, other_optimiser, other_generator = parts(9)
    assert load_state(tmp_path, {"net": other}, other_optimiser, other_generator, INFO) == 3
    step(network, optimiser, generator)
    step(other, other_optimiser, other_generator)
    assert torch.equal(network.weight, other.weight)


def test_only_the_last_states_are_kept_and_last_points_at_one(tmp_path: Path) -> None:
    network, optimiser, generator = parts(0)
    for number in (5, 10, 15):
        step(network, optimiser, generator)
        save_state(tmp_path, number, {"net": network}, optimiser, generator, INFO)
    assert sorted(path.name for path in tmp_path.glob("step-*")) == ["step-00000010", "step-00000015"]
    assert (tmp_path / "last").resolve().name == "step-00000015"


def test_another_run_or_a_damaged_state_is_refused(tmp_path: Path) -> None:
    network, optimiser, generator = parts(0)
    step(network, optimiser, generator)
    save_state(tmp_path, 1, {"net": network}, optimiser, generator, INFO)
    changed = ModelInfo("training-state", "net", "push", {}, {"seed": 1}, data_fingerprint="abc")
    with pytest.raises(CheckpointError, match="another configuration .seed: 0 there, 1 now."):
        load_state(tmp_path, {"net": network}, optimiser, generator, changed)
    other_data = ModelInfo("training-state", "net", "push", {}, {"seed": 0}, data_fingerprint="xyz")
    with pytest.raises(CheckpointError, match="another training data .'abc' there, 'xyz' now."):
        load_state(tmp_path, {"net": network}, optimiser, generator, other_data)
    weights = tmp_path / "step-00000001" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(CheckpointError, match="truncated or was changed"):
        load_state(tmp_path, {"net": network}, optimiser, generator, INFO)


def test_a_state_of_an_older_version_had_the_defaults_of_what_has_come_since(tmp_path: Path) -> None:
    network, optimiser, generator = parts(0)
    tensors = state_tensors({"net": network}, optimiser, generator)
    save_tensors(tmp_path, 1, tensors, replace(INFO, config={"seed": 0, "sizes": {"width": 4}}))
    defaults = {"seed": 7, "shortlist": 0.1, "sizes": {"width": 2, "members": 3}}
    now = replace(INFO, config={"seed": 0, "shortlist": 0.1, "sizes": {"width": 4, "members": 3}})
    assert set(load_tensors(tmp_path, now, defaults=defaults)) == {*tensors, "step"}
    other = replace(INFO, config={**now.config, "sizes": {"width": 4, "members": 5}})
    with pytest.raises(CheckpointError, match="'members': 3.* there, .*'members': 5.* now"):
        load_tensors(tmp_path, other, defaults=defaults)
    with pytest.raises(CheckpointError, match="shortlist: None there, 0.1 now"):
        load_tensors(tmp_path, now)

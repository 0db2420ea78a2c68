"""Methods of legged systems behind the same interface: no shape, no yaw, a window instead of a few interactions."""

from pathlib import Path

import pytest
import torch

from hyperdynamics_core.methods.config import MethodConfig, locomotion_sizes, paper_locomotion_sizes
from hyperdynamics_core.methods.context import Context, Interactions
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import LEGGED_METHODS, TOLD_METHODS, make_method
from hyperdynamics_core.methods.storage import load_method, save_method
from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LEGGED
from hyperdynamics_core.systems.system import System

TRUTH = torch.tensor([0.3, 1.2])


def legged_method(name: str, system: System, **changes: object) -> LearnedMethod:
    torch.manual_seed(0)
    method = make_method(name, locomotion_sizes(truth_choices=(0, 0), **changes), system)
    n_in, n_out = len(system.feature_dimensions), len(system.delta_dimensions)
    method.normaliser.set(
        Normalisation(torch.randn(n_in), 0.5 + torch.rand(n_in), 0.1 * torch.randn(n_out), 0.1 + torch.rand(n_out))
    )
    return method


def window(system: System, count: int = 16, seed: int = 0) -> Interactions:
    generator = torch.Generator().manual_seed(seed)
    states = torch.randn(count + 1, len(system.state_dimensions), generator=generator)
    return Interactions(states[:-1], torch.rand(count, len(system.action_dimensions), generator=generator), states[1:])


@pytest.mark.parametrize("system", LEGGED.values(), ids=list(LEGGED))
@pytest.mark.parametrize("name", LEGGED_METHODS)
def test_emitted_weights_predict_like_the_network(name: str, system: System) -> None:
    method = legged_method(name, system)
    context = Context(window(system), None, TRUTH)
    bank = method.bank(context)
    assert bank.weights.shape == (len(method.parts()), bank.architecture.n_weights)
    assert bank.architecture.input_clamp == 5.0
    generator = torch.Generator().manual_seed(1)
    states = 6.0 * torch.randn(9, len(system.state_dimensions), generator=generator)
    actions = torch.rand(9, len(system.action_dimensions), generator=generator)
    z_int = method.encode_interactions(context).unsqueeze(0)
    inputs = method.normaliser.inputs(system.features(states, actions))
    assert inputs.abs().max() == 5.0
    with torch.no_grad():
        one = method(z_int.expand(9, -1), torch.zeros(9, 0), inputs)
        groups = method.expert_function(z_int, torch.zeros(1, 0))(inputs.unsqueeze(0))
    torch.testing.assert_close(groups[0], one, rtol=1e-4, atol=1e-5)
    expected = method.normaliser.physical(one)
    torch.testing.assert_close(bank.predict(states, actions), expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(method.adapt(context).predict(states, actions), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("kind", ["window", "gru", "set"])
def test_fewer_than_k_steps_mean_nothing_known_yet(kind: str) -> None:
    method = legged_method("hyperdynamics", CHEETAH, interaction_encoder=kind)
    for interactions in (None, window(CHEETAH, 15)):
        assert torch.equal(method.encode_interactions(Context(interactions, None)), torch.zeros(2))
    code = method.encode_interactions(Context(window(CHEETAH), None))
    assert code.abs().min() > 0 and code.abs().max() < 1
    assert not torch.allclose(code, method.encode_interactions(Context(window(CHEETAH, seed=4), None)))


def test_where_the_robot_is_along_the_ground_changes_nothing() -> None:
    method, steps = legged_method("hyperdynamics", ANT), window(ANT)
    moved = Interactions(steps.states.clone(), steps.actions, steps.next_states)
    moved.states[:, :2] += 100.0
    assert torch.equal(*(method.bank(Context(each, None)).weights for each in (steps, moved)))


def test_told_methods_get_the_truth_and_need_its_size() -> None:
    method = legged_method("told", CHEETAH)
    assert method.truth_code is not None
    method.truth_code.set(torch.tensor([[0.0, 1.0], [2.0, 1.0]]))
    code = method.encode_interactions(Context(None, None, torch.tensor([2.0, 1.0])))
    assert torch.equal(code, torch.tensor([1.0, 0.0]))
    assert torch.equal(method.encode_interactions(Context(window(CHEETAH), None)), torch.zeros(2))
    with pytest.raises(ValueError, match="needs truth_choices"):
        make_method("told", locomotion_sizes(), CHEETAH)
    with pytest.raises(ValueError, match="is told 2 finite hidden values, got shape"):
        method.truth_code.set(torch.zeros(3, 1))


def test_blind_methods_of_equal_size_are_of_equal_size() -> None:
    count = {name: sum(p.numel() for p in legged_method(name, CHEETAH).parameters()) for name in LEGGED_METHODS}
    assert count["global"] == 21906 and 430_000 < count["hyperdynamics"] < 445_000
    for name in ("global-large", "told-large"):
        assert 1.0 <= count[name] / count["hyperdynamics"] < 1.01
    assert 1.0 <= count["direct-large"] / count["hyperdynamics"] < 1.01


def test_sizes() -> None:
    paper = paper_locomotion_sizes(n_int=4)
    assert (paper.hidden_sizes, paper.n_int, paper.bounded_code, paper.input_clamp) == ((128, 128), 4, False, 0.0)
    assert MethodConfig().bounded_code and MethodConfig().input_clamp == 0.0 and not MethodConfig().full_window
    with pytest.raises(ValueError, match="unknown method 'xyz'; known are direct, direct-large, global"):
        make_method("xyz", paper, CHEETAH)


@pytest.mark.parametrize("name", LEGGED_METHODS)
def test_round_trip(name: str, tmp_path: Path) -> None:
    method = legged_method(name, CHEETAH, n_int=4, interaction_encoder="gru")
    if name in TOLD_METHODS:
        assert method.truth_code is not None
        method.truth_code.set(torch.rand(5, 2))
    save_method(tmp_path / "m", method)
    stored = load_method(tmp_path / "m", CHEETAH).method
    context = Context(window(CHEETAH), None, TRUTH)
    assert torch.equal(stored.bank(context).weights, method.bank(context).weights)

"""Every method behind the one interface: the same answers from exact experts, tables and banks of weights."""

import math
from dataclasses import replace

import pytest
import torch

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.context import Context, Interactions, ObjectMap
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import PUSH_METHODS, make_method
from hyperdynamics_core.networks.expert import ExpertArchitecture
from hyperdynamics_core.systems.push import PUSH, turn_state
from hyperdynamics_core.systems.rotations import rotate_about_z, yaw_of, yaw_quaternion
from hyperdynamics_core.vision.turning import turn
from tests.methods.examples import TinyShapeEncoder, example_method, random_interactions, random_map, random_states

NAMES = PUSH_METHODS


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


@pytest.mark.parametrize("name", NAMES)
def test_bank_predicts_like_exact_experts_at_its_yaws(name: str, generator: torch.Generator) -> None:
    method = example_method(name)
    crop = random_map(generator)
    states, actions = random_states(50, generator), 0.04 * torch.randn(50, 3, generator=generator)
    yaws = torch.arange(50) * (math.tau / 24) + crop.yaw
    states[:, 3:7] = yaw_quaternion(yaws)
    interactions = random_interactions(5, generator)
    exact = method.adapt(Context(interactions, method.see(crop, exact=True))).predict(states, actions)
    bank = method.bank(Context(interactions, method.see(crop, n_yaws=24)), n_yaws=24)
    assert exact.shape == (50, 15) and not exact.requires_grad
    assert bank.architecture.layer_sizes[0] == 12 and bank.weights.dtype == torch.float32
    torch.testing.assert_close(bank.predict(states, actions), exact, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["hyperdynamics", "direct", "direct-large"])
def test_table_is_close_to_exact_between_its_yaws(name: str, generator: torch.Generator) -> None:
    method = example_method(name)
    crop = random_map(generator)
    states, actions = random_states(40, generator), 0.04 * torch.randn(40, 3, generator=generator)
    exact, table = (
        method.adapt(Context(None, method.see(crop, exact=exact))).predict(states, actions) for exact in (True, False)
    )
    assert (exact - table).abs().max() < 0.1 * exact.std()
    assert exact.std(0).max() > 0


def test_parameters_per_method() -> None:
    counts = {}
    for name in NAMES:
        method = make_method(name, MethodConfig(interaction_encoder="none"), PUSH, TinyShapeEncoder())
        encoder = sum(p.numel() for p in method.shape_encoder.parameters()) if method.shape_encoder else 0
        counts[name] = sum(p.numel() for p in method.parameters()) - encoder
    expert = ExpertArchitecture((12, 32, 32, 32, 15)).n_weights
    assert counts["xyz"] == expert
    assert counts["direct"] == expert + 10 * 32
    assert counts["hyperdynamics"] == 17 * expert + 11 * 16
    assert 1.0 <= counts["direct-large"] / counts["hyperdynamics"] < 1.02


def test_code_depends_on_interactions_alone_not_on_where_the_world_points(generator: torch.Generator) -> None:
    method = example_method("hyperdynamics", interaction_encoder="set")
    crop, interactions = random_map(generator, yaw=0.4), random_interactions(6, generator)
    code = method.encode_interactions(Context(interactions, method.see(crop, n_yaws=4)))
    angle = torch.full((6,), 1.1)
    turned = Interactions(
        turn_state(interactions.states, angle),
        rotate_about_z(interactions.actions, angle),
        turn_state(interactions.next_states, angle),
    )
    again = method.encode_interactions(Context(turned, method.see(crop, n_yaws=4)))
    assert code.abs().max() > 0
    torch.testing.assert_close(again, code, rtol=1e-3, atol=1e-4)
    blind = method.encode_interactions(Context(turned, None))
    assert torch.isfinite(blind).all() and not torch.allclose(blind, code)


@pytest.mark.parametrize("name", NAMES)
def test_no_interaction_means_zero_code(name: str, generator: torch.Generator) -> None:
    method = example_method(name)
    assert torch.equal(method.encode_interactions(Context(None, None)), torch.zeros(method.n_int))


def test_xyz_is_blind_and_has_one_expert(generator: torch.Generator) -> None:
    method = example_method("xyz")
    assert method.see(random_map(generator)) is None
    assert method.bank(Context(random_interactions(5, generator), None)).weights.shape == (1, 3023)


def test_prediction_does_not_depend_on_where_the_object_stands(generator: torch.Generator) -> None:
    method = example_method("hyperdynamics")
    experts = method.adapt(Context(None, method.see(random_map(generator))))
    states, actions = random_states(8, generator), 0.04 * torch.randn(8, 3, generator=generator)
    moved = states.clone()
    moved[:, [0, 1, 13, 14]] += 0.1
    torch.testing.assert_close(experts.predict(moved, actions), experts.predict(states, actions), rtol=1e-3, atol=1e-5)


def test_zero_code_size_needs_no_encoder_and_errors_say_the_remedy(generator: torch.Generator) -> None:
    method = example_method("hyperdynamics", n_vis=0)
    assert method.adapt(Context(random_interactions(5, generator), None)).predict(
        random_states(3, generator), torch.zeros(3, 3)
    ).shape == (3, 15)
    with pytest.raises(ValueError, match="look at the object first"):
        example_method("direct").adapt(Context(None, None))
    with pytest.raises(ValueError, match="unknown method 'gru'; known are direct, direct-large, hyperdynamics, xyz"):
        make_method("gru", MethodConfig())
    with pytest.raises(ValueError, match="shape encoder is needed"):
        make_method("direct", MethodConfig())
    with pytest.raises(ValueError, match="interaction_encoder must be one of"):
        MethodConfig(interaction_encoder="lstm")


def test_predictions_follow_the_object_as_it_turns(generator: torch.Generator) -> None:
    """A turned object with a turned map is the same as the map taken in the turned orientation."""
    method = example_method("hyperdynamics")
    crop = random_map(generator, yaw=0.0)
    quarter = math.pi / 2
    seen_later = ObjectMap(turn(crop.features.unsqueeze(0), torch.tensor([quarter]))[0], quarter)
    states = random_states(8, generator)
    first, later = (
        method.adapt(Context(None, method.see(c))).predict(states, torch.zeros(8, 3)) for c in (crop, seen_later)
    )
    torch.testing.assert_close(first, later, rtol=1e-3, atol=1e-4)
    assert yaw_of(states[:, 3:7]).std() > 0.1


def test_generated_weights_follow_weights_and_statistics():
    """The basis that holds the normalisation is made once, and again when either has changed."""
    for sizes in ({}, {"input_clamp": 5.0}):
        method = example_method("hyperdynamics", **sizes)
        z_int, z_vis = torch.rand(3, 2), torch.rand(3, 8)

        def agree(method=method, z_int=z_int, z_vis=z_vis):
            torch.testing.assert_close(
                method.generate(z_int, z_vis), LearnedMethod.generate(method, z_int, z_vis), rtol=1e-4, atol=1e-4
            )

        agree()
        with torch.no_grad():
            method.hypernetwork.basis.mul_(1.5)
        agree()
        norm = method.normaliser.normalisation
        method.normaliser.set(replace(norm, output_std=2.0 * norm.output_std, input_mean=norm.input_mean + 0.1))
        agree()

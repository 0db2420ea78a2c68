import math

import pytest
import torch

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.methods.interaction_steps import interaction_steps, step_inputs, turn_vectors
from hyperdynamics_core.systems.push import PUSH
from tests.methods.examples import random_interactions


def test_vectors_turn_about_the_vertical() -> None:
    turned = turn_vectors(torch.tensor([[1.0, 0.0, 5.0, 0.0, 2.0, -1.0]]), torch.tensor([math.pi / 2]))
    torch.testing.assert_close(turned, torch.tensor([[0.0, 1.0, 5.0, -2.0, 0.0, -1.0]]), atol=1e-6, rtol=0)


def test_every_step_is_turned_to_the_same_yaw_of_the_object() -> None:
    interactions = random_interactions(6, torch.Generator().manual_seed(0))
    features, differences = interaction_steps(PUSH, interactions, 0.7)
    again, _ = interaction_steps(PUSH, interactions, 0.7 + math.pi)
    torch.testing.assert_close(turn_vectors(features, torch.full((6,), math.pi)), again, atol=1e-5, rtol=1e-4)
    original = PUSH.features(interactions.states, interactions.actions)
    torch.testing.assert_close(features[:, :3].norm(dim=1), original[:, :3].norm(dim=1))
    assert step_inputs(features, differences).shape == (6, 27)


def test_without_a_reference_the_last_yaw_counts() -> None:
    interactions = random_interactions(3, torch.Generator().manual_seed(1))
    still = Interactions(interactions.states[-1:], interactions.actions[-1:], interactions.states[-1:])
    features, _ = interaction_steps(PUSH, still, None)
    torch.testing.assert_close(features, PUSH.features(still.states, still.actions), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("yaw", [0.0, 2.0])
def test_distances_between_steps_survive(yaw: float) -> None:
    interactions = random_interactions(4, torch.Generator().manual_seed(2))
    features, differences = interaction_steps(PUSH, interactions, yaw)
    assert torch.isfinite(features).all()
    torch.testing.assert_close(differences[:, :3], features[:, 9:12], atol=1e-5, rtol=1e-4)  # it moves with the rod

"""The robots' symmetries hold in the simulator: the mirror image of a step is a step."""

import numpy as np
import pytest
import torch

from hyperdynamics_cli.demo.walk_replay import put
from hyperdynamics_core.systems.legged import LEGGED, LeggedSystem
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld


def same_sign(state: np.ndarray, system: LeggedSystem) -> np.ndarray:
    """The state with its quaternion's greatest number positive."""
    state, place = state.copy(), system.orientation
    if place is not None:
        state[place] *= np.sign(state[place][np.abs(state[place]).argmax()])
    return state


ROBOTS = [system for system in LEGGED.values() if system.symmetries is not None]


@pytest.mark.parametrize("terrain", ["motor", "slope"])
@pytest.mark.parametrize("system", ROBOTS, ids=lambda system: system.name)
def test_the_image_of_a_step_is_what_the_simulator_makes_of_the_images(system: LeggedSystem, terrain: str) -> None:
    task, rng = task_named(f"{system.name}-{terrain}"), np.random.default_rng(0)
    world = LeggedWorld(task)
    spec = draw_episode(task, "seen", rng, None)
    world.reset(spec)
    assert system.symmetries is not None and len(system.symmetries) > 1
    maps = system.symmetries.states.double().numpy(), system.symmetries.actions.double().numpy()
    for _ in range(60):
        action = rng.uniform(-1, 1, len(system.action_dimensions))
        before = world.state()
        after = world.step(action).state
        for state_map, action_map in zip(*maps, strict=True):
            put(world, state_map @ before)
            image = world.step(action_map @ action).state
            np.testing.assert_allclose(same_sign(image, system), same_sign(state_map @ after, system), atol=1e-4)
        put(world, after)


@pytest.mark.parametrize("system", ROBOTS, ids=lambda system: system.name)
def test_maps_keep_lengths_and_move_joints_together(system: LeggedSystem) -> None:
    symmetries = system.symmetries
    assert symmetries is not None
    for state, action, joints in zip(symmetries.states, symmetries.actions, symmetries.joints, strict=True):
        torch.testing.assert_close(state @ state.mT, torch.eye(len(state)))
        torch.testing.assert_close(action @ action.mT, torch.eye(len(action)))
        torch.testing.assert_close(state[system.joints, system.joints], action)
        torch.testing.assert_close(state[system.rates, system.rates], action)
        assert sorted(joints.tolist()) == list(range(len(action)))
    torch.testing.assert_close(symmetries.states[0], torch.eye(len(system.state_dimensions)))

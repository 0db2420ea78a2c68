"""The worlds in MuJoCo: what is hidden acts, states and rewards are the system's, bad actions move nothing."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from sim_bridges.locomotion.tasks import TASKS, EpisodeSpec, Task, draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld

Array = NDArray[np.float64]


def drawn(name: str, value: float | None = None, seed: int = 0) -> EpisodeSpec:
    return draw_episode(task_named(name), "seen", np.random.default_rng(seed), value)


def walked(spec: EpisodeSpec, actions: Sequence[Array] | Array) -> Array:
    world = LeggedWorld(task_named(spec.task))
    return np.stack([world.reset(spec), *(world.step(action).state for action in actions)])


def random_actions(name: str, steps: int, seed: int = 1) -> Array:
    size = len(task_named(name).system.joint_names)
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (steps, size))


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_states_rewards_and_hidden_values_fit_the_system(task: Task) -> None:
    world = LeggedWorld(task)
    states, rewards = [world.reset(drawn(task.name))], []
    actions = random_actions(task.name, 30)
    for action in actions:
        result = world.step(action)
        states.append(result.state)
        rewards.append(result.reward)
        assert result.hidden.shape == (len(world.hidden_names),)
    assert states[0].shape == (len(task.system.state_dimensions),)
    told = task.system.rewards(torch.from_numpy(np.stack(states)), torch.from_numpy(actions))
    np.testing.assert_allclose(rewards, told.numpy(), atol=1e-9)
    if task.system.orientation is not None:
        np.testing.assert_allclose(np.linalg.norm(np.stack(states)[:, task.system.orientation], axis=1), 1.0)


@pytest.mark.parametrize("name", ["cheetah-pier", "ant-slope"])
def test_the_same_episode_and_actions_give_the_same_states(name: str) -> None:
    actions = random_actions(name, 20)
    first = walked(drawn(name), actions)
    np.testing.assert_array_equal(first, walked(drawn(name), actions))
    world = LeggedWorld(task_named(name))
    world.reset(drawn(name, seed=5))
    world.step(actions[0])
    again = np.stack([world.reset(drawn(name)), *(world.step(action).state for action in actions)])
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("name", ["cheetah-motor", "ant-motor"])
def test_each_action_turns_its_own_joint(name: str) -> None:
    """MuJoCo's ant lists its motors in another order than its joints."""
    system = task_named(name).system
    size = len(system.joint_names)
    still = walked(drawn(name, 1.0), np.zeros((1, size)))[-1][system.rates]
    for joint in range(size):
        pushed = walked(drawn(name, 1.0), np.eye(size)[joint][None])[-1][system.rates]
        assert np.argmax(np.abs(pushed - still)) == joint and pushed[joint] > still[joint]


@pytest.mark.parametrize("name", ["cheetah-cripple", "ant-cripple"])
def test_a_crippled_joint_does_nothing_and_others_do(name: str) -> None:
    actions = random_actions(name, 10)
    changed, elsewhere = actions.copy(), actions.copy()
    changed[:, 2] *= -1.0
    elsewhere[:, 3] *= -1.0
    spec = drawn(name, 2.0)
    np.testing.assert_array_equal(walked(spec, actions), walked(spec, changed))
    assert np.abs(walked(spec, actions) - walked(spec, elsewhere)).max() > 0.1
    intact = walked(drawn(name, -1.0), actions)
    assert np.abs(intact - walked(spec, actions)).max() > 0.1
    world = LeggedWorld(task_named(name))
    world.reset(spec)
    assert world.hidden().tolist() == np.eye(len(world.hidden_names))[2].tolist()
    world.reset(drawn(name, -1.0))
    assert not world.hidden().any()


def test_half_the_strength_is_half_the_action() -> None:
    actions = random_actions("cheetah-motor", 10)
    weak = walked(drawn("cheetah-motor", 0.5), actions)
    np.testing.assert_allclose(weak, walked(drawn("cheetah-motor", 1.0), actions / 2), atol=1e-9)


def test_hidden_values_are_those_under_the_robot() -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    spec = replace(drawn("cheetah-slope"), values=((0.5,), (1.0,), (2.0,), (3.0,)), start_x=14.0)
    world.reset(spec)
    assert world.hidden() == pytest.approx([0.5 / 15])
    world.data.qpos[0] = 1.5
    assert world.hidden() == pytest.approx([1.0 / 15])
    world.data.qpos[0] = -20.0
    assert world.hidden() == pytest.approx([0.5 / 15])


@pytest.mark.parametrize("bad", [np.zeros(5), np.zeros((1, 6)), np.full(6, np.nan), np.full(6, np.inf)])
def test_bad_actions_are_refused_and_move_nothing(bad: Array) -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    before = world.reset(drawn("cheetah-slope"))
    with pytest.raises(ValueError, match="must be 6 finite numbers"):
        world.step(bad)
    np.testing.assert_array_equal(world.state(), before)


def test_actions_are_clipped_and_paid_for_as_clipped() -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    world.reset(drawn("cheetah-slope"))
    far = world.step(np.full(6, 7.0))
    world.reset(drawn("cheetah-slope"))
    one = world.step(np.ones(6))
    assert far.reward == one.reward and (far.state == one.state).all()


def test_a_world_without_an_episode_or_with_another_tasks_says_so() -> None:
    world = LeggedWorld(task_named("cheetah-slope"))
    for use in (world.state, world.hidden, lambda: world.step(np.zeros(6))):
        with pytest.raises(RuntimeError, match="call reset first"):
            use()
    with pytest.raises(ValueError, match="one of ant-slope, this world is cheetah-slope"):
        world.reset(drawn("ant-slope"))
    world.reset(drawn("cheetah-slope"))
    world.close()
    with pytest.raises(RuntimeError, match="call reset first"):
        world.state()


def test_a_simulation_that_diverges_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = LeggedWorld(task_named("ant-slope"))
    world.reset(drawn("ant-slope"))
    world.data.qvel[:] = 1e12
    with pytest.raises(RuntimeError, match="diverged"):
        world.step(np.zeros(8))
    assert not list(tmp_path.iterdir())

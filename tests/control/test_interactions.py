import numpy as np
import pytest
import torch

from hyperdynamics_core.control.interactions import InteractionLog, InteractionLogConfig
from tests.control.disc_world import DiscWorld, make_task


def step(x=0.0, action=(0.05, 0.0, 0.0), height=0.012, after_height=None, speed=0.0, after_speed=0.0):
    before, after = np.zeros(16), np.zeros(16)
    before[[0, 6, 7, 15]] = x, 1.0, speed, height
    after[[0, 6, 7, 15]] = x + 0.03, 1.0, after_speed, height if after_height is None else after_height
    return before, np.array(action), after


def test_pushes_are_kept_oldest_first_and_the_latest_k_handed_out():
    log = InteractionLog()
    assert log.latest(5) is None
    for i in range(7):
        assert log.record(*step(x=0.1 * i))
    kept = log.latest(5)
    assert kept is not None
    assert kept.states.shape == (5, 16)
    assert kept.actions.shape == (5, 3)
    assert torch.allclose(kept.states[:, 0], torch.tensor([0.2, 0.3, 0.4, 0.5, 0.6]))
    assert torch.allclose(kept.next_states[:, 0], kept.states[:, 0] + 0.03)
    fewer = log.latest(100)
    assert fewer is not None
    assert len(fewer.states) == 7


def test_too_few_can_be_repeated_for_an_encoder_of_fixed_size():
    log = InteractionLog()
    assert log.latest(5, fill=True) is None
    log.record(*step(x=0.1))
    log.record(*step(x=0.2))
    filled = log.latest(5, fill=True)
    assert filled is not None
    assert filled.states[:, 0].tolist() == pytest.approx([0.1, 0.2, 0.1, 0.2, 0.1])


def test_lifts_moves_and_waits_are_left_out():
    log = InteractionLog()
    assert not log.record(*step(action=(0, 0, 0.15), after_height=0.16))
    assert not log.record(*step(height=0.16))
    assert not log.record(*step(action=(0, 0, 0)))
    assert len(log) == 0


def test_the_oldest_go_first():
    log = InteractionLog(InteractionLogConfig(capacity=3))
    for i in range(5):
        log.record(*step(x=0.1 * i))
    kept = log.latest(10)
    assert kept is not None
    assert kept.states[:, 0].tolist() == pytest.approx([0.2, 0.3, 0.4])


def test_a_new_object_starts_with_an_empty_history():
    log = InteractionLog()
    log.record(*step())
    log.clear()
    assert log.latest(5) is None
    assert log.episode == 1


def test_friction_shows_in_what_a_sliding_object_loses():
    log = InteractionLog()
    assert log.deceleration() is None
    log.record(*step(action=(0, 0, 0), speed=0.12, after_speed=0.04))
    assert log.deceleration() == pytest.approx(0.1)


@pytest.mark.parametrize("broken", ["size", "nan"])
def test_broken_steps_are_refused(broken):
    before, action, after = step()
    if broken == "size":
        action = action[:2]
    else:
        after[3] = np.nan
    with pytest.raises(ValueError, match="interaction"):
        InteractionLog().record(before, action, after)


def test_what_a_task_does_is_logged_push_by_push():
    world, task, log = DiscWorld(), make_task(goal=(0.2, -0.15)), InteractionLog()
    for _ in range(60):
        command = task.update(world.observe())
        if not hasattr(command, "displacement"):
            break
        before = world.state.numpy().astype(np.float64)
        world.step(command)
        kept = log.record(before, command.displacement, world.state.numpy().astype(np.float64))
        assert kept == command.kind.is_push
    assert len(log) >= 5


def test_a_capacity_of_nothing_is_refused():
    with pytest.raises(ValueError, match="capacity"):
        InteractionLogConfig(capacity=0)

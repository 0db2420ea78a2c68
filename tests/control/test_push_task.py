import dataclasses
import math

import numpy as np
import pytest

from hyperdynamics_core.control.commands import Command, CommandKind, Finished, Phase, ResultCode, StepRecord
from hyperdynamics_core.control.settings import PushTaskConfig
from hyperdynamics_core.planning.geometry import Box
from tests.control.disc_world import DiscWorld, make_task, play

WALL = Box((0.06, 0.0, 0.03), (0.04, 0.10, 0.06))


@pytest.mark.parametrize("seed", range(5))
def test_it_brings_the_disc_to_the_goal(seed):
    world, task = DiscWorld(seed=seed), make_task(seed=seed)
    finished, commands = play(task, world)
    assert finished.success, finished
    assert finished.code is ResultCode.SUCCESS
    assert float((world.state[:2] - world.state.new_tensor(task.goal)).norm()) <= 0.04
    assert finished.steps == task.pushes == sum(command.kind.is_push for command in commands)
    assert task.phase is Phase.STOPPED


def test_it_probes_first_and_every_probe_that_counts_moves_the_disc():
    world, task = DiscWorld(), make_task(goal=(0.2, -0.15))
    play(task, world)
    kinds = [record.kind for record in task.records]
    probes = kinds.index(CommandKind.PUSH)
    assert all(kind is CommandKind.PROBE for kind in kinds[:probes])
    assert CommandKind.PROBE not in kinds[probes:]
    moved = [record for record in task.records[:probes] if record.real_motion >= 0.003]
    assert len(moved) == 5


def test_without_probes_it_plans_at_once():
    task = make_task(probes=0)
    answer = task.update(DiscWorld().observe())
    assert isinstance(answer, Command)
    assert answer.kind in (CommandKind.PUSH, CommandKind.LIFT)
    assert task.phase is Phase.PUSHING


def test_pushes_are_at_pushing_height_and_moves_are_not():
    world, task = DiscWorld(), make_task(goal=(0.2, -0.15))
    height = 0.012
    for _ in range(400):
        answer = task.update(world.observe())
        if isinstance(answer, Finished):
            break
        if answer.kind.is_push:
            assert abs(float(world.state[15]) - height) < 0.002
            assert 0.03 - 1e-6 <= float(np.linalg.norm(answer.displacement)) <= 0.06 + 1e-6
        if answer.kind is CommandKind.MOVE:
            assert float(world.state[15]) > 0.1
        world.step(answer)
    assert any(height > 0.1 for height in world.heights)


def test_around_an_obstacle_it_neither_touches_it_nor_gives_up():
    wins = 0
    for seed in range(8):
        world = DiscWorld(x=-0.10, y=0.0, rod=(-0.18, 0.0), obstacles=(WALL,), seed=seed)
        finished, _ = play(make_task(goal=(0.21, 0.0), seed=seed), world)
        wins += finished.success
    assert wins >= 6


def test_touching_an_obstacle_ends_it():
    world = DiscWorld(obstacles=(WALL,))
    observation = dataclasses.replace(world.observe(), obstacle_contact=True)
    finished = make_task().update(observation)
    assert isinstance(finished, Finished)
    assert finished.code is ResultCode.COLLISION


@pytest.mark.parametrize("when", [0, 3, 8])
def test_cancel_stops_at_the_next_update(when):
    world, task = DiscWorld(), make_task(goal=(0.2, -0.15))
    for _ in range(when):
        command = task.update(world.observe())
        assert isinstance(command, Command)
        world.step(command)
    task.cancel()
    finished = task.update(world.observe())
    assert isinstance(finished, Finished)
    assert finished.code is ResultCode.CANCELED
    assert task.update(world.observe()) is finished


@pytest.mark.parametrize(
    ("goal", "words"),
    [((0.5, 0.0), "too near the table's edge"), ((math.nan, 0.0), "finite"), ((0.1,), "two finite numbers")],
)
def test_impossible_goals_are_refused_with_a_reason(goal, words):
    finished = make_task(goal=goal).update(DiscWorld().observe())
    assert isinstance(finished, Finished)
    assert finished.code is ResultCode.INVALID_GOAL
    assert words in finished.message


@pytest.mark.parametrize("state", [None, np.full(16, np.nan)])
def test_without_a_usable_state_it_waits_and_then_says_so(state):
    task = make_task(max_stale=3)
    observation = dataclasses.replace(DiscWorld().observe(), state=state)
    for _ in range(3):
        command = task.update(observation)
        assert isinstance(command, Command)
        assert command.kind is CommandKind.WAIT
        assert command.displacement == (0.0, 0.0, 0.0)
    finished = task.update(observation)
    assert isinstance(finished, Finished)
    assert finished.code is ResultCode.STALE_STATE


def test_a_state_that_comes_back_starts_the_count_anew():
    task, world = make_task(max_stale=2), DiscWorld()
    for _ in range(4):
        blind = dataclasses.replace(world.observe(), state=None)
        assert isinstance(task.update(blind), Command)
        assert isinstance(task.update(blind), Command)
        command = task.update(world.observe())
        assert isinstance(command, Command)
        world.step(command)


def test_a_lost_object_is_waited_for_and_then_reported():
    task, world = make_task(max_lost=2), DiscWorld()
    hidden = dataclasses.replace(world.observe(), object_in_view=False, object_box=None)
    assert isinstance(task.update(hidden), Command)
    assert isinstance(task.update(hidden), Command)
    finished = task.update(hidden)
    assert isinstance(finished, Finished)
    assert finished.code is ResultCode.OBJECT_LOST


def test_no_expert_after_probing_is_reported():
    task, world = make_task(goal=(0.2, -0.15), max_stale=2), DiscWorld()
    for _ in range(200):
        answer = task.update(world.observe(experts=False))
        if isinstance(answer, Finished):
            break
        world.step(answer)
    assert isinstance(answer, Finished)
    assert answer.code is ResultCode.STALE_EXPERT
    assert task.probing_done


def test_no_plan_is_reported_when_every_push_breaks_a_rule():
    boxes = [Box((x, y, 0.03), (0.06, 0.08, 0.06)) for x in (-0.13, -0.05, 0.03) for y in (-0.07, 0.02, 0.11)]
    cage = [box for box in boxes if (box.centre[0], box.centre[1]) != (-0.05, 0.02)]
    world = DiscWorld(rod=(-0.3, 0.2), obstacles=cage)
    world.state[15] = 0.2
    task = make_task(probes=0)
    for _ in range(20):
        answer = task.update(world.observe())
        if isinstance(answer, Finished):
            break
        world.step(answer)
    assert isinstance(answer, Finished)
    assert answer.code is ResultCode.NO_PLAN
    assert "candidates" in answer.message


def test_leaving_the_table_ends_it():
    world = DiscWorld(x=0.31, rod=(0.2, 0.0))
    finished = make_task().update(world.observe())
    assert isinstance(finished, Finished)
    assert finished.code is ResultCode.OUT_OF_TABLE


def test_pushes_run_out():
    world, task = DiscWorld(), make_task(goal=(0.22, -0.2), max_pushes=1)
    finished, _ = play(task, world)
    assert finished.code is ResultCode.MAX_STEPS
    assert finished.final_distance == pytest.approx(task.distance)


def test_at_the_goal_it_ends_without_a_push():
    finished, commands = play(make_task(goal=(-0.05, 0.03)), DiscWorld())
    assert finished.success
    assert finished.steps == 0
    assert commands == []


def test_an_object_sliding_to_rest_at_the_goal_is_waited_for():
    world = DiscWorld()
    world.state[7] = 0.05
    task = make_task(goal=(-0.04, 0.02))
    command = task.update(world.observe())
    assert isinstance(command, Command)
    assert command.kind is CommandKind.WAIT
    world.state[7] = 0.0
    finished = task.update(world.observe())
    assert isinstance(finished, Finished)
    assert finished.success


def test_records_hold_what_was_meant_and_what_came_of_it():
    world, task = DiscWorld(noise=0.0), make_task(goal=(0.2, -0.15))
    play(task, world)
    planned = [record for record in task.records if record.kind is CommandKind.PUSH]
    assert planned
    for record in planned:
        assert record.error < 1e-4
        assert record.real_motion == pytest.approx(record.predicted_motion, abs=1e-4)
        assert record.planning_ms > 0.0
    assert math.isnan(StepRecord(1, CommandKind.PROBE, 0.1, np.zeros(16), np.zeros(3), None, math.nan).error)


def test_same_seed_same_commands():
    first, second = (play(make_task(seed=4), DiscWorld())[1] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("bad", [{"probes": -1}, {"max_pushes": 0}, {"arrival_margin": 0.05}])
def test_impossible_settings_are_refused(bad):
    with pytest.raises(ValueError):
        PushTaskConfig(**bad)


def test_without_a_plan_within_the_tolerance_it_has_arrived():
    boxes = [Box((x, y, 0.03), (0.06, 0.08, 0.06)) for x in (-0.13, -0.05, 0.03) for y in (-0.07, 0.02, 0.11)]
    cage = [box for box in boxes if (box.centre[0], box.centre[1]) != (-0.05, 0.02)]
    world = DiscWorld(rod=(-0.3, 0.2), obstacles=cage)
    world.state[15] = 0.2
    finished, _ = play(make_task(goal=(-0.012, 0.02), probes=0), world, limit=20)
    assert finished.success
    assert 0.034 < finished.final_distance <= 0.04

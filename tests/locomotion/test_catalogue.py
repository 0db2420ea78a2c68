"""The tasks: all there, with splits that do not meet."""

import pytest

from sim_bridges.locomotion.tasks import TASKS, Task, task_named


def test_both_robots_have_the_papers_tasks_and_the_change_tasks() -> None:
    assert set(TASKS) == {f"{r}-{t}" for r in ("cheetah", "ant") for t in ("slope", "pier", "cripple", "motor")}
    assert all(task_named(name).name == name for name in TASKS)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_novel_values_of_the_first_property_are_held_out(task: Task) -> None:
    first = task.properties[0]
    for low, high in first.novel:
        assert all(high < other_low or low > other_high for other_low, other_high in first.seen)
        assert first.limits[0] <= low <= high <= first.limits[1]


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_starts_are_on_the_track(task: Task) -> None:
    assert 0.0 <= task.starts[0] <= task.starts[1] <= task.length


@pytest.mark.parametrize("robot", ["cheetah", "ant"])
def test_every_joint_is_crippled_in_one_split(robot: str) -> None:
    joints = task_named(f"{robot}-cripple").properties[0]
    values = sorted(low for low, _ in (*joints.seen, *joints.novel))
    assert values == list(range(len(task_named(f"{robot}-cripple").system.joint_names)))


def test_an_unknown_task_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown locomotion task 'ant-moon'.*ant-pier"):
        task_named("ant-moon")

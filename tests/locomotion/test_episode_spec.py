"""Episodes before they are walked: drawn, written down, refused."""

import json

import numpy as np
import pytest

from sim_bridges.locomotion.tasks import TASKS, EpisodeSpec, Task, draw_episode, task_named


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("split", ["seen", "novel"])
def test_drawn_values_are_of_the_split_and_survive_json(task: Task, split: str) -> None:
    spec = draw_episode(task, split, np.random.default_rng(3))
    assert EpisodeSpec.from_json(spec.as_json()) == spec
    assert len(spec.values) == task.segments
    intervals = task.properties[0].seen if split == "seen" else task.properties[0].novel
    assert all(any(low <= row[0] <= high for low, high in intervals) for row in spec.values)
    assert task.starts[0] <= spec.start_x <= task.starts[1]


def test_the_same_generator_draws_the_same_and_another_does_not() -> None:
    task = task_named("ant-pier")
    one, same, other = (draw_episode(task, "seen", np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_value_on_request_changes_nothing_else() -> None:
    task = task_named("cheetah-pier")
    drawn = draw_episode(task, "seen", np.random.default_rng(1))
    asked = draw_episode(task, "seen", np.random.default_rng(1), value=0.05)
    assert {row[0] for row in asked.values} == {0.05}
    assert [row[1] for row in asked.values] == [row[1] for row in drawn.values]
    assert (asked.start_x, asked.seed) == (drawn.start_x, drawn.seed)


@pytest.mark.parametrize(
    ("name", "value"), [("cheetah-pier", -0.1), ("ant-slope", 40.0), ("cheetah-cripple", 6.0), ("ant-motor", np.nan)]
)
def test_values_outside_physical_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match="no physical sense"):
        draw_episode(task_named(name), "seen", np.random.default_rng(0), value=value)


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown split 'tset'"):
        draw_episode(task_named("ant-slope"), "tset", np.random.default_rng(0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "ant-moon"}, "unknown locomotion task"),
        ({"split": "all"}, "unknown split"),
        ({"values": [[0.3, 1.0]]}, "9 segments"),
        ({"values": [[0.3]] * 9}, "needs damping_ratio, friction_factor"),
        ({"values": [[0.3, -1.0]] * 9}, "friction_factor -1.0"),
        ({"start_x": 400.0}, "off the track"),
        ({"wind": 3.0}, "not an episode specification"),
        ({"values": None}, "not an episode specification"),
        ({"start_x": "a"}, "not an episode specification.*'a' is not a number"),
        ({"start_x": True}, "not an episode specification.*True is not a number"),
        ({"start_x": float("nan")}, "off the track"),
        ({"start_x": 10**400}, "not an episode specification"),
        ({"values": [["0.3", 1.0]] * 9}, "not an episode specification.*'0.3' is not a number"),
        ({"seed": "x"}, "not an episode specification.*seed is 'x', it must be of type int"),
        ({"seed": 1.0}, "not an episode specification.*type int"),
        ({"seed": -1}, "seed -1 of an episode must be 0 or more"),
        ({"task": ["ant-pier"]}, "not an episode specification.*type str"),
        ({"split": None}, "not an episode specification.*type str"),
    ],
)
def test_json_of_nonsense_is_refused(changes: dict[str, object], message: str) -> None:
    entry = json.loads(draw_episode(task_named("cheetah-pier"), "seen", np.random.default_rng(0)).as_json())
    with pytest.raises(ValueError, match=message):
        EpisodeSpec.from_json(json.dumps({**entry, **changes}))


@pytest.mark.parametrize("text", ['{"task": "ant-p', "[]", "3", "null", "{}", '"ant-pier"', '{"values": []}'])
def test_a_torn_line_and_other_json_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an episode specification"):
        EpisodeSpec.from_json(text)

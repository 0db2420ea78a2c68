"""Which episodes are walked once more."""

from __future__ import annotations

import numpy as np

from hyperdynamics_core.data.episodes import Episode, make_episode
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.training.hard_episodes import LATELY, draw_again, worst_specs


def episode(reward: float, spec: str, steps: int = 4) -> Episode:
    states, actions = np.zeros((steps + 1, 18)), np.zeros((steps, 6))
    return make_episode(CHEETAH, 1, states, actions, np.full(steps, reward), np.zeros((steps, 1)), spec)


def test_the_worst_quarter_worst_first() -> None:
    episodes = [episode(float(reward), f"e{reward}") for reward in (3, -1, 5, 7, -2, 4, 6, 8)]
    assert worst_specs(episodes) == ("e-2", "e-1")


def test_a_short_episode_is_not_worse_for_being_short() -> None:
    assert worst_specs([episode(1.0, "short", 2), *(episode(0.5, f"long{n}", 8) for n in range(3))]) == ("long0",)


def test_only_of_late_and_of_those_with_a_specification() -> None:
    old, late = episode(-9.0, "old"), [episode(float(n), f"late{n}") for n in range(LATELY)]
    assert "old" not in worst_specs([old, *late]) and len(worst_specs([old, *late])) == LATELY // 4
    assert worst_specs([episode(-1.0, "{}") for _ in range(8)]) == () == worst_specs([])


def test_a_share_is_walked_again_any_of_the_worst_alike() -> None:
    generator = np.random.default_rng(0)
    drawn = [draw_again(("a", "b"), 0.4, generator) for _ in range(1000)]
    counts = {spec: drawn.count(spec) for spec in set(drawn)}
    assert set(counts) == {"a", "b", ""} and abs(counts[""] - 600) < 60 and abs(counts["a"] - counts["b"]) < 60


def test_nothing_is_walked_again_where_there_is_nothing_or_no_share() -> None:
    generator = np.random.default_rng(0)
    assert {draw_again((), 0.9, generator) for _ in range(20)} == {""}
    assert {draw_again(("a",), 0.0, generator) for _ in range(20)} == {""}

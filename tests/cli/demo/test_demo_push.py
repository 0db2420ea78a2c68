"""Which of a run's goals `demo push` sends, without the graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hyperdynamics_cli import demo_push
from hyperdynamics_cli.demo.goals import GoalPlan
from hyperdynamics_cli.errors import UserError
from tests.cli.drawing.examples import goal


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[GoalPlan]:
    """The goals that reach the graph, which ends after the first one."""
    plans: list[GoalPlan] = []

    def push_all(options: demo_push.Options, given: list[GoalPlan]) -> tuple[list[object], list[object], str]:
        plans.extend(given)
        return [goal(given[0].number)], [], "a node has ended"

    monkeypatch.setattr(demo_push, "_push_all", push_all)
    monkeypatch.setattr(demo_push, "find_model", lambda folder: Path(folder))
    monkeypatch.setattr("hyperdynamics_cli.demo.pictures.save_summary", lambda *given: None)
    return plans


def run(folder: Path, **options: object) -> int:
    given = {"out": folder / "out", "json": folder / "run.json", "obstacles": "none", "seed": 3, **options}
    return demo_push.run(demo_push.Options(**given))  # type: ignore[arg-type]


def test_the_rest_of_a_run_has_the_goals_that_it_would_have_had(tmp_path: Path, sent: list[GoalPlan]) -> None:
    run(tmp_path, goals=8)
    whole = sent.copy()
    sent.clear()
    run(tmp_path, goals=8, first=6)
    assert [plan.number for plan in whole] == list(range(1, 9))
    assert sent == whole[5:], "the same objects and scenes"
    figures = json.loads((tmp_path / "run.json").read_text())
    assert (figures["asked"], figures["answered"], figures["trials"]) == (3, 1, 1)
    assert figures["success_rate"] == 1.0 and figures["failure"] == "a node has ended"
    assert figures == json.loads((tmp_path / "out" / "summary.json").read_text())


def test_the_last_goal_alone(tmp_path: Path, sent: list[GoalPlan]) -> None:
    run(tmp_path, goals=8, first=8)
    assert [plan.number for plan in sent] == [8]


@pytest.mark.parametrize("first", [0, -1, 9])
def test_a_first_goal_that_there_is_not(tmp_path: Path, sent: list[GoalPlan], first: int) -> None:
    with pytest.raises(UserError, match=rf"--first is {first}; it must be 1 to --goals, 8"):
        run(tmp_path, goals=8, first=first)
    assert not sent

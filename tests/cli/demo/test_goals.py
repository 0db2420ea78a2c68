"""Which goals a run sends."""

from __future__ import annotations

import pytest

from hyperdynamics_cli.demo.goals import SHOWCASE, plan_goals
from hyperdynamics_cli.errors import UserError
from sim_bridges.pushing.objects import NOVEL, object_names


def test_the_demo_has_five_novel_objects_and_one_scene_with_obstacles() -> None:
    plans = plan_goals(5, (), "novel", "some", 0)
    assert [plan.object for plan in plans] == list(SHOWCASE) and set(SHOWCASE) <= set(NOVEL)
    assert sum(plan.obstacles for plan in plans) == 1


def test_many_goals_use_all_objects_and_different_scenes() -> None:
    plans = plan_goals(50, (), "novel", "none", 1)
    assert {plan.object for plan in plans} == set(NOVEL) and not any(plan.obstacles for plan in plans)
    assert len({plan.seed for plan in plans}) == 50
    assert plans == plan_goals(50, (), "novel", "none", 1) and plans != plan_goals(50, (), "novel", "none", 2)
    assert {plan.object for plan in plan_goals(24, (), "seen", "all", 0)} == set(object_names("seen"))


def test_named_objects_in_their_order() -> None:
    plans = plan_goals(3, ("mug/01", "bed/02"), "novel", "all", 0)
    assert [plan.object for plan in plans] == ["mug/01", "bed/02", "mug/01"] and all(plan.obstacles for plan in plans)
    with pytest.raises(UserError, match="unknown object 'cup'"):
        plan_goals(1, ("cup",), "novel", "none", 0)

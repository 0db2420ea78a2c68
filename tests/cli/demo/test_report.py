"""Lines and figures of a run."""

from __future__ import annotations

import math

import pytest

from hyperdynamics_cli.demo.recording import Feedback
from hyperdynamics_cli.demo.report import PushTeller, closing_line, goal_line, push_line, summary
from hyperdynamics_cli.drawing.figures import wilson
from hyperdynamics_cli.drawing.records import PushRecord
from tests.cli.drawing.examples import PUSH, goal


def test_a_line_a_push() -> None:
    told: list[str] = []
    teller = PushTeller(told.append)
    first = PushRecord(1, "probing", 0.2, real_motion=0.03)
    for push in (None, first, first, PushRecord(2, "pushing", 0.1, 0.05, 0.04, 12.0)):
        teller(Feedback("pushing", push, 0.1))
    assert len(told) == 2 == len(teller.pushes)
    assert "20.0 cm to go   moved  3.0 cm   probe" in told[0]
    assert "predicted  5.0 cm" in told[1] and "planned in 12 ms" in told[1]


def test_nothing_known_is_a_dash() -> None:
    line = push_line(PushRecord(1, "pushing", math.nan))
    assert " ".join(line.split()) == "push 1 - to go moved - planned in -"


def test_goal_line() -> None:
    assert goal_line(goal()).strip().startswith("reached: 2.1 cm from the goal, after 9 pushes")
    assert "not reached: the object rests" in goal_line(goal(success=False))


def test_summary() -> None:
    values = summary([goal(1), goal(2, False, obstacles=True)], 4, 2)
    assert values["success_rate"] == 0.5 and values["trials"] == 2 and values["seeds"] == [4]
    assert values["planning_ms_p95"] == values["planning_ms_p95_free"] == PUSH.planning_ms
    goals = values["goals"]
    assert isinstance(goals, list)
    assert {"object", "success", "final_distance", "steps"} <= set(goals[0])
    assert [one["obstacles"] for one in goals] == [False, True]
    assert values["failure"] is None and values["answered"] == values["asked"] == 2


def test_a_run_that_was_cut_off_says_so_and_its_success_is_of_the_goals_that_were_answered() -> None:
    values = summary([goal(1), goal(2), goal(3, False), goal(4, False)], 4, 100, "a node has ended")
    assert (values["success_rate"], values["trials"], values["answered"], values["asked"]) == (0.5, 4, 4, 100)
    assert values["success_ci95"] == pytest.approx(wilson(2, 4))
    assert values["failure"] == "a node has ended"
    assert closing_line([goal(1)], 2) == "1 of 2 goals sent and answered, 1 of 2 goals reached"
    assert closing_line([goal(1), goal(2, False)], 2) == "1 of 2 goals reached"
    nothing = summary([], 0, 3, "no graph")
    rate = nothing["success_rate"]
    assert isinstance(rate, float) and math.isnan(rate) and (nothing["answered"], nothing["asked"]) == (0, 3)


def test_the_phase_of_a_push_is_the_one_it_began_in() -> None:
    from hyperdynamics.action import PushTo

    from hyperdynamics_cli.demo.graph import feedback_of, result_name

    message = PushTo.Feedback(phase=PushTo.Feedback.PUSHING, step=5, distance=0.1, real_motion=0.02)
    feedback = feedback_of(message, "probing")
    assert feedback.phase == "pushing" and feedback.push is not None and feedback.push.phase == "probing"
    assert feedback_of(PushTo.Feedback(), "probing").push is None
    assert result_name(PushTo.Result.OUT_OF_TABLE) == "out of table" and result_name(200) == "code 200"

"""One goal of the walk action: feeds the core's walk task and words what comes of it as messages."""

from __future__ import annotations

import time
from typing import Any

import torch
from hyperdynamics.action import Walk

from hyperdynamics_core.control.walk_goal import WalkCommand, WalkFinished, WalkGoal, WalkPhase
from hyperdynamics_core.control.walk_task import WalkTask
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.sequences import make_planner
from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.checks.rules import NANOSECONDS
from hyperdynamics_ros.conversions.experts import bank_from
from hyperdynamics_ros.legged_states import Sample
from hyperdynamics_ros.parameters import Parameters
from hyperdynamics_ros.walk_figures import WalkFigures
from hyperdynamics_ros.walk_parameters import planner_config, task_config


class WalkSession:
    """State of one goal."""

    def __init__(self, handle: Any, task: WalkTask, deadline: float, feedback_rate: float) -> None:
        """handle: of the action server. deadline: from a state to its command, s."""
        self.handle, self.task = handle, task
        self.figures = WalkFigures(task, deadline)
        self.note = ""
        """What the task said last about states and experts."""
        self.waiting_since: float | None = None
        """Since when the newest state waits for its expert, s of wall time; None: it does not."""
        self._period, self._next_feedback = 1.0 / feedback_rate, 0.0
        self._message: Any = None
        self._bank: ExpertBank | None = None

    @staticmethod
    def make(handle: Any, parameters: Parameters, number: int) -> WalkSession:
        """A session for a checked goal; number: of the goal, which with the seed fixes all draws."""
        system = LEGGED[parameters["system"]]
        generator = torch.Generator().manual_seed(parameters["seed"] + number)
        planner = make_planner(parameters["planner"], system, generator, planner_config(parameters))
        goal = WalkGoal(float(handle.request.distance), float(handle.request.duration))
        task = WalkTask(goal, system, planner, task_config(parameters))
        return WalkSession(handle, task, parameters["deadline"] or system.dt, parameters["feedback_rate"])

    def update(self, sample: Sample, experts: Any, experts_stamp: int) -> WalkCommand | WalkFinished:
        """One step of the task, with the newest checked ExpertWeights (None: none yet) of a stamp, ns."""
        if experts is not self._message:
            self._message, self._bank = experts, bank_from(experts)
        state = torch.from_numpy(sample.state).float()
        result = self.task.update(sample.stamp / NANOSECONDS, state, self._bank, experts_stamp / NANOSECONDS)
        self.note = result.note if isinstance(result, WalkCommand) else ""
        return result

    def feedback_due(self) -> bool:
        """Whether it is time for feedback."""
        now = time.monotonic()
        if now < self._next_feedback:
            return False
        self._next_feedback = now + self._period
        return True

    def feedback(self) -> Any:
        """Where the walk is."""
        task = self.task
        message = Walk.Feedback(phase=int(task.phase), step=task.steps)
        message.position, message.speed, message.total_return = task.position, task.speed, task.total_return
        message.control_rate, message.planning_ms = task.times.rate, task.times.last_ms
        return message

    @property
    def limp(self) -> bool:
        """Whether the torques are zero for want of an expert or a state."""
        return self.task.phase in (WalkPhase.LIMP, WalkPhase.WAITING)


def result_message(finished: WalkFinished) -> Any:
    """The action's result."""
    return Walk.Result(
        success=finished.success,
        code=int(finished.code),
        message=finished.message,
        distance=finished.distance,
        duration=finished.duration,
        total_return=finished.total_return,
        steps=finished.steps,
    )

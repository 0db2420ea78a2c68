"""One closed-loop trial in this process: the loop that the node graph runs, without ROS (Table 2).

render -> detect -> crop -> see -> encode -> experts -> plan -> push, over and over, with any ``Method``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from hyperdynamics_core.control.commands import Command, CommandKind, Finished, StepRecord
from hyperdynamics_core.control.interactions import InteractionLog
from hyperdynamics_core.control.push_task import PushTask
from hyperdynamics_core.control.settings import Observation, PushTaskConfig
from hyperdynamics_core.methods.context import Context, Interactions, ShapeCode
from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.problem import Planner
from sim_bridges.pushing.eyes import Eyes, View
from sim_bridges.pushing.physics import PhysicsSettings
from sim_bridges.pushing.scene import SceneSpec
from sim_bridges.pushing.world import PushWorld, StepResult

Array = NDArray[np.float64]


def workspace_of(physics: PhysicsSettings) -> Workspace:
    """The planner's picture of a world: its table and its robot's reach, 1 cm inside the limits."""
    low, high = physics.reach
    return Workspace(
        table_half=physics.table_size / 2,
        reach_centre=physics.base_position[:2],
        reach_min=max(0.0, low + 0.01),
        reach_max=high - 0.01,
        rod_radius=physics.rod_radius,
    )


@dataclass(frozen=True)
class TrialOptions:
    """How a trial is run."""

    push: PushTaskConfig = field(default_factory=PushTaskConfig)
    """The push task's limits and habits."""
    n_interactions: int = 5
    """Newest interactions that the encoder gets."""
    rolling: bool = False
    """Encode afresh before every planning, else once after probing (the paper)."""
    exact: bool = False
    """Turn and encode the object's map at every yaw, else take z_vis from a table over yaw."""
    other_interactions: Interactions | None = None
    """Given to the encoder instead of the object's own: the swap test."""
    max_commands: int = 400
    """Steps of 0.8 s after which a trial is broken off."""


@dataclass(frozen=True)
class TrialOutcome:
    """What a trial left behind."""

    finished: Finished
    """As the task saw it."""
    true_distance: float
    """Of the object to the goal at the end, m."""
    touched: bool
    """Whether an obstacle was touched by object or rod."""
    success: bool
    """By the truth."""
    commands: int
    """Steps of 0.8 s."""
    records: list[StepRecord]
    """One a push."""
    planning_ms: list[float]
    """Of every planning."""
    log: InteractionLog
    """Interactions as they were seen."""
    states: list[Array]
    """True states [16] before each command and at the end."""

    @property
    def code(self) -> str:
        """Result code; MISSED where the task believed in a success that the truth denies."""
        return "MISSED" if self.finished.success and not self.success else self.finished.code.name

    @property
    def prediction_error(self) -> float:
        """Mean error of the planned pushes' predicted motion, m; NaN: none."""
        errors = [r.error for r in self.records if r.kind is CommandKind.PUSH and math.isfinite(r.error)]
        return float(np.mean(errors)) if errors else math.nan


class Trial:
    """Runs one goal in one world, through one pair of eyes, with one method and planner."""

    def __init__(
        self, world: PushWorld, eyes: Eyes, method: LearnedMethod, planner: Planner, generator: torch.Generator,
        options: TrialOptions | None = None,
    ) -> None:  # fmt: skip
        self.world, self.eyes, self.method, self.planner = world, eyes, method, planner
        self.generator = generator
        self.options = options or TrialOptions()

    def run(self, scene: SceneSpec, goal: tuple[float, float]) -> TrialOutcome:
        """From the scene's start to success or failure."""
        self._start(scene, goal)
        answer = self.task.update(self._observe(None))
        while isinstance(answer, Command):
            if len(self.states) > self.options.max_commands:
                self.task.cancel()
            result = self._carry_out(answer)
            answer = self.task.update(self._observe(result))
        return self._outcome(answer)

    def probe(self, scene: SceneSpec) -> Interactions | None:
        """Only the probing pushes on a scene: another object's interactions for the swap test."""
        self._start(scene, (0.0, 0.0))
        answer = self.task.update(self._observe(None))
        while isinstance(answer, Command) and not self.task.probing_done:
            answer = self.task.update(self._observe(self._carry_out(answer)))
        return self.log.latest(self.options.n_interactions, fill=True)

    def _start(self, scene: SceneSpec, goal: tuple[float, float]) -> None:
        space = workspace_of(self.world.physics)
        self.task = PushTask(goal, self.planner, space, self.generator, self.options.push)
        self.log = InteractionLog()
        self.states = [self.world.reset(scene)]
        self.touched = False
        self.seen = self.states[0][:2].copy()
        self.height = float(self.states[0][2])
        self.seen_at = self.states[0]
        self.view = View(None, None, ())
        self.shape: ShapeCode | None = None
        self.experts: Experts | None = None
        self.estimate = self.states[0]

    def _carry_out(self, command: Command) -> StepResult:
        before = self.estimate
        result = self.world.step(np.array(command.displacement))
        self.states.append(result.state)
        self.touched = self.touched or result.obstacle_contact
        self._last = (before, np.array(command.displacement))
        return result

    def _observe(self, result: StepResult | None) -> Observation:
        state = self.states[-1]
        looked = self.task.wants_view
        if looked:
            self._look(state)
        self.estimate = self._estimate(state)
        if result is not None:
            self.log.record(*self._last, self.estimate)
        in_view = not looked or self.view.position is not None
        if self.shape is None and looked and in_view:
            self._see_shape(state)
        return Observation(
            state=self.estimate,
            object_box=self.view.object_box if looked else None,
            obstacles=self.view.obstacles if looked else (),
            experts=self._adapt(),
            object_in_view=in_view,
            obstacle_contact=self.touched,
            off_table=result is not None and result.off_table,
        )

    def _look(self, state: Array) -> None:
        self.view = self.eyes.look(state, self._expected(state))
        if self.view.position is not None:
            self.seen, self.height = self.view.position[:2].copy(), float(self.view.position[2])
            self.seen_at = state

    def _expected(self, state: Array) -> Array:
        """Where the object was seen last, moved on as odometry says."""
        moved: Array = self.seen + state[:2] - self.seen_at[:2]
        return moved

    def _estimate(self, state: Array) -> Array:
        """The state as far as it is seen: position from the camera, orientation and velocity from odometry."""
        seen = state.copy()
        seen[:2], seen[2] = self._expected(state), self.height
        return seen

    def _see_shape(self, state: Array) -> None:
        crop = self.eyes.crop(state, self.estimate[:3])
        self.shape = self.method.see(crop, self.options.exact) if crop is not None else None

    def _adapt(self) -> Experts | None:
        if not self.task.wants_view or (self.method.n_vis > 0 and self.shape is None):
            return self.experts
        if self.task.probing_done and (self.experts is None or self.options.rolling):
            own = self.log.latest(self.options.n_interactions, fill=True)
            chosen = self.options.other_interactions or own
            adapt = self.method.adapt if self.options.exact else self.method.bank
            self.experts = adapt(Context(chosen, self.shape))
        return self.experts

    def _outcome(self, finished: Finished) -> TrialOutcome:
        distance = float(np.linalg.norm(self.states[-1][:2] - np.array(self.task.goal)))
        success = finished.success and distance <= self.options.push.tolerance and not self.touched
        return TrialOutcome(
            finished, distance, self.touched, success, len(self.states) - 1, self.task.records,
            self.task.planning_ms, self.log, self.states,
        )  # fmt: skip

"""The state machine of one goal: probe, plan, push, look again, until the object rests at the goal.

Pure: observations in, commands out. A node and the in-process evaluation run the same object::

    task = PushTask(goal, planner, workspace, generator)
    answer = task.update(observation)
    while isinstance(answer, Command):
        ...carry it out, one step of 0.8 s...
        answer = task.update(observation)
    print(answer.code, answer.message)
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.control.approach import Approach, Intent
from hyperdynamics_core.control.commands import Command, CommandKind, Finished, Phase, ResultCode, StepRecord
from hyperdynamics_core.control.goals import InvalidGoal, check_goal
from hyperdynamics_core.control.memory import SceneMemory
from hyperdynamics_core.control.patience import Patience
from hyperdynamics_core.control.probing import draw_probe
from hyperdynamics_core.control.reposition import rod_is_down, with_rod_at_height
from hyperdynamics_core.control.rounds import plan_in_rounds
from hyperdynamics_core.control.settings import Observation, PushTaskConfig
from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.planning.coasting import resting_positions
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.problem import Plan, Planner, PlanningProblem
from hyperdynamics_core.systems.push import LINEAR_VELOCITY

WAIT = Command((0.0, 0.0, 0.0), CommandKind.WAIT)


class PushTask:
    """One goal; see the module's docstring."""

    def __init__(
        self,
        goal: Sequence[float],
        planner: Planner,
        workspace: Workspace,
        generator: torch.Generator,
        config: PushTaskConfig | None = None,
    ) -> None:
        """goal (x, y) in the world frame, m. An invalid one makes the first ``update`` finish with INVALID_GOAL."""
        self.goal = tuple(goal)
        self.planner = planner
        self.workspace = workspace
        self.generator = generator
        self.config = config or PushTaskConfig()
        self.memory = SceneMemory()
        self.records: list[StepRecord] = []
        """One a push, the newest last."""
        self.phase = Phase.WAITING
        self.distance = math.nan
        """Of the object to the goal when last seen, m."""
        self.probes_done = 0
        """Probes that moved the object, or all there will be."""
        self.planning_ms: list[float] = []
        """Time that each planning took, also those that led to a re-position."""
        self._approach = Approach(self.config.reposition)
        self._patience = Patience()
        self._canceled = False
        self._finished: Finished | None = None

    @property
    def pushes(self) -> int:
        """Pushes executed, probing included."""
        return len(self.records)

    @property
    def probing_done(self) -> bool:
        """Whether the interactions for an expert are complete."""
        return self.probes_done >= self.config.probes

    @property
    def wants_view(self) -> bool:
        """Whether the next ``update`` looks at the scene; between the parts of a re-position it does not."""
        return self._approach.wants_view

    def cancel(self) -> None:
        """Make the next ``update`` finish with CANCELED."""
        self._canceled = True

    def update(self, observation: Observation) -> Command | Finished:
        """The answer to what was observed: what to do next, or how it ended (the same from then on)."""
        if self._finished is None:
            answer = self._answer(observation)
            if isinstance(answer, Command):
                return answer
            self._finished = answer
            self.phase = Phase.STOPPED
        return self._finished

    def _answer(self, observation: Observation) -> Command | Finished:
        refused = self._refuse()
        if refused is not None:
            return refused
        if observation.state is None or not np.isfinite(observation.state).all():
            return self._wait_for(ResultCode.STALE_STATE, self.config.max_stale, "no fresh, finite state")
        state = torch.from_numpy(np.asarray(observation.state, dtype=np.float64)).float()
        self._take_in(observation, state)
        ended = self._ended(observation, state)
        if ended is not None:
            return ended
        if not observation.object_in_view or self.memory.footprint is None:
            return self._wait_for(ResultCode.OBJECT_LOST, self.config.max_lost, "the object is not in view")
        self._patience.renew(ResultCode.OBJECT_LOST)
        return self._arrive(state) or self._carry_on(state) or self._act(observation, state)

    def _refuse(self) -> Finished | None:
        if self._canceled:
            return self._finish(ResultCode.CANCELED, "canceled by the client")
        if self.phase is Phase.WAITING and not self.records:
            try:
                check_goal(self.goal, self.config.tolerance, self.workspace)
            except InvalidGoal as error:
                return self._finish(ResultCode.INVALID_GOAL, str(error))
        return None

    def _take_in(self, observation: Observation, state: Tensor) -> None:
        self._patience.renew(ResultCode.STALE_STATE)
        if self.records and self.records[-1].after is None:
            self._close(self.records[-1], np.asarray(observation.state, dtype=np.float64))
        self.memory.see_obstacles(observation.obstacles)
        self.memory.see_object(observation.object_box, state)
        self.distance = float((state[:2] - torch.tensor(self.goal)).norm())

    def _close(self, record: StepRecord, after: NDArray[np.float64]) -> None:
        record.after = after
        if record.kind is CommandKind.PROBE and record.real_motion >= self.config.touched:
            self.probes_done += 1
        probes = sum(past.kind is CommandKind.PROBE for past in self.records)
        if not self.probing_done and probes >= self.config.max_probe_attempts:
            self.probes_done = self.config.probes

    def _ended(self, observation: Observation, state: Tensor) -> Finished | None:
        if observation.obstacle_contact:
            return self._finish(ResultCode.COLLISION, "an obstacle was touched")
        if observation.off_table or float(state[:2].abs().max()) > self.workspace.table_half:
            return self._finish(ResultCode.OUT_OF_TABLE, f"the object left the table at {_place(state)}")
        return None

    def _arrive(self, state: Tensor) -> Command | Finished | None:
        """At the goal or sliding to rest there; None: not yet."""
        goal = torch.tensor(self.goal)
        good = self.config.tolerance - self.config.arrival_margin
        resting = self._rests(state)
        out_of_pushes = self._planned() >= self.config.max_pushes
        if resting and self.distance <= (self.config.tolerance if out_of_pushes else good):
            return self._finish(ResultCode.SUCCESS, f"the object rests {100 * self.distance:.1f} cm from the goal")
        rest = resting_positions(state, self.config.deceleration)
        if not resting and (out_of_pushes or float((rest - goal).norm()) <= good) and self._wait():
            return WAIT
        if out_of_pushes:
            return self._finish(
                ResultCode.MAX_STEPS,
                f"{self.config.max_pushes} pushes ran out with the object {100 * self.distance:.1f} cm from the goal",
            )
        return None

    def _carry_on(self, state: Tensor) -> Command | None:
        """Next part of a re-position under way, or the push for which it was made."""
        if not self._approach.under_way:
            return None
        command = self._approach.next(state)
        intent = self._approach.intent
        if command is None and intent is not None and intent.kind is CommandKind.PROBE:
            return self._push(state, intent)
        return command

    def _act(self, observation: Observation, state: Tensor) -> Command | Finished:
        if not self.probing_done:
            self.phase = Phase.PROBING
            return self._probe(observation, state)
        if observation.experts is None:
            self.phase = Phase.WAITING
            return self._wait_for(ResultCode.STALE_EXPERT, self.config.max_stale, "no expert for this object")
        self._patience.renew(ResultCode.STALE_EXPERT)
        self.phase = Phase.PUSHING
        return self._plan(observation.experts, state)

    def _probe(self, observation: Observation, state: Tensor) -> Command | Finished:
        assert self.memory.footprint is not None
        if not self._rests(state) and self._wait():
            return WAIT
        level, down = with_rod_at_height(state, self.config.reposition), rod_is_down(state, self.config.reposition)
        probe = draw_probe(
            level, self.memory.footprint, self.memory.obstacles, self.workspace, self.config.probing, self.generator,
            down,
        )  # fmt: skip
        if not probe.safe and self.probes_done > 0:
            self.probes_done = self.config.probes
            return self._act(observation, state)
        intent = Intent(CommandKind.PROBE, np.array([*probe.action, 0.0]))
        return self._push(state, intent) if probe.start is None else self._go_to(probe.start, intent, state)

    def _plan(self, experts: Experts, state: Tensor) -> Command | Finished:
        began = time.perf_counter()
        plan = self._search(experts, state)
        elapsed = 1e3 * (time.perf_counter() - began)
        self.planning_ms.append(elapsed)
        if not plan.feasible:
            return self._wait_for(
                ResultCode.NO_PLAN,
                2,
                f"all {len(plan.candidates.costs)} candidates of {len(self.config.rounds.cautions)} rounds would touch "
                "an obstacle, leave the table or the reach; move the obstacles or the goal",
            )
        self._patience.renew(ResultCode.NO_PLAN)
        intent = Intent(CommandKind.PUSH, plan.actions[0].numpy().astype(np.float64), plan)
        if plan.reposition is not None:
            return self._go_to(plan.reposition, intent, state)
        return self._push(state, intent, planning_ms=elapsed)

    def _search(self, experts: Experts, state: Tensor) -> Plan:
        """Follow the plan for which the rod was just set down, or find another."""
        assert self.memory.footprint is not None
        down = rod_is_down(state, self.config.reposition)
        stuck = self._approach.repositions >= self.config.max_repositions
        problem = PlanningProblem(
            state=with_rod_at_height(state, self.config.reposition),
            goal=torch.tensor(self.goal),
            experts=experts,
            footprint=self.memory.footprint,
            obstacles=self.memory.obstacles,
            reposition="required" if not down else "never" if stuck else "allowed",
        )
        intent, self._approach.intent = self._approach.intent, None
        arrived = intent.plan if intent is not None and down else None
        follow = [] if arrived is None else [replace(problem, reposition="never", seed_actions=arrived.actions)]
        return plan_in_rounds(self.planner, [*follow, problem], self.config.rounds)

    def _go_to(self, place: tuple[float, float], intent: Intent, state: Tensor) -> Command | Finished:
        self._approach.begin(place, intent)
        return self._carry_on(state) or self._push(state, intent)

    def _push(self, state: Tensor, intent: Intent, planning_ms: float = math.nan) -> Command:
        self._approach.pushed()
        self._patience.renew(None)
        before = state.numpy().astype(np.float64)
        number = len(self.records) + 1
        self.records.append(
            StepRecord(number, intent.kind, self.distance, before, intent.action, intent.plan, planning_ms)
        )
        x, y, z = intent.action.tolist()
        return Command((x, y, z), intent.kind)

    def _planned(self) -> int:
        return sum(record.kind is CommandKind.PUSH for record in self.records)

    def _rests(self, state: Tensor) -> bool:
        return float(state[LINEAR_VELOCITY][:2].norm()) <= self.config.rest_speed

    def _wait(self) -> bool:
        """Whether to wait once more for the object to rest."""
        return self._patience.waits_again(None, self.config.max_waits)

    def _wait_for(self, code: ResultCode, limit: int, what: str) -> Command | Finished:
        if self._patience.waits_again(code, limit):
            return WAIT
        return self._finish(code, f"{what}; waited {limit} steps for it")

    def _finish(self, code: ResultCode, message: str) -> Finished:
        if code is ResultCode.NO_PLAN and self.distance <= self.config.tolerance:
            code, message = ResultCode.SUCCESS, f"the object lies {100 * self.distance:.1f} cm from the goal"
        return Finished(code, message, self.distance, self.pushes)


def _place(state: Tensor) -> str:
    return f"({float(state[0]):.3f}, {float(state[1]):.3f}) m"

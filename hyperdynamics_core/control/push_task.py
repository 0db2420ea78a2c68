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

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyperdynamics_core.control.commands import Command, CommandKind, Finished, Phase, ResultCode, StepRecord
from hyperdynamics_core.control.goals import InvalidGoal, check_goal
from hyperdynamics_core.control.memory import SceneMemory
from hyperdynamics_core.control.probing import draw_probe
from hyperdynamics_core.control.reposition import Reposition
from hyperdynamics_core.control.settings import Observation, PushTaskConfig
from hyperdynamics_core.methods.experts import Experts
from hyperdynamics_core.planning.coasting import resting_positions
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.problem import Plan, Planner, PlanningProblem
from hyperdynamics_core.planning.problem import Reposition as RepositionRule
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
        self._reposition: Reposition | None = None
        self._repositions = 0
        self._pending: tuple[CommandKind, NDArray[np.float64], Plan | None] | None = None
        self._waits: dict[ResultCode | None, int] = {}
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
        return self._reposition is None or self._reposition.is_lowering

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
        self._waits.pop(ResultCode.OBJECT_LOST, None)
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
        self._waits.pop(ResultCode.STALE_STATE, None)
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
        if self._reposition is None:
            return None
        command = self._reposition.next((float(state[13]), float(state[14]), float(state[15])))
        if command is not None:
            return command
        self._reposition = None
        if self._pending is not None and self._pending[0] is CommandKind.PROBE:
            return self._push(state, *self._pending, planning_ms=math.nan)
        return None

    def _act(self, observation: Observation, state: Tensor) -> Command | Finished:
        if not self.probing_done:
            self.phase = Phase.PROBING
            return self._probe(observation, state)
        if observation.experts is None:
            self.phase = Phase.WAITING
            return self._wait_for(ResultCode.STALE_EXPERT, self.config.max_stale, "no expert for this object")
        self._waits.pop(ResultCode.STALE_EXPERT, None)
        self.phase = Phase.PUSHING
        return self._plan(observation.experts, state)

    def _probe(self, observation: Observation, state: Tensor) -> Command | Finished:
        assert self.memory.footprint is not None
        if not self._rests(state) and self._wait():
            return WAIT
        probe = draw_probe(
            self._with_rod_at_height(state), self.memory.footprint, self.memory.obstacles, self.workspace,
            self.config.probing, self.generator, self._rod_is_down(state),
        )  # fmt: skip
        if not probe.safe and self.probes_done > 0:
            self.probes_done = self.config.probes
            return self._act(observation, state)
        action = np.array([*probe.action, 0.0])
        if probe.start is None:
            return self._push(state, CommandKind.PROBE, action, None, math.nan)
        return self._go_to(probe.start, (CommandKind.PROBE, action, None), state)

    def _plan(self, experts: Experts, state: Tensor) -> Command | Finished:
        began = time.perf_counter()
        plan = self._search(experts, state)
        elapsed = 1e3 * (time.perf_counter() - began)
        self.planning_ms.append(elapsed)
        pending = (CommandKind.PUSH, plan.actions[0].numpy().astype(np.float64), plan)
        if not plan.feasible:
            return self._wait_for(
                ResultCode.NO_PLAN,
                2,
                f"all {len(plan.candidates.costs)} candidates of {len(self.config.cautions)} rounds would touch "
                "an obstacle, leave the table or the reach; move the obstacles or the goal",
            )
        self._waits.pop(ResultCode.NO_PLAN, None)
        if plan.reposition is not None:
            return self._go_to(plan.reposition, pending, state)
        return self._push(state, *pending, planning_ms=elapsed)

    def _search(self, experts: Experts, state: Tensor) -> Plan:
        """Plan with ever smaller margins until something keeps the rules and moves the object."""
        arrived = self._pending[2] if self._pending is not None else None
        self._pending = None
        best: Plan | None = None
        for caution in self.config.cautions:
            plan = self.planner.plan(self._problem(experts, state, arrived, caution))
            if plan.feasible and plan.motion >= self.config.idle_motion:
                return plan
            if best is None or plan.feasible > best.feasible:
                best = plan
            arrived = None
        assert best is not None
        return best

    def _problem(self, experts: Experts, state: Tensor, arrived: Plan | None, caution: float) -> PlanningProblem:
        """arrived: the plan for which the rod was just set down where it is."""
        assert self.memory.footprint is not None
        rule: RepositionRule = "required"
        if self._rod_is_down(state):
            stuck = self._repositions >= self.config.max_repositions
            rule = "never" if arrived is not None or stuck else "allowed"
        return PlanningProblem(
            state=self._with_rod_at_height(state),
            goal=torch.tensor(self.goal),
            experts=experts,
            footprint=self.memory.footprint,
            obstacles=self.memory.obstacles,
            reposition=rule,
            seed_actions=None if arrived is None else arrived.actions,
            caution=caution,
        )

    def _go_to(
        self, place: tuple[float, float], pending: tuple[CommandKind, NDArray[np.float64], Plan | None], state: Tensor
    ) -> Command | Finished:
        self._reposition = Reposition(place, self.config.reposition)
        self._repositions += 1
        self._pending = pending
        return self._carry_on(state) or self._push(state, *pending, planning_ms=math.nan)

    def _push(
        self, state: Tensor, kind: CommandKind, action: NDArray[np.float64], plan: Plan | None, planning_ms: float
    ) -> Command:
        self._pending = None
        self._repositions = 0
        self._waits.pop(None, None)
        before = state.numpy().astype(np.float64)
        number = len(self.records) + 1
        self.records.append(StepRecord(number, kind, self.distance, before, action, plan, planning_ms))
        return Command((float(action[0]), float(action[1]), float(action[2])), kind)

    def _planned(self) -> int:
        return sum(record.kind is CommandKind.PUSH for record in self.records)

    def _with_rod_at_height(self, state: Tensor) -> Tensor:
        """The state with the rod exactly where experts have always seen it: a millimetre is far out of their range."""
        if not self._rod_is_down(state):
            return state
        level = state.clone()
        level[15] = self.config.reposition.push_height
        return level

    def _rod_is_down(self, state: Tensor) -> bool:
        return abs(float(state[15]) - self.config.reposition.push_height) <= 0.015

    def _rests(self, state: Tensor) -> bool:
        return float(state[LINEAR_VELOCITY][:2].norm()) <= self.config.rest_speed

    def _wait(self) -> bool:
        """Whether to wait once more for the object to rest."""
        self._waits[None] = self._waits.get(None, 0) + 1
        return self._waits[None] <= self.config.max_waits

    def _wait_for(self, code: ResultCode, limit: int, what: str) -> Command | Finished:
        self._waits[code] = self._waits.get(code, 0) + 1
        if self._waits[code] <= limit:
            return WAIT
        return self._finish(code, f"{what}; waited {limit} steps for it")

    def _finish(self, code: ResultCode, message: str) -> Finished:
        return Finished(code, message, self.distance, self.pushes)


def _place(state: Tensor) -> str:
    return f"({float(state[0]):.3f}, {float(state[1]):.3f}) m"

"""State machine of one walk: told time, state and the newest expert at every step, it says the torques.

Node and in-process evaluation run the same object. Times are the robot's own unless wall time is said.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

from hyperdynamics_core.control.timing import CandidateGovernor, StepTimes
from hyperdynamics_core.control.walk_goal import (
    WalkCode,
    WalkCommand,
    WalkFinished,
    WalkGoal,
    WalkPhase,
    WalkTaskConfig,
)
from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.planning.sequences import SequencePlanner
from hyperdynamics_core.systems.legged import LeggedSystem

SPEED_SECONDS = 0.5
"""Speed is the mean over this long."""


class WalkTask:
    """One goal from start to end; make a new one for the next."""

    def __init__(
        self, goal: WalkGoal, system: LeggedSystem, planner: SequencePlanner, config: WalkTaskConfig | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        """clock: wall time, s."""
        self.goal, self.system, self.planner = goal, system, planner
        self.config = config or WalkTaskConfig()
        self.phase = WalkPhase.WAITING
        self.steps = 0
        """Commands so far."""
        self.late_experts = 0
        """Commands planned with an expert that was late."""
        self.total_return = 0.0
        """Sum of the rewards so far."""
        deadline = self.config.deadline or system.dt
        self.times = StepTimes(deadline)
        self._governor = None
        if self.config.adapt_candidates:
            allowed = self.config.use_of_deadline * deadline
            self._governor = CandidateGovernor(planner, allowed, self.config.min_candidates)
        self._clock = clock
        self._expert: ExpertBank | None = None
        self._expert_time = math.nan
        self._refused = ""
        self._unusable = 0
        self._began = self._now = self._state_time = math.nan
        self._first: Tensor | None = None
        self._state: Tensor | None = None
        self._action = torch.zeros(len(system.action_dimensions))
        self._track: deque[tuple[float, float]] = deque()
        self._canceled = False
        self._end: WalkFinished | None = None
        planner.reset()

    def cancel(self) -> None:
        """The next update ends the walk."""
        self._canceled = True

    def update(
        self, time_s: float, state: Tensor | None, experts: ExpertBank | None = None, experts_time_s: float = math.nan
    ) -> WalkCommand | WalkFinished:
        """One step.

        Args:
            time_s: the robot's time.
            state: [n_s]; None: no fresh state. One of another size or with a number that is not finite counts as none.
            experts: the newest expert; None: no new one. One of another system counts as none.
            experts_time_s: time of the state that the expert was generated for.

        Returns:
            The command for this step, or how the walk ended; after that always the same end.
        """
        if self._end is None:
            result = self._step(time_s, state, experts, experts_time_s)
            if isinstance(result, WalkFinished):
                self._end = result
                if self._governor is not None:
                    self._governor.restore()
            else:
                self._remember(result)
        else:
            result = self._end
        return result

    @property
    def position(self) -> float:
        """Along x from where the walk began, m; NaN before the first state."""
        if self._first is None or self._state is None:
            return math.nan
        return float(self._state[0] - self._first[0])

    @property
    def duration(self) -> float:
        """Since the first update, s."""
        return self._now - self._began

    @property
    def speed(self) -> float:
        """Along x, mean of the last half second, m/s; NaN before the second state."""
        if len(self._track) < 2:
            return math.nan
        (before, start), (now, end) = self._track[0], self._track[-1]
        return (end - start) / (now - before) if now > before else math.nan

    def _step(
        self, time_s: float, state: Tensor | None, experts: ExpertBank | None, experts_time_s: float
    ) -> WalkCommand | WalkFinished:
        fault = self._early_end(time_s)
        if fault is not None:
            return fault
        self._see_expert(experts, experts_time_s)
        if state is None or state.shape != (len(self.system.state_dimensions),) or not bool(state.isfinite().all()):
            return self._without_state()
        self._see_state(state.to(torch.float32))
        return self._arrived() or self._act()

    def _early_end(self, time_s: float) -> WalkFinished | None:
        """Ends that have nothing to do with the state; takes over the time."""
        fault = self.goal.fault()
        if fault is not None:
            return self._finish(WalkCode.INVALID_GOAL, fault)
        if self._canceled:
            return self._finish(WalkCode.CANCELED, "canceled")
        if not math.isfinite(time_s) or time_s < self._now:
            return self._finish(
                WalkCode.STALE_STATE, f"the clock went from {self._now:.3f} to {time_s:.3f} s; begin a new walk"
            )
        self._now = time_s
        if math.isnan(self._began):
            self._began = self._state_time = time_s
        return None

    def _see_expert(self, experts: ExpertBank | None, stamp: float) -> None:
        if experts is None:
            return
        if experts.system.name != self.system.name or len(experts.yaws) != 1:
            self._refused = f"the expert received is of system {experts.system.name!r}, not {self.system.name!r}"
        elif not math.isfinite(stamp):
            self._refused = f"the expert received is of time {stamp}"
        elif self._expert is None or stamp >= self._expert_time:
            self._expert, self._expert_time, self._refused = experts, stamp, ""

    def _see_state(self, state: Tensor) -> None:
        if self._state is None:
            self._first = state
        else:
            reward = self.system.rewards(torch.stack((self._state, state)), self._action.unsqueeze(0))
            self.total_return += float(reward)
        self._state, self._state_time = state, self._now
        self._track.append((self._now, float(state[0])))
        while self._now - self._track[0][0] > SPEED_SECONDS:
            self._track.popleft()

    def _arrived(self) -> WalkFinished | None:
        over = self.goal.duration > 0.0 and self.duration >= self.goal.duration - 0.5 * self.system.dt
        if self.goal.distance > 0.0 and self.position >= self.goal.distance:
            return self._finish(WalkCode.SUCCESS, f"walked {self.position:.2f} m in {self.duration:.2f} s")
        if over and self.goal.distance > 0.0:
            return self._finish(
                WalkCode.TIME_OUT, f"walked {self.position:.2f} of {self.goal.distance:.2f} m in {self.duration:.2f} s"
            )
        return self._finish(WalkCode.SUCCESS, f"walked {self.position:.2f} m") if over else None

    def _without_state(self) -> WalkCommand | WalkFinished:
        waited = self._now - self._state_time
        if waited > self.config.give_up + 1e-9:
            return self._finish(WalkCode.STALE_STATE, f"no valid state for {waited:.2f} s; look at the robot's driver")
        return self._limp("no valid state")

    def _act(self) -> WalkCommand | WalkFinished:
        if self._expert is None:
            waited, what = self._now - self._began, "no expert has come"
        else:
            waited, what = self._now - self._expert_time - self.config.expert_hold, "the last expert is too old"
            if waited <= 1e-9:
                return self._plan(self._expert)
        if waited > self.config.give_up + 1e-9:
            why = f"; {self._refused}" if self._refused else "; look at the hypernetwork"
            return self._finish(WalkCode.STALE_EXPERT, f"{what} for {waited:.2f} s{why}")
        return self._limp(self._refused or what)

    def _limp(self, note: str) -> WalkCommand:
        waiting = self._expert is None or self._state is None
        phase = WalkPhase.WAITING if waiting else WalkPhase.LIMP
        return WalkCommand(torch.zeros(len(self.system.action_dimensions)), phase, note=note)

    def _plan(self, experts: ExpertBank) -> WalkCommand | WalkFinished:
        assert self._state is not None
        began = self._clock()
        plan = self.planner.plan(self._state, experts)
        elapsed = self._clock() - began
        self.times.planned(elapsed)
        if self._governor is not None:
            self._governor.planned(elapsed)
        self._unusable = 0 if plan.usable else self._unusable + 1
        if self._unusable >= self.config.max_unusable:
            return self._finish(
                WalkCode.NO_PLAN,
                f"{self._unusable} plans in a row had no finite prediction; the model is not usable here",
            )
        late = self._now - self._expert_time > self.config.late_after * self.system.dt
        self.late_experts += late
        note = f"the expert is {self._now - self._expert_time:.3f} s old" if late else ""
        return WalkCommand(plan.actions[0], WalkPhase.HOLDING if late else WalkPhase.WALKING, plan, note)

    def _remember(self, command: WalkCommand) -> None:
        self._action, self.phase = command.action, command.phase
        self.steps += 1
        self.times.commanded(self._clock())

    def _finish(self, code: WalkCode, message: str) -> WalkFinished:
        return WalkFinished(code, message, self.position, self.duration, self.total_return, self.steps)

"""Finds the steps (state, action, next state) in the stream of a legged robot's states.

Which action belongs to a step? In a simulator that waits, the command that answered the step's first state. On a robot
that does not wait, a command comes some milliseconds after the state that it answers and acts until the next one comes:

- ``effort``: the efforts of the joint states say what acted. Our bridge, and drivers that mirror their command as
  effort, tell the commanded torques of the step that ended at the message's stamp; over several messages in a step the
  mean counts. A driver that *measures* torques tells what the motors made of the command: not what the models were
  trained on.
- ``command``: the commands on the topic say what was wanted. One that answers the state of stamp t acts from
  t + delay on, until the next one does; ``delay`` is the time from a state to the moment its command acts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.systems.legged import LeggedSystem
from hyperdynamics_ros.legged_states import Sample

Array = NDArray[np.float64]
Step = tuple[Array, Array, Array]
EARLY, LATE = 0.1, 0.5
"""A next state may come this share of a step before or after the step's nominal end."""
KEPT = 64
"""Newest commands kept."""


class Commands:
    """Which of the commands on the topic acted at a moment."""

    def __init__(self, delay: int, hold: int) -> None:
        """delay: from a state's stamp to the moment its command acts, ns. hold: how long a command acts at most, ns."""
        self._delay, self._hold = delay, hold
        self._commands: deque[tuple[int, Array]] = deque(maxlen=KEPT)

    def add(self, stamp: int, action: Array) -> None:
        """A command [n_a], -1 to 1, that answers the state of a stamp (ns)."""
        self._commands.append((stamp, action))

    def acting(self, stamp: int, slack: int) -> Array | None:
        """[n_a] that acts from a stamp (ns) on, where stamps may be off by slack; None: nobody commands."""
        for answered, action in reversed(self._commands):
            age = stamp + slack - answered - self._delay
            if age >= 0:
                return action if age <= self._hold + slack else None
        return None

    def clear(self) -> None:
        """Forget all."""
        self._commands.clear()


@dataclass(frozen=True)
class Cut:
    """The end of a control step, which is the start of the next one."""

    step: Step | None
    """(state, action, next state) of the step that ended; None: there is none, or its action is not known."""
    broken: bool
    """What comes does not follow what was: no state came in time, or this is the first one."""


class LeggedStepFinder:
    """Cuts samples, one a control step or more, into steps of the system's dt."""

    def __init__(self, system: LeggedSystem, commands: Commands | None = None) -> None:
        """commands: where actions come from; None: from the samples' efforts."""
        self._dt, self._commands = round(1e9 * system.dt), commands
        self._begin: Sample | None = None
        self._efforts: list[Array] = []
        self.without_action = 0
        """Steps that were dropped because nothing said which action acted."""
        self.gaps = 0
        """Times that no state came at the end of a step."""

    def clear(self) -> None:
        """Forget the step under way; commands stay."""
        self._begin, self._efforts = None, []

    def add(self, sample: Sample) -> Cut | None:
        """A fresh sample; None: it lies within a step."""
        begin = self._begin
        if sample.efforts is not None:
            self._efforts.append(sample.efforts)
        if begin is None:
            self._start(sample)
            return Cut(None, broken=True)
        elapsed = sample.stamp - begin.stamp
        if elapsed < self._dt * (1.0 - EARLY):
            return None
        on_time = elapsed <= self._dt * (1.0 + LATE)
        action = self._action(begin) if on_time else None
        self.gaps += not on_time
        self.without_action += on_time and action is None
        self._start(sample)
        step = None if action is None else (begin.state, action, sample.state)
        return Cut(step, broken=step is None)

    def _start(self, sample: Sample) -> None:
        self._begin, self._efforts = sample, []

    def _action(self, begin: Sample) -> Array | None:
        if self._commands is not None:
            return self._commands.acting(begin.stamp, round(EARLY * self._dt))
        return np.mean(self._efforts, axis=0) if self._efforts else None

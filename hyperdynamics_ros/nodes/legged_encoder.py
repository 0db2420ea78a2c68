"""Interaction encoder for legs: from joint states, odometry and commands to the last k steps and their code z_int.

A code goes out for every control step at once, the history after it. Until k steps follow each other the code is zero:
nothing is known yet. A reset, a gap in the states or a clock that goes back begin the history anew.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, UInt32

from hyperdynamics_core.control.history import History
from hyperdynamics_core.methods.context import Context
from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.checks import check_base_odometry, check_legged_joints, check_torques
from hyperdynamics_ros.conversions.commands import numbers, stamp_of_numbers
from hyperdynamics_ros.dispatch import SYSTEM
from hyperdynamics_ros.encoder_node import EncoderNode
from hyperdynamics_ros.legged_states import LeggedStates, Sample
from hyperdynamics_ros.legged_steps import Commands, LeggedStepFinder
from hyperdynamics_ros.node import LATCHED
from hyperdynamics_ros.parameters import Parameter

TABLE = (
    Parameter("model", "models/cheetah-slope", "Checkpoint folder of the method whose encoder is used."),
    SYSTEM,
    Parameter(
        "action_source",
        "effort",
        "Whence the action of a step is known. effort: from the joint states, where the driver tells the commanded "
        "torques that acted; command: from the commands on the topic.",
        choices=("effort", "command"),
    ),
    Parameter(
        "command_delay",
        0.0,
        "action_source command: time from a state's stamp to the moment its command acts; lockstep 0.",
        "s",
        0.0,
        1.0,
    ),
    Parameter("command_hold", 0.1, "action_source command: the driver drops a command after this.", "s", 0.0, 10.0),
    Parameter("sync_tolerance", 0.002, "Greatest difference of the stamps of one state's parts.", "s", 0.0, 1.0),
)


class LeggedEncoderNode(EncoderNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__(TABLE, None)
        self._system = LEGGED[self._stored.method.system.name]
        self._limits = np.array(self._system.max_torques)
        self._history = History(self._system, self._stored.method.config.n_interactions)
        self._states = LeggedStates(self._system, round(1e9 * self.parameters["sync_tolerance"]))
        self._commands = self._listen_to_commands()
        self._steps = LeggedStepFinder(self._system, self._commands)
        self._last: tuple[int, Any, int] | None = None
        """Stamp, code and number of interactions that were told last."""
        self.listen(UInt32, "episode", lambda message: None, self._on_episode, LATCHED, ordered=False)
        check_joints = partial(check_legged_joints, system=self._system)
        self.listen(JointState, "joint_states", check_joints, lambda m: self._on_sample(self._states.add_joints(m)))
        self.listen(Odometry, "odom", check_base_odometry, lambda m: self._on_sample(self._states.add_odometry(m)))

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        level, words, _ = super().health()
        values = {
            "model": self._stored.sha256,
            "interactions": str(len(self._history)),
            "episode": str(self._episode),
            "gaps": str(self._steps.gaps),
            "steps_without_action": str(self._steps.without_action),
        }
        if self._steps.without_action:
            words = "steps without a known action: look at action_source"
        return level, words, values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._states.clear()
        self._steps.clear()
        self._history.clear()
        self._last = None
        if self._commands is not None:
            self._commands.clear()

    def _listen_to_commands(self) -> Commands | None:
        if self.parameters["action_source"] == "effort":
            return None
        delay, hold = (round(1e9 * self.parameters[name]) for name in ("command_delay", "command_hold"))
        check = partial(check_torques, system=self._system)
        self.listen(Float64MultiArray, "effort_controller/commands", check, self._on_command, ordered=False)
        return Commands(delay, hold)

    def _on_episode(self, message: Any) -> None:
        if message.data == self._episode:
            return
        self._episode = message.data
        # States of the new episode may have come before its number; their stamps told them apart from the old ones.
        if len(self._history) > 0:
            self.clock_went_back()
            self._publish_history(self.now_ns(), None)
        elif self._last is not None:
            self._publish_code(*self._last)

    def _on_command(self, message: Any) -> None:
        stamp = stamp_of_numbers(message)
        assert self._commands is not None
        self._commands.add(self.now_ns() if stamp is None else stamp, numbers(message) / self._limits)

    def _on_sample(self, sample: Sample | None) -> None:
        if sample is None:
            return
        self._heard = time.time()
        if sample.repeated:
            # Somebody may have come late: a bridge that waits tells its state again, and so is the code.
            if self._last is not None and self._last[0] == sample.stamp:
                self._publish_code(*self._last)
            return
        cut = self._steps.add(sample)
        if cut is None:
            return
        if cut.broken:
            self._history.clear()
        elif cut.step is not None:
            self._history.record(*cut.step)
        self._encode(sample.stamp)

    def _encode(self, stamp: int) -> None:
        interactions = self._history.latest()
        code = self._stored.method.encode_interactions(Context(interactions, None))
        self._last = stamp, code, 0 if interactions is None else self._history.k
        self._publish_code(*self._last)
        self._publish_history(stamp, interactions)

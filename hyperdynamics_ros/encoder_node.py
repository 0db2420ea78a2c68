"""What the interaction encoders for pushing and for legs share: the model, and numbered codes and histories."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from typing import Any

from hyperdynamics.msg import InteractionHistory, LatentCode

from hyperdynamics_core.methods.context import Interactions
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.systems.system import System
from hyperdynamics_ros.checks import WORLD_FRAME
from hyperdynamics_ros.conversions.arrays import float_field, time_message
from hyperdynamics_ros.conversions.experts import history_message
from hyperdynamics_ros.node import LATCHED, CheckedNode, model_folder
from hyperdynamics_ros.parameters import Parameter


class EncoderNode(CheckedNode):
    """Loads the method and publishes ``interaction_history`` and ``latent_code``."""

    def __init__(self, table: Sequence[Parameter], system: System | None) -> None:
        """Load the table's ``model``, which must be one for the system (None: of any).

        Raises:
            CheckpointError: it cannot be used.
        """
        super().__init__("interaction_encoder", table)
        self._stored = load_method(model_folder(self.parameters["model"]), system)
        self._episode = self._sequence = 0
        self._heard = time.time()
        """When the newest state came, s of the system's clock."""
        self._histories = self.talk(InteractionHistory, "interaction_history", LATCHED)
        self._codes = self.talk(LatentCode, "latent_code")

    def _publish_code(self, stamp: int, code: Any, count: int, yaw: float = 0.0) -> None:
        """A code [n_int] of count interactions that describes the state of a stamp (ns) at a yaw (rad)."""
        name = self._stored.method.system.name
        message = LatentCode(system=name, model=self._stored.sha256, interactions=count, reference_yaw=yaw)
        message.header.stamp, message.header.frame_id = time_message(stamp), WORLD_FRAME
        message.code, message.trace = float_field(code), array("d", (self._heard, time.time()))
        self._codes.publish(self._numbered(message))

    def _publish_history(self, stamp: int, interactions: Interactions | None) -> None:
        """The interactions [k, ...] known at a stamp, ns; None: none."""
        message = history_message(self._stored.method.system, interactions, stamp)
        self._histories.publish(self._numbered(message))

    def _numbered(self, message: Any) -> Any:
        self._sequence += 1
        message.sequence, message.episode = self._sequence, self._episode
        return message

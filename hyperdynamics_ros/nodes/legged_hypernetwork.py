"""Hypernetwork for legs: a ready expert from every latent code, at the control rate."""

from __future__ import annotations

from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from hyperdynamics.msg import LatentCode

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.dispatch import SYSTEM
from hyperdynamics_ros.generating import GeneratingNode
from hyperdynamics_ros.node import NEWEST
from hyperdynamics_ros.parameters import Parameter

TABLE = (
    Parameter("model", "models/cheetah-slope", "Checkpoint folder of the method."),
    SYSTEM,
)


class LeggedHypernetworkNode(GeneratingNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__(TABLE, None)
        self.listen(LatentCode, "latent_code", self.check_code, self._on_code, NEWEST)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        return DiagnosticStatus.OK, "running", self.figures()

    def _on_code(self, message: Any) -> None:
        self.generate(stamp_ns(message.header.stamp), message, None, 1)

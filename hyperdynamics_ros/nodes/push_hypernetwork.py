"""Hypernetwork for pushing: from z_int and the shape codes of one moment to a bank of ready experts."""

from __future__ import annotations

from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from hyperdynamics.msg import DetectedObjects, LatentCode
from torch import Tensor

from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_ros.checks import check_detected_objects, stamp_ns
from hyperdynamics_ros.dispatch import SYSTEM
from hyperdynamics_ros.generating import GeneratingNode, code_table
from hyperdynamics_ros.node import TRACKS
from hyperdynamics_ros.parameters import Parameter
from hyperdynamics_ros.synchronisation import StampBuffer

TABLE = (
    Parameter("model", "models/push-hyperdynamics", "Checkpoint folder of the method."),
    SYSTEM,
    Parameter("yaws", 72, "Experts in a bank, one a yaw of the object; shape codes are interpolated.", low=1, high=720),
    Parameter(
        "sync_tolerance", 0.02, "Greatest difference of the stamps of shape codes and latent code.", "s", 0.0, 1.0
    ),
)


class PushHypernetworkNode(GeneratingNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__(TABLE, PUSH)
        self._objects: StampBuffer[Any] = StampBuffer(8)
        self._codes: StampBuffer[Any] = StampBuffer()
        self._made_for: tuple[int, int] | None = None
        self.listen(DetectedObjects, "objects", self._check_objects, self._on_objects)
        self.listen(LatentCode, "latent_code", self.check_code, self._on_code, TRACKS)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        newest = self._objects.newest()
        waiting = newest is not None and (self._made_for is None or self._made_for[0] < newest[0])
        words = "waiting for a latent_code of the moment of the newest objects" if waiting else "running"
        return (DiagnosticStatus.WARN if waiting else DiagnosticStatus.OK), words, self.figures()

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._objects.clear()
        self._codes.clear()
        self._made_for = None

    def _check_objects(self, message: Any) -> None:
        check_detected_objects(message)
        if any(len(item.shape_codes) for item in message.objects):
            self.check_model(message.model)

    def _on_objects(self, message: Any) -> None:
        if self.method.n_vis == 0 or any(len(item.shape_codes) for item in message.objects):
            self._objects.add(stamp_ns(message.header.stamp), message)
            self._go_on()

    def _on_code(self, message: Any) -> None:
        stamp = stamp_ns(message.header.stamp)
        self._codes.add(stamp, message)
        if self._made_for == (stamp, message.episode):
            self.tell_again()  # a bridge that waits tells its state again: somebody has not heard what follows from it
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Publish experts for the newest objects once the code of their moment is there."""
        newest = self._objects.newest()
        if newest is None:
            return
        stamp, objects = newest
        match = self._codes.nearest(stamp, round(1e9 * self.parameters["sync_tolerance"]))
        if match is None or self._made_for == (stamp, match[1].episode):
            return
        self._made_for = (stamp, match[1].episode)
        self.generate(stamp, match[1], _shape_table(objects), self.parameters["yaws"])


def _shape_table(objects: Any) -> Tensor | None:
    """z_vis [n_yaws, n_vis] of the object that carries codes; None: none does."""
    coded = [item for item in objects.objects if len(item.shape_codes)]
    return code_table(coded[0].shape_codes, objects.code_size) if coded else None

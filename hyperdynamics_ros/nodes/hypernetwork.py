"""Hypernetwork: from z_int and the shape codes of one moment to a bank of ready experts."""

from __future__ import annotations

import time
from typing import Any, NoReturn

import torch
from diagnostic_msgs.msg import DiagnosticStatus
from hyperdynamics.msg import DetectedObjects, ExpertWeights, LatentCode
from hyperdynamics.srv import GenerateExpert

from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_ros.checks import (
    MessageRefused,
    check_detected_objects,
    check_generate_request,
    check_latent_code,
    stamp_ns,
)
from hyperdynamics_ros.conversions.arrays import floats
from hyperdynamics_ros.conversions.experts import expert_message
from hyperdynamics_ros.encoding import bank_of_codes
from hyperdynamics_ros.node import LATCHED, CheckedNode, model_folder
from hyperdynamics_ros.node_main import run
from hyperdynamics_ros.parameters import Parameter
from hyperdynamics_ros.synchronisation import StampBuffer

TABLE = (
    Parameter("model", "models/push-hyperdynamics", "Checkpoint folder of the method."),
    Parameter("yaws", 72, "Experts in a bank, one a yaw of the object; shape codes are interpolated.", low=1, high=720),
    Parameter(
        "sync_tolerance", 0.02, "Greatest difference of the stamps of shape codes and latent code.", "s", 0.0, 1.0
    ),
)


class HypernetworkNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("hypernetwork", TABLE)
        self._stored = load_method(model_folder(self.parameters["model"]))
        self._objects: StampBuffer[Any] = StampBuffer(8)
        self._codes: StampBuffer[Any] = StampBuffer(64)
        self._made_for: tuple[int, int] | None = None
        self._sequence = 0
        self._generation_ms = 0.0
        self._weights = self.talk(ExpertWeights, "expert_weights", LATCHED)
        self.listen(DetectedObjects, "objects", self._check_objects, self._on_objects)
        self.listen(LatentCode, "latent_code", self._check_code, self._on_code)
        self.create_service(GenerateExpert, "generate_expert", self._on_request)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        newest = self._objects.newest()
        waiting = newest is not None and (self._made_for is None or self._made_for[0] < newest[0])
        values = {
            "model": self._stored.sha256,
            "banks": str(self._sequence),
            "generation_ms": f"{self._generation_ms:.2f}",
        }
        words = "waiting for a latent_code of the moment of the newest objects" if waiting else "running"
        return (DiagnosticStatus.WARN if waiting else DiagnosticStatus.OK), words, values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._objects.clear()
        self._codes.clear()
        self._made_for = None

    def _check_objects(self, message: Any) -> None:
        check_detected_objects(message)
        if any(len(item.shape_codes) for item in message.objects):
            self._check_model(message.model)

    def _check_code(self, message: Any) -> None:
        check_latent_code(message)
        self._check_model(message.model)

    def _check_model(self, model: str) -> None:
        if model != self._stored.sha256:
            raise MessageRefused(
                "model",
                repr(model[:12]),
                f"codes must come from this node's model, {self._stored.sha256[:12]!r}",
                "start perception, interaction_encoder and hypernetwork with one model folder",
            )

    def _on_objects(self, message: Any) -> None:
        if self._stored.method.n_vis == 0 or any(len(item.shape_codes) for item in message.objects):
            self._objects.add(stamp_ns(message.header.stamp), message)
            self._generate()

    def _on_code(self, message: Any) -> None:
        self._codes.add(stamp_ns(message.header.stamp), message)
        self._generate()

    def _generate(self) -> None:
        """Publish experts for the newest objects once the code of their moment is there."""
        newest = self._objects.newest()
        if newest is None:
            return
        stamp, objects = newest
        match = self._codes.nearest(stamp, round(1e9 * self.parameters["sync_tolerance"]))
        if match is None or self._made_for == (stamp, match[1].episode):
            return
        code = match[1]
        self._made_for = (stamp, code.episode)
        start = time.perf_counter()
        z_int = torch.from_numpy(floats(code.code).copy())
        bank = bank_of_codes(
            self._stored.method, z_int, _shape_table(objects), code.reference_yaw, self.parameters["yaws"]
        )
        self._sequence += 1
        message = self._fill(expert_message(bank, stamp, z_int))
        message.sequence, message.episode = self._sequence, code.episode
        self._generation_ms = 1e3 * (time.perf_counter() - start)
        self._weights.publish(message)

    def _fill(self, message: Any) -> Any:
        message.method, message.model = self._stored.info.name, self._stored.sha256
        return message

    def _on_request(self, request: Any, response: Any) -> Any:
        try:
            check_generate_request(request)
            z_int = torch.from_numpy(floats(request.latent_code).copy())
            z_vis = _table(request.shape_codes, request.code_size) if request.code_size else None
            count = max(len(request.yaws), 1)
            bank = bank_of_codes(self._stored.method, z_int, z_vis, request.reference_yaw, count)
        except ValueError as refusal:
            response.success, response.message = False, str(refusal)
            return response
        response.success = True
        response.weights = self._fill(expert_message(bank, self.now_ns(), z_int))
        return response


def _table(codes: Any, code_size: int) -> torch.Tensor:
    return torch.from_numpy(floats(codes).copy()).view(-1, code_size)


def _shape_table(objects: Any) -> torch.Tensor | None:
    """z_vis [n_yaws, n_vis] of the object that carries codes; None: none does."""
    coded = [item for item in objects.objects if len(item.shape_codes)]
    return _table(coded[0].shape_codes, objects.code_size) if coded else None


def main() -> NoReturn:
    """Run the node until Ctrl-C, SIGTERM or a failure."""
    run(HypernetworkNode, "hypernetwork")


if __name__ == "__main__":
    main()

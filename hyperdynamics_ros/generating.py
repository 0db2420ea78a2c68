"""What the hypernetwork nodes share: the model, the topic of experts, and the service generate_expert."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from typing import Any

import torch
from hyperdynamics.msg import ExpertWeights
from hyperdynamics.srv import GenerateExpert
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.systems.system import System
from hyperdynamics_ros.checks import MessageRefused, check_generate_request, check_latent_code
from hyperdynamics_ros.conversions.arrays import floats
from hyperdynamics_ros.conversions.experts import expert_message
from hyperdynamics_ros.encoding import bank_of_codes
from hyperdynamics_ros.node import LATCHED, CheckedNode, model_folder
from hyperdynamics_ros.parameters import Parameter


class GeneratingNode(CheckedNode):
    """Publishes experts; the table of parameters must hold ``model``."""

    def __init__(self, table: Sequence[Parameter], system: System | None) -> None:
        """system: that the model must be of; None: any.

        Raises:
            CheckpointError: no such model, or one of another system.
        """
        super().__init__("hypernetwork", table)
        self.stored = load_method(model_folder(self.parameters["model"]), system)
        self.method = self.stored.method
        self._sequence, self._generation_ms = 0, 0.0
        self._last: Any = None
        self._weights = self.talk(ExpertWeights, "expert_weights", LATCHED)
        self.create_service(GenerateExpert, "generate_expert", self._on_request)

    def figures(self) -> dict[str, str]:
        """For the node's line on /diagnostics."""
        return {
            "model": self.stored.sha256,
            "banks": str(self._sequence),
            "generation_ms": f"{self._generation_ms:.2f}",
        }

    def check_code(self, message: Any) -> None:
        """A LatentCode of this node's model."""
        check_latent_code(message)
        self.check_model(message.model)

    def check_model(self, model: str) -> None:
        """Codes mean nothing to another model than the one whose encoder made them.

        Raises:
            MessageRefused: another fingerprint than this node's model has.
        """
        if model != self.stored.sha256:
            raise MessageRefused(
                "model",
                repr(model[:12]),
                f"codes must come from this node's model, {self.stored.sha256[:12]!r}",
                "start perception, interaction_encoder and hypernetwork with one model folder",
            )

    def generate(self, stamp: int, code: Any, z_vis: Tensor | None, n_yaws: int) -> None:
        """Publish the experts of a checked LatentCode and shape codes [n, n_vis] (None: blind) for a stamp (ns)."""
        start, heard = time.perf_counter(), time.time()
        z_int = torch.from_numpy(floats(code.code).copy())
        bank = bank_of_codes(self.method, z_int, z_vis, code.reference_yaw, n_yaws)
        message = self._message(bank, stamp, z_int)
        self._sequence += 1
        message.sequence, message.episode = self._sequence, code.episode
        self._generation_ms = 1e3 * (time.perf_counter() - start)
        message.trace = array("d", (*code.trace, heard, time.time()))
        self._last = message
        self._weights.publish(message)

    def tell_again(self) -> None:
        """Publish the newest experts once more, for whoever came late or forgot them with a clock that went back."""
        if self._last is not None:
            self._weights.publish(self._last)

    def _message(self, bank: ExpertBank, stamp: int, z_int: Tensor) -> Any:
        message = expert_message(bank, stamp, z_int)
        message.method, message.model = self.stored.info.name, self.stored.sha256
        return message

    def _on_request(self, request: Any, response: Any) -> Any:
        try:
            check_generate_request(request)
            self._check_system(request.system)
            z_int = torch.from_numpy(floats(request.latent_code).copy())
            z_vis = code_table(request.shape_codes, request.code_size) if request.code_size else None
            bank = bank_of_codes(self.method, z_int, z_vis, request.reference_yaw, max(len(request.yaws), 1))
        except ValueError as refusal:
            response.success, response.message = False, str(refusal)
            return response
        response.success = True
        response.weights = self._message(bank, self.now_ns(), z_int)
        return response

    def _check_system(self, system: str) -> None:
        own = self.method.system.name
        if system != own:
            raise MessageRefused("system", repr(system), f"must be this node's model's, {own!r}", "ask another node")


def code_table(codes: Any, code_size: int) -> Tensor:
    """A field of shape codes as [n, code_size]."""
    return torch.from_numpy(floats(codes).copy()).view(-1, code_size)

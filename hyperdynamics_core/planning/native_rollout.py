"""``ExpertRollout`` in C++: tiles of candidates are taken through the whole horizon without leaving the cache.

Results agree with ``ExpertRollout`` to float32 rounding. A candidate's result does not depend on the others.
"""

from __future__ import annotations

import ctypes

import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.native.library import NativeLibrary, Task, load
from hyperdynamics_core.planning.expert_rollout import check_rollout
from hyperdynamics_core.systems.legged import LeggedSystem

ALIGNMENT = 16  # candidates; the longest vector of all kernels


class NativeRollout:
    """Predicted states and returns of action sequences; results are valid until the next call."""

    def __init__(
        self, system: LeggedSystem, horizon: int, keep_all: bool = True, variant: str | None = None,
        library: NativeLibrary | None = None,
    ) -> None:  # fmt: skip
        """keep_all: see ``make_rollout``; variant: one of ``VARIANTS``, None: the best that this processor runs.

        Raises:
            NativeLibraryError: there is no library that loads.
            ValueError: an unknown variant, or one that this processor does not run.
        """
        self.system, self.horizon, self.keep_all = system, horizon, keep_all
        self._library = library or load()
        self._variant = self._library.variant(variant)
        self._task = self._system_part()
        self._states = self._workspace = torch.empty(0)
        self._sizes: tuple[int, ...] = ()
        self._layer_sizes = (ctypes.c_int32 * 0)()

    def __call__(self, state: Tensor, actions: Tensor, experts: ExpertBank) -> tuple[Tensor, Tensor]:
        """See ``Rollout``; weights, state and actions must be on the CPU, and weights float32.

        Raises:
            ValueError: as ``ExpertRollout``; also weights of another type or device, or layers beyond 16 x 4096.
        """
        check_rollout(self.system, self.horizon, state, actions, experts)
        weights = experts.weights[0].detach()
        if weights.dtype != torch.float32 or weights.device.type != "cpu":
            raise ValueError(f"the native rollout takes float32 weights on the CPU, got {weights.dtype} on "
                             f"{weights.device}; set HYPERDYNAMICS_ROLLOUT=torch")  # fmt: skip
        self._set_expert(experts)
        states = self._room(len(actions))
        # Held until the kernel is done: contiguous() may have made copies.
        arrays = [array.detach().to("cpu", torch.float32).contiguous() for array in (weights, state, actions)]
        returns = torch.empty(len(actions))
        self._point(arrays, states, returns)
        self._library.run(self._task, self._variant)
        return states.transpose(1, 2)[:, : len(actions)], returns

    def _system_part(self) -> Task:
        system = self.system
        return Task(
            n_state=len(system.state_dimensions), n_unseen=system.n_unseen, n_action=len(system.action_dimensions),
            quaternion=-1 if system.orientation is None else system.orientation.start, horizon=self.horizon,
            keep_all=self.keep_all,
            dt=system.dt, control_cost=system.gait.control_cost, bonus=system.gait.bonus,
        )  # fmt: skip

    def _set_expert(self, experts: ExpertBank) -> None:
        architecture, task = experts.architecture, self._task
        task.slope = 0.01 if architecture.activation == "leaky_relu" else 0.0
        task.clamp = architecture.input_clamp
        if architecture.layer_sizes == self._sizes:
            return
        sizes = architecture.layer_sizes
        self._layer_sizes = (ctypes.c_int32 * len(sizes))(*sizes)
        task.layer_sizes, task.n_layers = ctypes.addressof(self._layer_sizes), len(sizes) - 1
        self._workspace = torch.empty(self._library.workspace(task, self._variant))
        task.workspace, task.n_workspace = self._workspace.data_ptr(), len(self._workspace)
        self._sizes = sizes

    def _room(self, candidates: int) -> Tensor:
        """Buffer [H + 1, n_s, stride] of all states, or [2, n_s, stride] of the first and the last."""
        # Odd: rows that are a power of two apart would fall on the same few lines of the cache.
        stride = (-(-candidates // ALIGNMENT) | 1) * ALIGNMENT
        shape = (self.horizon + 1 if self.keep_all else 2, len(self.system.state_dimensions), stride)
        numbers = shape[0] * shape[1] * shape[2]
        if len(self._states) < numbers:
            self._states = torch.empty(numbers)
        self._task.candidates, self._task.stride = candidates, stride
        return self._states[:numbers].view(shape)

    def _point(self, arrays: list[Tensor], states: Tensor, returns: Tensor) -> None:
        task, (weights, state, actions) = self._task, arrays
        task.weights, task.n_weights = weights.data_ptr(), len(weights)
        task.state, task.actions = state.data_ptr(), actions.data_ptr()
        task.states, task.returns = states.data_ptr(), returns.data_ptr()

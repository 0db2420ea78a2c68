"""Loads the library of rollout kernels with ctypes, whose calls release the GIL; rollout.h says what it offers."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path

LIBRARY = Path(__file__).with_name("libhyperdynamics_rollout.so")
ABI = 1
VARIANTS = ("portable", "avx2", "avx512")
"""Kernels, from what runs everywhere to what needs most."""
BEST = -1


class NativeLibraryError(RuntimeError):
    """The library is not there, does not load, or is of another version; the message says the remedy."""


class Task(ctypes.Structure):
    """``hd_rollout_task`` of rollout.h, field by field."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("weights", "layer_sizes", "state", "actions", "states", "returns",
                                               "workspace")),
        *((name, ctypes.c_int64) for name in ("n_weights", "n_workspace", "candidates", "stride")),
        *((name, ctypes.c_int32) for name in ("n_layers", "n_state", "n_unseen", "n_action", "quaternion", "horizon",
                                              "keep_all")),
        *((name, ctypes.c_float) for name in ("slope", "clamp", "dt", "control_cost", "bonus")),
    ]  # fmt: skip


class NativeLibrary:
    """The functions of rollout.h with their types."""

    def __init__(self, path: Path) -> None:
        """Raises ``NativeLibraryError`` when the library does not load or is of another version."""
        try:
            self._library = ctypes.CDLL(str(path))
            self._declare()
        except (OSError, AttributeError) as error:
            raise NativeLibraryError(f"{path} does not load ({error}); in a checkout, make setup builds it") from error
        found = self._library.hd_rollout_abi()
        if found != ABI:
            raise NativeLibraryError(
                f"{path} has interface {found}, but this Python code has interface {ABI}; "
                "build the library again (make setup) or install the package again"
            )

    def _declare(self) -> None:
        library, task, code = self._library, ctypes.POINTER(Task), ctypes.c_int32
        library.hd_rollout_abi.argtypes, library.hd_rollout_abi.restype = (), code
        library.hd_rollout_runs.argtypes, library.hd_rollout_runs.restype = (code,), code
        library.hd_rollout_workspace.argtypes, library.hd_rollout_workspace.restype = (task, code), ctypes.c_int64
        library.hd_rollout_run.argtypes, library.hd_rollout_run.restype = (task, code), code
        library.hd_rollout_message.argtypes, library.hd_rollout_message.restype = (code,), ctypes.c_char_p
        library.hd_rollout_peak.argtypes, library.hd_rollout_peak.restype = (ctypes.c_int64, code), ctypes.c_double

    def variants(self) -> tuple[str, ...]:
        """Those of ``VARIANTS`` that this processor runs; the last one is the best."""
        return tuple(name for index, name in enumerate(VARIANTS) if self._library.hd_rollout_runs(index))

    def workspace(self, task: Task, variant: int) -> int:
        """Numbers of workspace that the task needs.

        Raises:
            ValueError: layers that the kernels do not take, or a kernel that this processor does not run.
        """
        needed = int(self._library.hd_rollout_workspace(ctypes.byref(task), variant))
        if needed < 0:
            self._raise(-needed)
        return needed

    def run(self, task: Task, variant: int) -> None:
        """Fill the task's states and returns.

        Raises:
            ValueError: what is wrong with the task.
        """
        code = self._library.hd_rollout_run(ctypes.byref(task), variant)
        if code:
            self._raise(code)

    def peak(self, rounds: int, variant: int = BEST) -> float:
        """Floating-point operations of `rounds` rounds of multiplying and adding in registers alone."""
        return float(self._library.hd_rollout_peak(rounds, variant))

    def _raise(self, code: int) -> None:
        message = self._library.hd_rollout_message(code).decode()
        raise ValueError(f"the native rollout refused its task: {message}; HYPERDYNAMICS_ROLLOUT=torch does without it")


@lru_cache
def load(path: Path = LIBRARY) -> NativeLibrary:
    """The library, loaded once.

    Raises:
        NativeLibraryError: it is not there, does not load, or is of another version.
    """
    if not path.is_file():
        raise NativeLibraryError(f"there is no {path}; make setup builds it in a checkout, pip install . packs it")
    return NativeLibrary(path)

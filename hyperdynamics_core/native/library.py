"""Loads the library of native kernels with ctypes, whose calls release the GIL; see rollout.h and shape.h."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path

LIBRARY = Path(__file__).with_name("libhyperdynamics_native.so")
ABI = 2
VARIANTS = ("portable", "avx2", "avx512")
"""Kernels, from what runs everywhere to what needs most."""
BEST = -1
ROLLOUT, SHAPE = "HYPERDYNAMICS_ROLLOUT", "HYPERDYNAMICS_SHAPE"
"""Environment variables that choose, see ``choice``."""


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


class ShapeTask(ctypes.Structure):
    """``hd_shape_task`` of shape.h, field by field."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("map", "turns", "weights", "codes", "workspace", "channels", "kernels")),
        *((name, ctypes.c_int64) for name in ("n_weights", "n_workspace")),
        *((name, ctypes.c_int32) for name in ("n_layers", "depth", "size", "n_code", "n_turns")),
        ("slope", ctypes.c_float),
    ]  # fmt: skip


class NativeLibrary:
    """The functions of rollout.h and shape.h with their types."""

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

        shape = ctypes.POINTER(ShapeTask)
        library.hd_shape_workspace.argtypes, library.hd_shape_workspace.restype = (shape, code), ctypes.c_int64
        library.hd_shape_run.argtypes, library.hd_shape_run.restype = (shape, code), code

    def variants(self) -> tuple[str, ...]:
        """Those of ``VARIANTS`` that this processor runs; the last one is the best."""
        return tuple(name for index, name in enumerate(VARIANTS) if self._library.hd_rollout_runs(index))

    def variant(self, name: str | None) -> int:
        """The number of a kernel, one of ``VARIANTS``; None: the best that this processor runs.

        Raises:
            ValueError: an unknown kernel, or one that this processor does not run.
        """
        known = self.variants()
        if name is not None and name not in known:
            raise ValueError(f"no kernel {name!r} on this processor, which runs {', '.join(known)}")
        return BEST if name is None else VARIANTS.index(name)

    def workspace(self, task: Task | ShapeTask, variant: int) -> int:
        """Numbers of workspace that the task needs.

        Raises:
            ValueError: layers that the kernels do not take, or a kernel that this processor does not run.
        """
        ask = self._library.hd_rollout_workspace if isinstance(task, Task) else self._library.hd_shape_workspace
        needed = int(ask(ctypes.byref(task), variant))
        if needed < 0:
            self._raise(task, -needed)
        return needed

    def run(self, task: Task | ShapeTask, variant: int) -> None:
        """Fill the task's results.

        Raises:
            ValueError: what is wrong with the task.
        """
        do = self._library.hd_rollout_run if isinstance(task, Task) else self._library.hd_shape_run
        code = do(ctypes.byref(task), variant)
        if code:
            self._raise(task, code)

    def peak(self, rounds: int, variant: int = BEST) -> float:
        """Floating-point operations of `rounds` rounds of multiplying and adding in registers alone."""
        return float(self._library.hd_rollout_peak(rounds, variant))

    def _raise(self, task: Task | ShapeTask, code: int) -> None:
        message = self._library.hd_rollout_message(code).decode()
        what, variable = ("rollout", ROLLOUT) if isinstance(task, Task) else ("shape encoder", SHAPE)
        raise ValueError(f"the native {what} refused its task: {message}; {variable}=torch does without it")


@lru_cache
def load(path: Path = LIBRARY) -> NativeLibrary:
    """The library, loaded once.

    Raises:
        NativeLibraryError: it is not there, does not load, or is of another version.
    """
    if not path.is_file():
        raise NativeLibraryError(f"there is no {path}; make setup builds it in a checkout, pip install . packs it")
    return NativeLibrary(path)

"""Native kernels or PyTorch: the same results to float32 rounding, so it is no setting of a run but of a machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import lru_cache

from hyperdynamics_core.native.library import NativeLibrary, NativeLibraryError

MODES = ("auto", "native", "torch")


def wanted_library(
    variable: str, what: str, load: Callable[[], NativeLibrary], mode: str | None = None
) -> NativeLibrary | None:
    """The library, or None: PyTorch does it.

    Args:
        variable: environment variable whose value, one of ``MODES``, counts where mode is None.
        what: what takes longer without the library, for the log.
        load: gives the library.
        mode: auto falls back on PyTorch, with one line in the log, where the library does not load.

    Raises:
        ValueError: an unknown mode.
        NativeLibraryError: native was asked for, but there is no library that loads.
    """
    mode = mode or os.environ.get(variable) or "auto"
    if mode not in MODES:
        raise ValueError(f"{variable} must be one of {', '.join(MODES)}, got {mode!r}")
    if mode == "torch":
        return None
    try:
        return load()
    except NativeLibraryError as error:
        if mode == "native":
            raise
        warn_once(what, str(error))
        return None


@lru_cache
def warn_once(what: str, reason: str) -> None:
    """A line in the log, the first time."""
    logging.getLogger(__name__).warning("%s in PyTorch, which takes longer: %s", what, reason)

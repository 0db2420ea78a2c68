"""The benchmarks' command line: `python -m benchmarks generate --help`."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sequence

# Before torch: a second thread beside other processes made a plan forty times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")

BENCHMARKS = {
    "plan": "a locomotion plan, 500 x 20",
    "push": "the rollouts of a pushing plan",
    "generate": "from a history to ready weights, as a message",
    "train": "an update of HyperDynamics",
    "simulate": "steps of the simulators",
    "messages": "messages filled, read, serialised",
    "record": "a recording of images and states at their rates",
    "graph": "a walk through the node graph, beside the same in one process",
}
"""Modules of this package, each with ``Options`` and ``run(options)``, and what they time."""


def overview() -> str:
    """What there is."""
    lines = [f"  {name:10}{words}" for name, words in BENCHMARKS.items()]
    return "\n".join(("usage: python -m benchmarks NAME [options]; NAME --help tells the options", "", *lines))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark; returns the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        print(overview())
        return 0
    if words[0] not in BENCHMARKS:
        print(f"benchmarks: there is no {words[0]!r}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    return _run(words[0], words[1:])


def _run(name: str, arguments: Sequence[str]) -> int:
    import tyro

    from benchmarks.comparison import show
    from hyperdynamics_core.checkpoints import CheckpointError
    from hyperdynamics_core.native.library import NativeLibraryError

    module = importlib.import_module(f"benchmarks.{name}")
    options = tyro.cli(module.Options, prog=f"python -m benchmarks {name}", args=list(arguments))
    try:
        record = module.run(options)
    except (ValueError, CheckpointError, NativeLibraryError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    for table in record if isinstance(record, list) else [record]:
        getattr(module, "show", show)(table)
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

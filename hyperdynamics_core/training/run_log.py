"""A run's log: one JSON object a line, and TensorBoard. Lines of steps that are run again are dropped on resuming."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from torch.utils.tensorboard import SummaryWriter

from hyperdynamics_core.whole_files import write_text

LOG = "log.jsonl"


class RunLog:
    """Writes ``log.jsonl`` and ``tensorboard/`` in a run's folder."""

    def __init__(self, folder: Path, first_step: int = 0) -> None:
        """Start, or go on after first_step."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / LOG
        kept = [line for line in read_log(self.path) if line["step"] <= first_step]
        write_text(self.path, "".join(json.dumps(line) + "\n" for line in kept))
        self._file = self.path.open("a", buffering=1)
        self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=first_step + 1)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Log values of one step."""
        self._file.write(json.dumps({"step": step, **values}) + "\n")
        for name, value in values.items():
            self._board.add_scalar(name, value, step)

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._board.close()


def read_log(path: Path) -> list[dict[str, float]]:
    """Lines of a log.jsonl, [] if there is none; a last line that was cut short is left out."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text().splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            break
    return lines

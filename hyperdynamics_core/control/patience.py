"""How often the push task has waited for each thing, and whether it waits once more."""

from __future__ import annotations

from hyperdynamics_core.control.commands import ResultCode


class Patience:
    """Counts waits by what would end the goal if they ran out; None: the object slides and will come to rest."""

    def __init__(self) -> None:
        self._waits: dict[ResultCode | None, int] = {}

    def waits_again(self, code: ResultCode | None, limit: int) -> bool:
        """Count one more wait for this; whether it is one of the first limit."""
        self._waits[code] = self._waits.get(code, 0) + 1
        return self._waits[code] <= limit

    def renew(self, code: ResultCode | None) -> None:
        """What was waited for has come: the next wait for it is the first again."""
        self._waits.pop(code, None)

"""Has the service reset set the scene up anew, and notices when that is done although an answer was lost."""

from __future__ import annotations

import time
from typing import Any

from std_srvs.srv import Trigger

from hyperdynamics_ros.node import CheckedNode, NodeFailure

ANSWER = 10.0
"""Wait for an answer before a bridge is asked again, s: one is lost where the server has not found the client yet."""


class Resetting:
    """One call after the other; ``look`` often while one is under way."""

    def __init__(self, node: CheckedNode, timeout: float) -> None:
        """timeout: wall time from ``begin`` to the scene that is set up, s."""
        self._client: Any = node.create_client(Trigger, "reset")
        self._timeout = timeout
        self._since: float | None = None
        self._called = 0.0
        self._future: Any = None
        self._began = False

    @property
    def under_way(self) -> bool:
        """Whether a scene is being set up."""
        return self._since is not None

    def begin(self) -> None:
        """Ask for another scene."""
        self._since, self._future, self._began = time.monotonic(), None, False
        self.look(True)

    def episode_began(self) -> None:
        """A new episode was told."""
        self._began = True

    def look(self, told: bool) -> bool:
        """Go on waiting; True: the scene is set up. told: episodes are told, so the answer alone is not enough.

        Raises:
            NodeFailure: refused, or not done in time.
        """
        assert self._since is not None
        now = time.monotonic()
        answered = self._future is not None and self._future.done()
        if answered and not self._future.result().success:
            raise NodeFailure(f"reset was refused: {self._future.result().message}")
        if self._began or (answered and not told):
            self._since = None
            return True
        if now - self._since > self._timeout:
            raise NodeFailure(
                f"reset did not set the scene up anew within {self._timeout:.0f} s; look whether the bridge or driver "
                "offers that service (std_srvs/Trigger) and raises the number on episode, or raise reset_timeout"
            )
        if self._client.service_is_ready() and (self._future is None or (not answered and now - self._called > ANSWER)):
            self._future, self._called = self._client.call_async(Trigger.Request()), now
        return False

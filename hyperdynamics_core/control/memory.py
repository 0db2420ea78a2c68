"""What the push task remembers of a scene between views: the object's footprint and the obstacles."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from hyperdynamics_core.planning.geometry import Box, Footprint, plan_view
from hyperdynamics_core.systems.push import ORIENTATION
from hyperdynamics_core.systems.rotations import yaw_of


class SceneMemory:
    """Obstacles stand still, so one that is hidden for a while (by the arm, say) is still there."""

    def __init__(self, shift: float = 0.01) -> None:
        """shift: an obstacle's box that changes by more than this, m, replaces the remembered one."""
        self.shift = shift
        self.obstacles = torch.zeros(0, 4)
        """[M, 4] rows as in ``planning.geometry``."""
        self.footprint: Footprint | None = None

    def see_obstacles(self, boxes: Sequence[Box]) -> None:
        """Take over the obstacles of a view, unless it shows fewer or the same ones at the same places."""
        seen = plan_view(boxes)
        if len(seen) < len(self.obstacles):
            return
        seen = _match(seen, self.obstacles)
        more = len(seen) > len(self.obstacles)
        if more or bool(((seen - self.obstacles).abs() > self.shift).any()):
            self.obstacles = seen

    def see_object(self, box: Box | None, state: Tensor) -> None:
        """Take over the object's box of a view in which it has this state [16]."""
        if box is not None:
            self.footprint = Footprint.from_box(box, state[:2].tolist(), float(yaw_of(state[ORIENTATION])))


def _match(seen: Tensor, known: Tensor) -> Tensor:
    """Put rows in the known ones' order (nearest centres first come), new ones last."""
    rest = list(range(len(seen)))
    order = []
    for row in known:
        nearest = min(rest, key=lambda index: float((seen[index, :2] - row[:2]).norm()))
        rest.remove(nearest)
        order.append(nearest)
    return seen[order + rest]

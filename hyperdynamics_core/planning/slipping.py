"""Where an object may slide at worst: a rule of thumb for when the expert is wrong, or not there yet.

Measured in the paper's ranges: an object slides at most 2.5 times as far as the rod pushes it, and may slip off the rod
to either side by some 45 degrees.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hyperdynamics_core.planning.geometry import Footprint, Workspace, length

TURNS = torch.tensor([-1.0, -0.5, 0.0, 0.5, 1.0])
PARTS = torch.tensor([0.4, 0.7, 1.0])


def pushed_way(
    position: Tensor, yaw: Tensor, starts: Tensor, actions: Tensor, footprint: Footprint, workspace: Workspace
) -> Tensor:
    """Over which way [N] pushes by actions [N, 2] from starts [N, 2] touch the object's box at most, m.

    position [2] and yaw [] of the object.
    """
    part = (torch.arange(12) + 0.5) / 12
    rod = starts.unsqueeze(1) + actions.unsqueeze(1) * part[:, None]
    gap = footprint.distance(position.expand_as(rod), yaw.expand(rod.shape[:-1]), rod) - workspace.rod_radius
    reached = (gap < 0.0).float().cummax(dim=1).values.mean(dim=1)
    return reached * length(actions)


def slide_paths(position: Tensor, actions: Tensor, ways: Tensor, cone: float) -> Tensor:
    """Positions [N, 5, 3, 2] on five rays within +-cone (rad) about actions [N, 2], up to ways [N] straight ahead, m.

    Aside it slides less far: the rod goes on past it.
    """
    turns = cone * TURNS
    heading = torch.atan2(actions[:, 1], actions[:, 0]).unsqueeze(1) + turns
    rays = torch.stack((torch.cos(heading), torch.sin(heading)), dim=-1)
    ahead = ways[:, None, None] * torch.cos(turns).unsqueeze(1) * PARTS
    return position + rays.unsqueeze(2) * ahead.unsqueeze(-1)

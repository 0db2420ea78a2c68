import numpy as np
import torch

from hyperdynamics_core.control.approach import Approach, Intent
from hyperdynamics_core.control.commands import CommandKind
from hyperdynamics_core.control.reposition import RepositionConfig


def rod_at(x: float, y: float, z: float) -> torch.Tensor:
    state = torch.zeros(16)
    state[13:16] = torch.tensor([x, y, z])
    return state


def test_a_way_is_walked_part_by_part_and_looked_at_before_its_push():
    approach, rod = Approach(RepositionConfig()), np.array([0.0, 0.0, 0.012])
    assert approach.wants_view and not approach.under_way and approach.next(rod_at(*rod)) is None
    intent = Intent(CommandKind.PROBE, np.array([0.04, 0.0, 0.0]))
    approach.begin((0.1, -0.1), intent)
    kinds, looked = [], []
    while (command := approach.next(rod_at(*rod))) is not None:
        rod += command.displacement
        kinds.append(command.kind)
        looked.append(approach.wants_view)
    assert kinds == [CommandKind.LIFT, CommandKind.MOVE, CommandKind.LOWER] and looked == [False, False, True]
    np.testing.assert_allclose(rod, (0.1, -0.1, 0.012), atol=1e-6)
    assert approach.intent is intent and not approach.under_way


def test_ways_are_counted_until_a_push():
    approach = Approach(RepositionConfig())
    for _ in range(2):
        approach.begin((0.1, 0.0), Intent(CommandKind.PUSH, np.zeros(3)))
    assert approach.repositions == 2
    approach.pushed()
    assert approach.repositions == 0 and approach.intent is None

import numpy as np
import pytest

from hyperdynamics_core.control.commands import CommandKind
from hyperdynamics_core.control.reposition import Reposition, RepositionConfig


def drive(move: Reposition, rod, gain=1.0):
    kinds, place = [], np.array(rod, dtype=float)
    while (command := move.next(tuple(place))) is not None:
        kinds.append(command.kind)
        place += gain * np.array(command.displacement)
    return kinds, place


def test_up_across_down():
    kinds, place = drive(Reposition((0.1, -0.2), RepositionConfig()), (-0.1, 0.0, 0.012))
    assert kinds == [CommandKind.LIFT, CommandKind.MOVE, CommandKind.LOWER]
    assert place == pytest.approx([0.1, -0.2, 0.012])


def test_a_robot_that_falls_short_is_told_again():
    kinds, place = drive(Reposition((0.1, -0.2), RepositionConfig()), (-0.1, 0.0, 0.012), gain=0.8)
    assert kinds.count(CommandKind.MOVE) >= 2
    assert kinds == sorted(kinds, key=[CommandKind.LIFT, CommandKind.MOVE, CommandKind.LOWER].index)
    assert place == pytest.approx([0.1, -0.2, 0.012], abs=0.006)


def test_a_lifted_rod_is_not_lifted_again():
    kinds, _ = drive(Reposition((0.1, 0.0), RepositionConfig()), (0.0, 0.0, 0.2))
    assert CommandKind.LIFT not in kinds


def test_long_ways_are_cut_up():
    move = Reposition((0.25, 0.25), RepositionConfig(longest_move=0.2))
    command = move.next((-0.25, -0.25, 0.16))
    assert command is not None
    assert np.linalg.norm(command.displacement) == pytest.approx(0.2)


def test_the_scene_is_looked_at_before_the_push_only():
    move = Reposition((0.1, 0.0), RepositionConfig())
    rod = np.array([0.0, 0.0, 0.012])
    looks = []
    while (command := move.next(tuple(rod))) is not None:
        rod += command.displacement
        looks.append(move.is_lowering)
    assert looks == [False, False, True]


def test_a_stuck_robot_does_not_hold_it_up_for_ever():
    kinds, _ = drive(Reposition((0.1, 0.0), RepositionConfig(max_commands=3)), (0.0, 0.0, 0.012), gain=0.0)
    assert len(kinds) <= 9

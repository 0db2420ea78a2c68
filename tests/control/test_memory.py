import torch

from hyperdynamics_core.control.memory import SceneMemory
from hyperdynamics_core.planning.geometry import Box
from tests.planning.disc import disc_box, disc_state


def box(x: float, y: float = 0.0) -> Box:
    return Box((x, y, 0.02), (0.1, 0.08, 0.04))


def test_hidden_obstacles_are_remembered():
    memory = SceneMemory()
    memory.see_obstacles([box(0.1), box(-0.1)])
    memory.see_obstacles([box(0.1)])
    memory.see_obstacles([])
    assert memory.obstacles[:, 0].tolist() == torch.tensor([0.1, -0.1]).tolist()


def test_jitter_does_not_move_them_but_a_real_shift_does():
    memory = SceneMemory()
    memory.see_obstacles([box(0.1), box(-0.1)])
    first = memory.obstacles
    memory.see_obstacles([box(-0.103), box(0.104)])
    assert memory.obstacles is first
    memory.see_obstacles([box(-0.1), box(0.13)])
    assert torch.allclose(memory.obstacles[:, 0], torch.tensor([0.13, -0.1]))


def test_a_new_one_is_added():
    memory = SceneMemory()
    memory.see_obstacles([box(0.1)])
    memory.see_obstacles([box(-0.2, 0.1), box(0.101)])
    assert torch.allclose(memory.obstacles[:, 0], torch.tensor([0.101, -0.2]))


def test_the_last_box_of_the_object_is_used_on():
    memory = SceneMemory()
    memory.see_object(None, disc_state())
    assert memory.footprint is None
    memory.see_object(disc_box(), disc_state())
    memory.see_object(None, disc_state(0.1, 0.1))
    assert memory.footprint is not None
    assert memory.footprint.half.tolist() == torch.tensor([0.04, 0.04]).tolist()

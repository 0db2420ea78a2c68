import numpy as np
import pytest
import torch

from hyperdynamics_core.control.probing import ProbingConfig, draw_probe
from hyperdynamics_core.planning.geometry import Workspace
from tests.planning.disc import CONTACT, DiscExperts, disc_footprint, disc_state

NONE = torch.zeros(0, 4)


def probe(state, obstacles=NONE, seed=0, down=True):
    generator = torch.Generator().manual_seed(seed)
    return draw_probe(state, disc_footprint(), obstacles, Workspace(), ProbingConfig(), generator, down)


@pytest.mark.parametrize("seed", range(20))
def test_probes_touch_the_object(seed):
    state = disc_state()
    drawn = probe(state, seed=seed)
    if drawn.start is not None:
        state[13:15] = torch.tensor(drawn.start)
    moved = DiscExperts().predict(state.unsqueeze(0), torch.tensor([[*drawn.action, 0.0]]))
    assert drawn.safe
    assert float(moved[0, :2].norm()) > 0.003


def test_directions_are_random():
    angles = [np.arctan2(*reversed(probe(disc_state(), seed=seed, down=False).action)) for seed in range(60)]
    counts, _ = np.histogram(angles, bins=4, range=(-np.pi, np.pi))
    assert counts.min() >= 5


@pytest.mark.parametrize("seed", range(10))
def test_near_the_edge_they_lead_inwards(seed):
    drawn = probe(disc_state(0.25, 0.0, rod=(0.18, 0.0)), seed=seed)
    assert drawn.safe
    assert drawn.action[0] < 0.02


@pytest.mark.parametrize("seed", range(10))
def test_they_keep_off_obstacles(seed):
    wall = torch.tensor([[0.11, 0.0, 0.03, 0.2]])
    drawn = probe(disc_state(), wall, seed)
    assert drawn.safe
    assert drawn.action[0] < 0.7 * np.hypot(*drawn.action)
    if drawn.start is not None:
        assert drawn.start[0] < 0.10
        assert np.hypot(*drawn.start) > CONTACT


def test_with_no_safe_probe_it_says_so():
    cage = torch.tensor(
        [[0.0, 0.07, 0.1, 0.02], [0.0, -0.07, 0.1, 0.02], [0.07, 0.0, 0.02, 0.1], [-0.07, 0, 0.02, 0.1]]
    )
    assert not probe(disc_state(rod=(0.3, 0.3)), cage).safe


def test_a_lifted_rod_is_always_set_down():
    assert all(probe(disc_state(), seed=seed, down=False).start is not None for seed in range(10))

import math

import pytest
import torch

from hyperdynamics_core.planning.coasting import at_rest, coasting_time, resting_positions
from hyperdynamics_core.systems.rotations import yaw_of
from tests.planning.disc import disc_state


def sliding(vx: float, vy: float, spin: float = 0.0) -> torch.Tensor:
    state = disc_state()
    state[7], state[8], state[12] = vx, vy, spin
    return state


def test_it_slides_as_far_as_friction_lets_it():
    state = sliding(0.06, 0.08)
    assert float(coasting_time(state, 0.1)) == pytest.approx(1.0)
    assert torch.allclose(resting_positions(state, 0.1), torch.tensor([0.03, 0.04]))


def test_at_rest_it_stays():
    assert torch.equal(resting_positions(disc_state(0.1, 0.2)), torch.tensor([0.1, 0.2]))


def test_rested_state_has_turned_stands_still_and_has_the_rod_elsewhere():
    rested = at_rest(sliding(0.1, 0.0, 0.5), torch.tensor([0.3, 0.2, 0.012]), 0.1)
    assert torch.equal(rested[7:13], torch.zeros(6))
    assert torch.allclose(rested[13:16], torch.tensor([0.3, 0.2, 0.012]))
    assert float(yaw_of(rested[3:7])) == pytest.approx(0.25)
    assert float(rested[0]) == pytest.approx(0.05)
    assert float(rested[2]) == pytest.approx(0.02)


def test_batches_come_out_alike():
    states = torch.stack((sliding(0.1, 0.0), sliding(0.0, 0.0, 1.0)))
    rested = at_rest(states, torch.zeros(3), 0.1)
    assert rested.shape == (2, 16)
    assert torch.allclose(rested[0], at_rest(states[0], torch.zeros(3), 0.1))
    assert math.isclose(float(yaw_of(rested[1, 3:7])), 0.2, abs_tol=1e-5)

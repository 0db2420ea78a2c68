import torch

from hyperdynamics_core.planning.contact import ContactGate
from tests.planning.disc import disc_footprint, disc_state


class Drifting:
    """Says that everything changes, whatever is done."""

    def predict(self, state, action):
        return torch.ones(len(state), 15)


def gated(state, actions):
    gate = ContactGate(Drifting(), disc_footprint(), reach=0.015)
    return gate.predict(state.repeat(len(actions), 1), torch.tensor(actions))


def test_what_the_rod_does_not_reach_stays_and_the_rod_moves_on():
    delta = gated(disc_state(rod=(-0.1, 0.0)), [[-0.05, 0.0, 0.0], [0.03, 0.0, 0.0], [0.0, 0.06, 0.0]])
    assert torch.equal(delta[:, :12], torch.zeros(3, 12))
    assert torch.equal(delta[:, 12:], torch.ones(3, 3))


def test_what_the_rod_reaches_moves_as_the_expert_says():
    delta = gated(disc_state(rod=(-0.1, 0.0)), [[0.05, 0.0, 0.0], [0.2, 0.0, 0.0]])
    assert torch.equal(delta, torch.ones(2, 15))


def test_what_slides_goes_on_sliding():
    state = disc_state(rod=(-0.1, 0.0))
    state[7] = 0.05
    assert torch.equal(gated(state, [[-0.05, 0.0, 0.0]]), torch.ones(1, 15))

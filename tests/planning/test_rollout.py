import pytest
import torch

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.networks.expert import ExpertArchitecture
from hyperdynamics_core.planning.rollout import open_loop, unroll
from hyperdynamics_core.systems.push import PUSH
from tests.planning.disc import DiscExperts, disc_state


def test_unroll_is_predict_and_compose_over_and_over():
    generator = torch.Generator().manual_seed(0)
    actions = 0.05 * torch.randn(7, 4, 3, generator=generator)
    experts = DiscExperts(glide=0.3)
    rollout = unroll(PUSH, experts, disc_state().repeat(7, 1), open_loop(actions), 4)
    assert rollout.states.shape == (7, 5, 16)
    for i in range(7):
        state = disc_state().unsqueeze(0)
        for t in range(4):
            state = PUSH.compose(state, experts.predict(state, actions[i : i + 1, t]))
            assert torch.allclose(rollout.states[i, t + 1], state[0], atol=1e-6)


def test_every_candidate_takes_a_new_expert_as_it_turns():
    """Two experts half a turn apart: one turns the object by half a turn, the other shifts it by 1 m along x."""
    architecture = ExpertArchitecture((12, 15))
    turning, shifting = torch.zeros(architecture.n_weights), torch.zeros(architecture.n_weights)
    turning[12 * 15 + 5] = torch.pi
    shifting[12 * 15 + 0] = 1.0
    bank = ExpertBank(PUSH, architecture, torch.stack((turning, shifting)), torch.tensor([0.0, torch.pi]))
    rollout = unroll(PUSH, bank, disc_state().unsqueeze(0), open_loop(torch.zeros(1, 3, 3)), 3)
    assert torch.allclose(rollout.states[0, :, 0], torch.tensor([0.0, 0.0, 1.0, 2.0]), atol=1e-5)


@pytest.mark.parametrize(("start", "horizon"), [(torch.zeros(16), 1), (torch.zeros(2, 15), 1), (torch.zeros(2, 16), 0)])
def test_wrong_shapes_are_named(start, horizon):
    with pytest.raises(ValueError, match="unroll needs"):
        unroll(PUSH, DiscExperts(), start, open_loop(torch.zeros(2, 1, 3)), horizon)

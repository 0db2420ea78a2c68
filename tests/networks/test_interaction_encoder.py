import pytest
import torch

from hyperdynamics_core.networks.interaction_encoder import (
    PaperInteractionEncoder,
    RecurrentInteractionEncoder,
    SetInteractionEncoder,
    WindowInteractionEncoder,
    make_interaction_encoder,
)

STEPS = torch.randn(7, 5, 27, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("kind", ["paper", "set", "window", "gru"])
def test_codes_are_bounded_and_differ(kind: str) -> None:
    encoder = make_interaction_encoder(kind, 27, 2)
    assert encoder is not None
    code = encoder(STEPS * 10)
    assert code.shape == (7, 2) and code.abs().max() <= 1 and code.std() > 0.01


@pytest.mark.parametrize("kind", ["paper", "set", "window", "gru"])
def test_no_step_gives_zero_with_a_finite_gradient(kind: str) -> None:
    encoder = make_interaction_encoder(kind, 27, 2)
    assert encoder is not None
    mask = torch.ones(7, 5, dtype=torch.bool)
    mask[2] = False
    code = encoder(STEPS, mask)
    assert torch.equal(code[2], torch.zeros(2)) and (code[0] != 0).all()
    code.square().sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in encoder.parameters() if parameter.grad is not None)


def test_windows_take_their_last_steps_and_unbounded_codes_go_anywhere() -> None:
    window, gru = WindowInteractionEncoder(23), RecurrentInteractionEncoder(23, 128)
    steps = torch.randn(4, 20, 23, generator=torch.Generator().manual_seed(1))
    assert sum(parameter.numel() for parameter in window.network.parameters()) == 16 * 23 * 128 + 128 * 131 + 128 + 2
    for encoder in (window, gru):
        torch.testing.assert_close(encoder(steps), encoder(steps[:, 4:]))
        assert not torch.allclose(encoder(steps), encoder(steps.flip(1)))
        with pytest.raises(ValueError, match="needs 16 interactions, got 15"):
            encoder(steps[:, :15])
    window.bounded = False
    assert window(300 * steps).abs().max() > 1


def test_set_ignores_order_and_masked_steps() -> None:
    encoder = SetInteractionEncoder(27, 4)
    torch.testing.assert_close(encoder(STEPS), encoder(STEPS[:, [3, 0, 4, 1, 2]]))
    mask = torch.tensor([True, True, False, True, False]).expand(7, 5)
    torch.testing.assert_close(encoder(STEPS, mask), encoder(STEPS[:, [0, 1, 3]]))
    assert encoder(STEPS[:, :1]).shape == (7, 4)


def test_paper_has_the_papers_size_and_needs_its_k() -> None:
    encoder = PaperInteractionEncoder(27)
    assert sum(parameter.numel() for parameter in encoder.parameters()) == 5 * 27 * 8 + 8 + 8 * 2 + 2
    torch.testing.assert_close(encoder(torch.cat((STEPS[:, :2] * 9, STEPS), dim=1)), encoder(STEPS))
    with pytest.raises(ValueError, match="needs 5 interactions, got 4"):
        encoder(STEPS[:, :4])


def test_auxiliary_head_is_optional() -> None:
    code = torch.zeros(3, 2)
    assert SetInteractionEncoder(27, 2, n_physics=2).physics(code).shape == (3, 2)
    with pytest.raises(ValueError, match="n_physics above 0"):
        SetInteractionEncoder(27, 2).physics(code)


def test_bad_kind_and_size() -> None:
    assert make_interaction_encoder("none", 27, 2) is None
    with pytest.raises(ValueError, match="window, gru or none, got 'lstm'"):
        make_interaction_encoder("lstm", 27, 2)
    with pytest.raises(ValueError, match="27 numbers, got 26"):
        SetInteractionEncoder(27)(STEPS[..., :26])


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize("kind", ["paper", "set", "window", "gru"])
def test_the_code_of_one_system_is_that_of_a_batch(kind: str, bounded: bool) -> None:
    encoder = make_interaction_encoder(kind, 27, 2, n_steps=4)
    assert encoder is not None
    encoder.bounded = bounded
    steps = STEPS[0]
    torch.testing.assert_close(
        torch.from_numpy(encoder.code_of(steps.numpy())), encoder(steps.unsqueeze(0))[0].detach()
    )
    for wrong, message in ((steps[:, :20], "27 numbers, got 20"), (steps[:0], "needs")):
        with pytest.raises(ValueError, match=message):
            encoder.code_of(wrong.numpy())

"""Seeds that learn together learn what each learns alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from benchmarks.seeds_together import can_learn_together, update_together
from hyperdynamics_core.data.windows import WindowConfig, WindowData
from hyperdynamics_core.methods.registry import LEGGED_METHODS
from hyperdynamics_core.training.dynamics import DynamicsTrainer, fit_statistics
from tests.data.episode_examples import GAIN, gain_episodes
from tests.training.test_dynamics import CONFIG, gain_method

SEEDS = (0, 1, 2)
UNROLLED = replace(
    CONFIG, windows=WindowConfig(windows=16, targets=4, steps=6, unroll=3), huber=0.3, decay=0.5, clip=0.5
)


def trainers(name: str, data: WindowData, config=CONFIG) -> list[DynamicsTrainer]:
    methods = [gain_method(name, seed) for seed in SEEDS]
    for method in methods:
        fit_statistics(method, data, config)
    return [DynamicsTrainer(each, config, torch.Generator().manual_seed(seed)) for seed, each in enumerate(methods)]


@pytest.mark.parametrize("config", [CONFIG, UNROLLED])
@pytest.mark.parametrize("name", LEGGED_METHODS)
def test_together_is_one_after_the_other(name: str, config) -> None:
    data = WindowData(GAIN, gain_episodes(10))
    together, alone = trainers(name, data, config), trainers(name, data, config)
    if not can_learn_together(together[0].method):
        with pytest.raises(ValueError, match="train one after the other"):
            update_together(together, data, 1)
        return
    # Twice, by both ways in turn: moments and counts go over from one to the other.
    found = update_together(together, data, 6), [each.update_on(data, 2) for each in together]
    found = (*found, update_together(together, data, 4, rate=0.5))
    wanted = tuple(
        [each.update_on(data, count, rate) for each in alone] for count, rate in ((6, 1.0), (2, 1.0), (4, 0.5))
    )
    for one, other in zip(sum(found, []), sum(wanted, []), strict=True):
        assert one == pytest.approx(other, rel=1e-3)
    for one, other in zip(together, alone, strict=True):
        assert one.updates == other.updates == 12 and not one.method.training
        assert torch.equal(one.generator.get_state(), other.generator.get_state())
        for tensor, expected in zip(one.state().values(), other.state().values(), strict=True):
            torch.testing.assert_close(tensor, expected, rtol=2e-2, atol=2e-4)
    codes = [each.method.interaction_encoder for each in together]
    assert codes[0] is None or not torch.equal(*(next(each.parameters()) for each in codes[:2]))


def test_only_seeds_of_one_method_learn_together() -> None:
    data = WindowData(GAIN, gain_episodes(4))
    mixed = [trainers("hyperdynamics", data)[0], trainers("hyperdynamics", data, UNROLLED)[1]]
    with pytest.raises(ValueError, match="one method and configuration"):
        update_together(mixed, data, 1)


def test_a_loss_that_is_not_finite_is_told() -> None:
    data = WindowData(GAIN, gain_episodes(4))
    some = trainers("hyperdynamics", data)
    with torch.no_grad():
        next(some[1].method.parameters()).fill_(torch.nan)
    with pytest.raises(FloatingPointError, match="lower the learning rate"):
        update_together(some, data, 1)

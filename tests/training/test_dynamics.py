from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hyperdynamics_core.checkpoints import CheckpointError
from hyperdynamics_core.data.episodes import make_episode
from hyperdynamics_core.data.replay_buffer import ReplayBuffer
from hyperdynamics_core.data.windows import WindowConfig, WindowData
from hyperdynamics_core.methods.config import locomotion_sizes
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import LEGGED_METHODS, make_method
from hyperdynamics_core.systems.legged import ANT
from hyperdynamics_core.training import fit_dynamics
from hyperdynamics_core.training.dynamics import DynamicsTrainer, fit_statistics, held_out_loss, window_losses
from hyperdynamics_core.training.dynamics_config import DynamicsConfig, FitConfig
from hyperdynamics_core.training.fit_dynamics import fit
from hyperdynamics_core.training.resume import load_tensors, save_tensors
from hyperdynamics_core.training.run_log import read_log
from tests.data.episode_examples import GAIN, gain_episodes
from tests.training.test_resume import INFO

WINDOWS = WindowConfig(windows=32, targets=8, steps=6, reach=6)
CONFIG = DynamicsConfig(windows=WINDOWS, learning_rate=3e-3)


def gain_method(name: str, seed: int = 0, **changes: object) -> LearnedMethod:
    torch.manual_seed(seed)
    sizes = {"hidden_sizes": (16, 16), "n_interactions": 6, "encoder_hidden": 32, "truth_choices": (0,), **changes}
    return make_method(name, locomotion_sizes(**sizes), GAIN)


def gain_buffer(count: int = 10) -> ReplayBuffer:
    buffer = ReplayBuffer(GAIN, 10_000, ("gain",))
    for episode in gain_episodes(count):
        buffer.add(episode)
    return buffer


def trainer(seed: int = 0) -> DynamicsTrainer:
    return DynamicsTrainer(gain_method("hyperdynamics", seed), CONFIG, torch.Generator().manual_seed(seed))


def test_what_adapts_learns_what_the_blind_one_cannot() -> None:
    """The gain decides the outcome: HyperDynamics must come close to the told model, far below the global one."""
    data, other = WindowData(GAIN, gain_episodes(100)), WindowData(GAIN, gain_episodes(40, seed=1))
    losses = {}
    for name in ("hyperdynamics", "global", "told"):
        method = gain_method(name)
        fit_statistics(method, data, CONFIG)
        DynamicsTrainer(method, CONFIG, torch.Generator().manual_seed(0)).update_on(data, 400)
        losses[name] = held_out_loss(method, other, CONFIG)
    assert losses["hyperdynamics"] < 0.3 * losses["global"], losses
    assert losses["told"] < 0.1 * losses["global"], losses


@pytest.mark.parametrize("name", LEGGED_METHODS)
def test_every_method_learns_with_single_and_unrolled_steps(name: str) -> None:
    config = DynamicsConfig(windows=WindowConfig(windows=16, targets=4, steps=6, unroll=3), huber=0.0)
    method = gain_method(name)
    run = DynamicsTrainer(method, config, torch.Generator().manual_seed(0))
    first, last = run.update(gain_buffer(), 5), run.update(gain_buffer(), 60)
    assert set(first) == {"prediction", "unrolled"} and run.updates == 65
    assert last["prediction"] < first["prediction"] and last["unrolled"] < first["unrolled"]


def test_new_episodes_refit_the_statistics_and_the_optimiser_stays() -> None:
    run, buffer = trainer(), gain_buffer(3)
    run.update(buffer, 2)
    mean = run.method.normaliser.input_mean.clone()
    run.update(buffer, 1)
    assert torch.equal(run.method.normaliser.input_mean, mean)
    for episode in gain_episodes(2, seed=7):
        buffer.add(episode)
    run.update(buffer, 1)
    assert not torch.equal(run.method.normaliser.input_mean, mean)
    assert run.optimiser.state_dict()["state"][0]["step"] == run.updates == 4


def test_a_restored_trainer_goes_on_exactly(tmp_path: Path) -> None:
    one, two, buffer = trainer(), trainer(seed=9), gain_buffer()
    one.update(buffer, 3)
    save_tensors(tmp_path, one.updates, one.state(), INFO)
    two.load_state(load_tensors(tmp_path, INFO))
    one.update(buffer, 3), two.update(buffer, 3)
    assert one.updates == two.updates == 6
    for key, value in one.method.state_dict().items():
        assert torch.equal(value, two.method.state_dict()[key])


def test_unrolling_an_ant_lets_gradients_through() -> None:
    states = torch.randn(2, 30, 29)
    torch.manual_seed(0)
    method = make_method("hyperdynamics", locomotion_sizes(), ANT)
    episodes = [make_episode(ANT, 0, s, torch.rand(29, 8), torch.zeros(29), torch.zeros(29, 0)) for s in states]
    config = DynamicsConfig(windows=WindowConfig(windows=4, targets=2, unroll=3))
    data = WindowData(ANT, episodes)
    fit_statistics(method, data, config)
    losses = window_losses(method, data.draw(config.windows, torch.Generator()), config)
    losses["unrolled"].backward()
    assert all(torch.isfinite(p.grad).all() for p in method.parameters() if p.grad is not None)


def test_a_diverged_loss_is_an_error() -> None:
    run = trainer()
    with torch.no_grad():
        next(run.method.parameters()).fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="not finite at update 0"):
        run.update(gain_buffer(), 1)
    with pytest.raises(ValueError, match="no episode"):
        trainer().update(ReplayBuffer(GAIN), 1)
    with pytest.raises(ValueError, match="learning_rate must be positive"):
        DynamicsConfig(learning_rate=0)


def fit_once(out: Path | None, updates: int, **changes: object):
    config = FitConfig(CONFIG, updates=60, validate_every=20, cosine=True, **changes)
    method = gain_method("direct")
    generator = torch.Generator().manual_seed(1)
    if updates < 60:  # stopped in between
        run = fit_dynamics._Fit(method, gain_episodes(8), gain_episodes(3, seed=2), config, generator, out, "data")
        while run.trainer.updates < updates:
            run.advance()
        return method, None
    return method, fit(method, gain_episodes(8), gain_episodes(3, seed=2), config, generator, out, "data")


def test_a_fit_that_was_killed_ends_in_the_same_weights(tmp_path: Path) -> None:
    whole, result = fit_once(tmp_path / "a", 60)
    fit_once(tmp_path / "b", 40)
    resumed, again = fit_once(tmp_path / "b", 60)
    assert result == again and result is not None and result.updates == 60
    assert all(torch.equal(value, resumed.state_dict()[key]) for key, value in whole.state_dict().items())
    assert [line["step"] for line in read_log(tmp_path / "a" / "log.jsonl")] == [20, 40, 60]
    with pytest.raises(CheckpointError, match="another configuration .patience"):
        fit_once(tmp_path / "b", 60, patience=3)


def test_it_stops_when_held_out_episodes_get_no_better_and_keeps_the_best() -> None:
    method = gain_method("hyperdynamics")
    config = FitConfig(CONFIG, updates=4000, validate_every=50, patience=2, cosine=False)
    held_out = gain_episodes(5, seed=4)
    result = fit(method, gain_episodes(2), held_out, config, torch.Generator().manual_seed(0))
    assert result.updates < 4000 and result.updates == result.best_update + 100
    assert held_out_loss(method, WindowData(GAIN, held_out), CONFIG) == pytest.approx(result.held_out)
    assert result.training < result.held_out


def test_the_hidden_value_can_be_read_off_the_code_where_that_is_taught() -> None:
    """The same data and updates with and without: only the taught head tells the gain of windows never seen."""
    data, other = WindowData(GAIN, gain_episodes(100)), WindowData(GAIN, gain_episodes(40, seed=1))
    errors = {}
    for weight in (0.0, 0.5):
        method, config = gain_method("low-rank", auxiliary_physics=True), replace(CONFIG, physics_weight=weight)
        fit_statistics(method, data, config)
        losses = DynamicsTrainer(method, config, torch.Generator().manual_seed(0)).update_on(data, 400)
        assert ("physics" in losses) == (weight > 0)
        batch = other.draw(replace(WINDOWS, dropout=0.0), torch.Generator().manual_seed(0))
        known = window_losses(method, batch, replace(config, physics_weight=1.0))
        errors[weight] = float(known["physics"].detach())
    assert errors[0.5] < 0.1 < 0.5 < errors[0.0], errors


def test_what_was_asked_for_by_name_decides_whether_physics_can_be_taught() -> None:
    config, generator = replace(CONFIG, physics_weight=0.1), torch.Generator()
    for name in ("global", "told"):
        losses = DynamicsTrainer(gain_method(name, auxiliary_physics=True), config, generator).update(gain_buffer(), 1)
        assert set(losses) == {"prediction"}
    with pytest.raises(ValueError, match=r"physics_weight 0.1 needs sizes.auxiliary_physics"):
        DynamicsTrainer(gain_method("hyperdynamics"), config, generator)
    with pytest.raises(ValueError, match="physics_weight must not be negative, got -1"):
        replace(CONFIG, physics_weight=-1.0)

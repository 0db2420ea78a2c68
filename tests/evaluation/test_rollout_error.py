import numpy as np
import pytest
import torch

from hyperdynamics_core.data.windows import WindowData
from hyperdynamics_core.evaluation.rollout_error import (
    RolloutErrorConfig,
    RolloutErrors,
    Scales,
    rollout_errors,
    summarise,
)
from hyperdynamics_core.methods.context import Context, Interactions
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.planning.rollout import open_loop, unroll
from hyperdynamics_core.training.dynamics import DynamicsTrainer, fit_statistics
from tests.data.episode_examples import GAIN, gain_episodes
from tests.training.test_dynamics import CONFIG, gain_method

TRAINING, TESTING = gain_episodes(100), gain_episodes(30, steps=45, seed=1)
ERRORS = RolloutErrorConfig(horizons=(1, 5, 20))
SCALES = Scales.of(WindowData(GAIN, TRAINING), ERRORS.horizons)


def trained(name: str) -> LearnedMethod:
    method, data = gain_method(name), WindowData(GAIN, TRAINING)
    fit_statistics(method, data, CONFIG)
    DynamicsTrainer(method, CONFIG, torch.Generator().manual_seed(0)).update_on(data, 400)
    return method


def test_a_method_adapts_if_it_beats_the_blind_one_and_another_window_harms_it() -> None:
    method = trained("hyperdynamics")
    errors = {e: rollout_errors(method, TESTING, SCALES, ERRORS, e).normalised.mean(0) for e in ("own", "swap", "none")}
    blind = rollout_errors(trained("global"), TESTING, SCALES, ERRORS).normalised.mean(0)
    told = trained("told")
    truth = rollout_errors(told, TESTING, SCALES, ERRORS).normalised.mean(0)
    lie = rollout_errors(told, TESTING, SCALES, ERRORS, "swap").normalised.mean(0)
    assert (errors["own"] < 0.5 * blind).all() and (errors["swap"] > 2.0 * errors["own"]).all()
    assert (errors["none"] > 2.0 * errors["own"]).all()
    assert (truth < errors["own"]).all() and (lie > 5.0 * truth).all()


def test_it_is_what_the_planner_would_see() -> None:
    """One moment, worked out through adapt() and unroll() instead."""
    method, episode = gain_method("hyperdynamics"), gain_episodes(1, steps=26)[0]
    fit_statistics(method, WindowData(GAIN, TRAINING), CONFIG)
    states, actions = torch.from_numpy(episode.states), torch.from_numpy(episode.actions)
    window = Interactions(states[:6], actions[:6], states[1:7])
    start, plan = states[6].unsqueeze(0), actions[6:].unsqueeze(0)
    predicted = unroll(GAIN, method.adapt(Context(window, None)), start, open_loop(plan), 20).states[0]
    squares = (predicted - states[6:]).square()
    errors = rollout_errors(method, [episode], SCALES, ERRORS)
    assert errors.raw.shape == (1, 3) and errors.episode.tolist() == [0]
    expected = [float(squares[h].mean()) for h in ERRORS.horizons]
    np.testing.assert_allclose(errors.raw[0], expected, rtol=1e-3)
    scaled = [float((squares[h] / SCALES.values[h] ** 2).mean()) for h in ERRORS.horizons]
    np.testing.assert_allclose(errors.normalised[0], scaled, rtol=1e-3)


def test_predicting_the_mean_change_gives_about_one() -> None:
    method = gain_method("global")
    fit_statistics(method, WindowData(GAIN, TRAINING), CONFIG)
    with torch.no_grad():
        method.get_parameter("expert").zero_()
    one = RolloutErrorConfig(horizons=(1,))
    errors = rollout_errors(method, gain_episodes(60, seed=3), Scales.of(WindowData(GAIN, TRAINING), (1,)), one)
    assert 0.8 < errors.normalised.mean() < 1.2


def test_summaries_pool_seeds_and_weigh_episodes_alike() -> None:
    episode = np.array([0, 0, 0, 1])
    rows = [np.array([[1.0], [1.0], [1.0], [5.0]]), np.array([[3.0], [3.0], [3.0], [7.0]])]
    models = [RolloutErrors(row, 10.0 * row, episode) for row in rows]
    figures = summarise(models, RolloutErrorConfig(horizons=(1,)))["t1"]
    assert figures["normalised"]["mean"] == pytest.approx(4.0) and figures["raw"]["mean"] == pytest.approx(40.0)
    assert figures["normalised"]["median"] == 3.0
    assert figures["normalised"]["by_episode"] == [[1.0, 5.0], [3.0, 7.0]]
    low, high = figures["normalised"]["ci95"]
    assert 1.0 <= low < 4.0 < high <= 7.0
    with pytest.raises(ValueError, match="on the same episodes"):
        summarise([models[0], RolloutErrors(rows[0], rows[0], episode[::-1])], RolloutErrorConfig(horizons=(1,)))


def test_bad_requests() -> None:
    method = gain_method("hyperdynamics")
    with pytest.raises(ValueError, match="evidence must be one of"):
        rollout_errors(method, TESTING, SCALES, ERRORS, "mine")
    with pytest.raises(ValueError, match="no episode has 26 steps"):
        rollout_errors(method, gain_episodes(2, steps=25), SCALES, ERRORS)
    with pytest.raises(ValueError, match="swap needs"):
        rollout_errors(method, TESTING[:1], SCALES, ERRORS, "swap")
    with pytest.raises(ValueError, match="no training episode is 90 steps"):
        Scales.of(WindowData(GAIN, TRAINING), (90,))
    with pytest.raises(ValueError, match="must be at least 1"):
        RolloutErrorConfig(horizons=())

"""The kernels in C++ against the rollout in PyTorch: the same predictions to float32 rounding."""

from __future__ import annotations

import math
import threading

import pytest
import torch
from torch import Tensor

from hyperdynamics_core.methods.experts import ExpertBank
from hyperdynamics_core.native.library import VARIANTS, Task, load
from hyperdynamics_core.networks.expert import ExpertArchitecture, initial_weights
from hyperdynamics_core.planning.expert_rollout import ExpertRollout
from hyperdynamics_core.planning.native_rollout import NativeRollout
from hyperdynamics_core.systems.legged import ANT, CHEETAH, LeggedSystem

HORIZON = 6
SYSTEMS = pytest.mark.parametrize("system", [CHEETAH, ANT], ids=lambda system: system.name)
KERNELS = pytest.mark.parametrize("variant", load().variants())


def bank(system: LeggedSystem, hidden: tuple[int, ...] = (128, 128), **kind: float | str) -> ExpertBank:
    sizes = (len(system.feature_dimensions), *hidden, len(system.delta_dimensions))
    architecture = ExpertArchitecture(sizes, **kind)  # type: ignore[arg-type]
    torch.manual_seed(0)
    weights = 0.7 * initial_weights(architecture)
    n_in = sizes[0]
    if architecture.input_clamp:
        weights[:n_in] = torch.rand(n_in) + 0.5
        weights[n_in : 2 * n_in] = 0.1 * torch.randn(n_in)
    return ExpertBank(system, architecture, weights.unsqueeze(0), torch.zeros(1))


def start(system: LeggedSystem) -> Tensor:
    state = 0.3 * torch.randn(len(system.state_dimensions), generator=torch.Generator().manual_seed(1))
    if system.orientation is not None:
        state[system.orientation] = torch.tensor([0.1, -0.2, 0.3, 0.9])
    return state


def actions(system: LeggedSystem, candidates: int, horizon: int = HORIZON) -> Tensor:
    size = (candidates, horizon, len(system.action_dimensions))
    return torch.rand(size, generator=torch.Generator().manual_seed(2)) * 2.0 - 1.0


@KERNELS
@SYSTEMS
@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("clamp", [0.0, 0.4])
@pytest.mark.parametrize("candidates", [1, 7, 33, 50])
def test_predicts_what_torch_predicts(
    system: LeggedSystem, candidates: int, clamp: float, activation: str, variant: str
) -> None:
    experts, chosen = bank(system, input_clamp=clamp, activation=activation), actions(system, candidates)
    wanted_states, wanted = ExpertRollout(system, HORIZON)(start(system), chosen, experts)
    states, returns = NativeRollout(system, HORIZON, variant=variant)(start(system), chosen, experts)
    assert states.shape == wanted_states.shape
    torch.testing.assert_close(states, wanted_states, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(returns, wanted, atol=2e-3, rtol=1e-5)  # a step of x over dt
    assert not torch.equal(states[1], states[0]), "the expert must do something"


@KERNELS
@pytest.mark.parametrize("hidden", [(), (1,), (5, 3, 17), (200,)])
def test_layers_of_any_size(hidden: tuple[int, ...], variant: str) -> None:
    experts, chosen = bank(ANT, hidden, input_clamp=1.0), actions(ANT, 37)
    wanted_states, wanted = ExpertRollout(ANT, HORIZON)(start(ANT), chosen, experts)
    states, returns = NativeRollout(ANT, HORIZON, variant=variant)(start(ANT), chosen, experts)
    torch.testing.assert_close(states, wanted_states, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(returns, wanted, atol=2e-3, rtol=1e-5)


@KERNELS
@SYSTEMS
def test_a_candidate_does_not_depend_on_its_neighbours(system: LeggedSystem, variant: str) -> None:
    rollout, experts, chosen = NativeRollout(system, HORIZON, variant=variant), bank(system), actions(system, 100)
    states, returns = (result.clone() for result in rollout(start(system), chosen, experts))
    for one in (0, 23, 63, 99):
        alone_states, alone = rollout(start(system), chosen[one : one + 1], experts)
        assert torch.equal(alone_states[:, 0], states[:, one]) and torch.equal(alone[0], returns[one])


@SYSTEMS
def test_kernels_with_fused_multiply_add_agree_to_the_last_bit(system: LeggedSystem) -> None:
    fused = [name for name in load().variants() if name != "portable"]
    results = [NativeRollout(system, HORIZON, variant=name)(start(system), actions(system, 45), bank(system))
               for name in fused]  # fmt: skip
    for states, returns in results[1:]:
        assert torch.equal(states, results[0][0]) and torch.equal(returns, results[0][1])


@KERNELS
@SYSTEMS
def test_start_and_end_alone(system: LeggedSystem, variant: str) -> None:
    experts, chosen = bank(system), actions(system, 40)
    states, returns = NativeRollout(system, HORIZON, variant=variant)(start(system), chosen, experts)
    ends, same = NativeRollout(system, HORIZON, keep_all=False, variant=variant)(start(system), chosen, experts)
    assert torch.equal(ends, states[[0, -1]]) and torch.equal(same, returns)
    wanted, _ = ExpertRollout(system, HORIZON, keep_all=False)(start(system), chosen, experts)
    torch.testing.assert_close(ends, wanted, atol=1e-5, rtol=1e-5)


@KERNELS
@pytest.mark.parametrize("clamp", [0.0, 0.4])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_action_that_is_not_finite_loses_alone(value: float, clamp: float, variant: str) -> None:
    experts, chosen = bank(CHEETAH, input_clamp=clamp), actions(CHEETAH, 30)
    rollout = NativeRollout(CHEETAH, HORIZON, variant=variant)
    sound = rollout(start(CHEETAH), chosen, experts)[1]
    chosen[4, 2, 1] = value
    states, returns = rollout(start(CHEETAH), chosen, experts)
    assert returns[4] == -math.inf
    others = [one for one in range(30) if one != 4]
    assert torch.equal(returns[others], sound[others])
    wanted = ExpertRollout(CHEETAH, HORIZON)(start(CHEETAH), chosen, experts)[0]
    torch.testing.assert_close(states, wanted, atol=1e-5, rtol=1e-5, equal_nan=True)


@KERNELS
@SYSTEMS
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_states_and_weights_that_are_not_finite_lose(system: LeggedSystem, value: float, variant: str) -> None:
    rollout, experts, chosen = NativeRollout(system, HORIZON, variant=variant), bank(system), actions(system, 30)
    broken = start(system)
    broken[-1] = value
    assert bool(torch.isneginf(rollout(broken, chosen, experts)[1]).all())
    experts.weights[0, -1] = value
    assert bool(torch.isneginf(rollout(start(system), chosen, experts)[1]).all())


def test_one_rollout_serves_experts_and_counts_of_all_sizes() -> None:
    rollout = NativeRollout(CHEETAH, HORIZON)
    for hidden, candidates in (((128, 128), 60), ((16,), 3), ((256, 256), 200), ((128, 128), 60)):
        experts, chosen = bank(CHEETAH, hidden), actions(CHEETAH, candidates)
        wanted = ExpertRollout(CHEETAH, HORIZON)(start(CHEETAH), chosen, experts)[1]
        torch.testing.assert_close(rollout(start(CHEETAH), chosen, experts)[1], wanted, atol=2e-3, rtol=1e-5)


def test_inputs_need_not_be_contiguous() -> None:
    experts, chosen = bank(CHEETAH), actions(CHEETAH, 20)
    strided = torch.stack((chosen, chosen), dim=-1)[..., 0]
    rollout = NativeRollout(CHEETAH, HORIZON)
    wanted = rollout(start(CHEETAH), chosen, experts)[1]
    assert torch.equal(rollout(start(CHEETAH).double(), strided, experts)[1], wanted)


def test_threads_with_rollouts_of_their_own_do_not_disturb_each_other() -> None:
    experts = [bank(ANT, (48, 48)), bank(ANT, (48, 48), activation="relu")]
    chosen = actions(ANT, 90)
    wanted = [NativeRollout(ANT, HORIZON)(start(ANT), chosen, one)[1] for one in experts]
    results: list[list[Tensor]] = [[], []]

    def work(index: int) -> None:
        rollout = NativeRollout(ANT, HORIZON)
        for _ in range(20):
            results[index].append(rollout(start(ANT), chosen, experts[index])[1])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(2):
        assert len(results[index]) == 20 and all(torch.equal(one, wanted[index]) for one in results[index])


@pytest.mark.parametrize("make", [NativeRollout, ExpertRollout])
def test_wrong_sizes_are_refused(make: type[NativeRollout] | type[ExpertRollout]) -> None:
    rollout, experts, chosen, state = make(CHEETAH, HORIZON), bank(CHEETAH), actions(CHEETAH, 5), start(CHEETAH)
    with pytest.raises(ValueError, match=r"actions must be \[candidates, 6, 6\], got \(5, 5, 6\)"):
        rollout(state, chosen[:, 1:], experts)
    with pytest.raises(ValueError, match=r"got \(0, 6, 6\)"):
        rollout(state, chosen[:0], experts)
    with pytest.raises(ValueError, match=r"a state of cheetah must be \[18\], got \(17,\)"):
        rollout(state[1:], chosen, experts)
    with pytest.raises(ValueError, match="use a model of this robot"):
        rollout(state, chosen, bank(ANT))
    short = ExpertBank(CHEETAH, experts.architecture, experts.weights[:, 1:], experts.yaws)
    with pytest.raises(ValueError, match="weights, got"):
        rollout(state, chosen, short)
    narrow = ExpertArchitecture((22, 8, 18))
    with pytest.raises(ValueError, match="has 23 inputs and 18 outputs"):
        rollout(state, chosen, ExpertBank(CHEETAH, narrow, initial_weights(narrow).unsqueeze(0), experts.yaws))


def test_what_the_kernels_do_not_take_is_refused() -> None:
    rollout, chosen = NativeRollout(CHEETAH, HORIZON), actions(CHEETAH, 5)
    with pytest.raises(ValueError, match="1 to 16 of 1 to 4096 units each; HYPERDYNAMICS_ROLLOUT=torch"):
        rollout(start(CHEETAH), chosen, bank(CHEETAH, (4,) * 16))
    double = bank(CHEETAH)
    double = ExpertBank(CHEETAH, double.architecture, double.weights.double(), double.yaws)
    with pytest.raises(ValueError, match="float32 weights on the CPU, got torch.float64"):
        rollout(start(CHEETAH), chosen, double)
    with pytest.raises(ValueError, match="no kernel 'sse9' on this processor"):
        NativeRollout(CHEETAH, HORIZON, variant="sse9")


def test_the_library_itself_refuses_tasks_that_do_not_fit() -> None:
    library = load()
    assert library.variants()[0] == VARIANTS[0]
    with pytest.raises(ValueError, match="a pointer is null"):
        library.run(Task(), 0)
    rollout = NativeRollout(CHEETAH, HORIZON)
    rollout(start(CHEETAH), actions(CHEETAH, 5), bank(CHEETAH))
    for field, value, message in (
        ("stride", 17, "multiple of 16"), ("stride", 0, "multiple of 16"), ("n_workspace", 10, "workspace"),
        ("n_weights", 3, "number of weights"), ("quaternion", 15, "quaternion"), ("n_state", 19, "sizes"),
        ("candidates", 0, "must be positive"), ("states", None, "null"),
    ):  # fmt: skip
        task = Task.from_buffer_copy(rollout._task)
        setattr(task, field, value)
        with pytest.raises(ValueError, match=message):
            library.run(task, 0)

"""A locomotion plan: 500 candidates of 20 steps through one expert, native and in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor

from benchmarks.competitors import NAMES, competitors, installed
from benchmarks.interleaved import Timing, Variant, measure, paired, rate
from benchmarks.machine import describe, fma_peak, sgemm
from benchmarks.plan_problem import HIDDEN, Options, Problem, make_problem
from hyperdynamics_core.native.library import load
from hyperdynamics_core.planning.expert_rollout import ExpertRollout
from hyperdynamics_core.planning.native_rollout import NativeRollout
from hyperdynamics_core.planning.sequence_rollout import Rollout
from hyperdynamics_core.planning.sequences import SequencePlannerConfig, make_planner

TOLERANCE = 1e-4  # of states and, times the system's 1 / dt, of returns


def step_by_step(problem: Problem) -> tuple[Tensor, Tensor]:
    """The plain way: predict and compose, as the definitions stand."""
    state, actions, system = problem.state.expand(len(problem.actions), -1), problem.actions, problem.system
    states = [state]
    for step in range(actions.shape[1]):
        states.append(system.compose(states[-1], problem.experts.predict(states[-1], actions[:, step])))
    unrolled = torch.stack(states)
    return unrolled, system.rewards(unrolled.transpose(0, 1), actions).sum(-1)


def ways(problem: Problem) -> dict[str, Callable[[], tuple[Tensor, Tensor]]]:
    """Every way to unroll the problem, by name; the reference comes first, the native default last."""
    system, horizon = problem.system, problem.actions.shape[1]
    rollouts: dict[str, Rollout] = {"torch": ExpertRollout(system, horizon)}
    for name in load().variants():
        rollouts[f"native {name}"] = NativeRollout(system, horizon, variant=name)

    def bound(rollout: Rollout) -> Callable[[], tuple[Tensor, Tensor]]:
        return lambda: rollout(problem.state, problem.actions, problem.experts)

    return {"step by step": lambda: step_by_step(problem), **{name: bound(one) for name, one in rollouts.items()}}


def check_equal(problem: Problem, found: dict[str, Callable[[], tuple[Tensor, Tensor]]]) -> dict[str, float]:
    """Greatest difference of a state from the reference's, by name.

    Raises:
        ValueError: states or returns differ by more than rounding, or another candidate is the best.
    """
    wanted, returns = (result.clone() for result in found["step by step"]())
    differences = {}
    for name, run in found.items():
        states, others = run()
        difference = float((states - wanted).abs().max())
        away = float((others - returns).abs().max()) * problem.system.dt
        if not max(difference, away) < TOLERANCE or int(others.argmax()) != int(returns.argmax()):
            raise ValueError(f"{name!r} does not predict what the reference does: states differ by {difference:.2g}, "
                             f"returns by {away:.2g} / dt; nothing was timed")  # fmt: skip
        differences[name] = difference
    return differences


@torch.inference_mode()
def run(options: Options) -> dict[str, object]:
    """Check that all ways agree, then time them; returns the record that goes into the JSON file.

    Raises:
        ValueError: bad options, or ways that do not agree.
    """
    torch.set_num_threads(1)
    problem = make_problem(options)
    found = ways(problem)
    differences = check_equal(problem, found)
    variants = {name: Variant(way, problem.flops) for name, way in found.items()}
    variants |= {name: Variant(plan, problem.flops) for name, plan in competitors(problem).items()}
    planner, generator = SequencePlannerConfig(options.candidates, options.horizon), torch.Generator().manual_seed(0)
    shooting = make_planner("random_shooting", problem.system, generator, planner)
    variants["random shooting"] = Variant(lambda: shooting.plan(problem.state, problem.experts), problem.flops)
    variants["sgemm"] = sgemm(options.candidates, HIDDEN, problem.flops)
    variants["FMA peak"] = fma_peak()
    timings = measure(variants, options.rounds)
    rows = {name: row(name, variants, timings) for name in variants}
    return {
        "benchmark": "plan",
        "options": {name: value for name, value in vars(options).items() if name != "json"},
        "machine": describe(), "mflop": problem.flops * 1e-6,
        "variants": rows, "state_differences": differences,
        "not_installed": [name for name in NAMES if not installed(name)],
    }  # fmt: skip


def row(name: str, variants: dict[str, Variant], timings: dict[str, Timing]) -> dict[str, float]:
    """Figures of one variant; ratios are medians of those within a round."""
    variant, timing = variants[name], timings[name]

    def share(of: str) -> float:
        return variant.flops / variants[of].flops / paired(timing, timings[of])

    return {
        "cpu_ms": 1e3 * median(timing.cpu), "cpu_ms_least": 1e3 * min(timing.cpu), "wall_ms": 1e3 * median(timing.wall),
        "gflops": rate(variant, timing), "of_sgemm": share("sgemm"), "of_peak": share("FMA peak"),
        "time_of_torch": paired(timing, timings["torch"]),
        **({"time_of_pytorch_mppi": paired(timing, timings["pytorch_mppi"])} if "pytorch_mppi" in timings else {}),
    }  # fmt: skip


def show(record: dict[str, object]) -> None:
    """Print the record as a table."""
    from rich.console import Console
    from rich.table import Table

    options, rows, machine = record["options"], record["variants"], record["machine"]
    assert isinstance(options, dict) and isinstance(rows, dict) and isinstance(machine, dict)
    title = (
        f"{options['robot']}, {options['candidates']} x {options['horizon']}, {record['mflop']:.0f} MFLOP, one thread"
    )
    table = Table(title=title, caption=f"{machine['processor']}; medians of {options['rounds']} interleaved rounds")
    table.add_column("", no_wrap=True)
    for column in ("CPU ms", "wall ms", "GFLOP/s", "/sgemm", "/peak", "/torch", "/mppi"):
        table.add_column(column, justify="right")
    for name, one in rows.items():
        times = (one["time_of_torch"], one.get("time_of_pytorch_mppi"))
        compared = [f"{time:.2f}" if time and name not in ("sgemm", "FMA peak") else "" for time in times]
        table.add_row(name, f"{one['cpu_ms']:.2f}", f"{one['wall_ms']:.2f}", f"{one['gflops']:.1f}",
                      f"{one['of_sgemm']:.2f}", f"{one['of_peak']:.2f}", *compared)  # fmt: skip
    Console().print(table)
    if missing := record["not_installed"]:
        assert isinstance(missing, list)
        print(f"not installed, so not compared with: {', '.join(missing)}")

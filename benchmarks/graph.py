"""A walk through the node graph in lockstep, beside the same arithmetic in one process: what ROS adds, and where.

The latency is from a state's arrival at the controller to its command: in between the encoder hears the state too, the
hypernetwork its code, the controller the expert. Idle: the nodes are up, nobody has sent a goal.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.interleaved import Output
from benchmarks.machine import cpu_seconds, describe
from hyperdynamics_core.methods.context import Context, Interactions
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.planning.sequences import SequencePlannerConfig, make_planner
from hyperdynamics_core.systems.legged import LEGGED

PATIENCE = 180.0
"""For the nodes to come up, s."""
STEPS_IN_PROCESS = 150


@dataclass(frozen=True)
class Options(Output):
    """A walk through the node graph: latency, its stations, CPU of every node."""

    robot: str = "ant"
    """cheetah or ant."""
    terrain: str = "pier"
    """Of the committed model and of the world."""
    planner: str = "random_shooting"
    """random_shooting, cem or mppi."""
    candidates: int = 500
    """Sequences of 20 steps."""
    duration: float = 10.0
    """Of the walk, s of the robot's time."""
    idle: float = 10.0
    """Time that the nodes are watched while nobody walks, s."""


def in_process(options: Options) -> list[float]:
    """Wall seconds of each step without ROS: encode the window, generate the expert, plan.

    Raises:
        CheckpointError: there is no model of the robot on the terrain.
        ValueError: an unknown planner.
    """
    torch.set_num_threads(1)
    system = LEGGED[options.robot]
    method = load_method(model_folder(options), system).method
    config = SequencePlannerConfig(candidates=options.candidates)
    planner = make_planner(options.planner, system, torch.Generator().manual_seed(0), config)
    states = 0.05 * torch.randn(17, len(system.state_dimensions))
    if system.orientation is not None:
        states[:, system.orientation] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    window = Interactions(states[:-1], torch.rand(16, len(system.action_dimensions)) - 0.5, states[1:])
    seconds = []
    for _ in range(STEPS_IN_PROCESS):
        began = time.perf_counter()
        planner.plan(states[-1], method.bank(Context(window, None)))
        seconds.append(time.perf_counter() - began)
    return seconds[10:]


def model_folder(options: Options) -> Path:
    """Of the committed model."""
    from hyperdynamics_ros.environment import share_folder

    return share_folder() / "models" / f"{options.robot}-{options.terrain}"


def through_the_graph(options: Options) -> dict[str, Any]:
    """Figures of an idle graph and of one walk.

    Raises:
        ValueError: the walk ended early.
        WalkError, GraphStopped: the graph did not come up, or broke.
    """
    import rclpy

    from hyperdynamics_cli.demo.running import check_running, running_graph
    from hyperdynamics_cli.demo.walk_client import WalkClient
    from hyperdynamics_cli.demo.walk_recording import WalkRecorder, WalkRecording

    arguments = {"robot": options.robot, "terrain": options.terrain, "seed": "1", "planner": options.planner,
                 "candidates": str(options.candidates), "model": str(model_folder(options))}  # fmt: skip
    recording = WalkRecording(options.robot)
    with tempfile.TemporaryDirectory() as log, running_graph("locomotion", arguments, Path(log)) as runner:
        rclpy.init(args=[])
        node = rclpy.create_node("benchmark")
        try:
            WalkRecorder(node, recording)
            client = WalkClient(node, lambda: check_running(runner))
            client.wait_until_ready(PATIENCE)
            client.wait(lambda: bool(recording.states), PATIENCE, "the bridge's first state")
            idle = _spent(runner.processes, lambda: time.sleep(options.idle))
            walking = _spent(runner.processes, lambda: _walk(client, recording, options.duration))
        finally:
            node.destroy_node()
            rclpy.try_shutdown()
    return {"idle_percent": {name: 100.0 * spent / options.idle for name, spent in idle.items()},
            "cpu_ms_a_step": {name: 1e3 * spent / recording.result.steps for name, spent in walking.items()},
            "latency_ms": {part: recording.statistics[f"latency_ms_{part}"] for part in ("p50", "p95", "p99")},
            "stages_ms_p50_p95": recording.stages, "steps": int(recording.result.steps),
            "steps_a_second": recording.statistics["rate"]}  # fmt: skip


def _walk(client: Any, recording: Any, duration: float) -> None:
    recording.result = client.walk(0.0, duration, lambda _: None, 3600.0)
    if not recording.result.success:
        raise ValueError(f"the walk ended early: {recording.result.message}")
    until = time.monotonic() + 1.0
    client.wait(lambda: time.monotonic() > until, 60.0, "the last messages")


def _spent(processes: dict[str, int], run: Any) -> dict[str, float]:
    before = {name: cpu_seconds(number) for name, number in processes.items()}
    run()
    return {name: cpu_seconds(number) - before[name] for name, number in processes.items()}


def run(options: Options) -> dict[str, Any]:
    """In one process before and after, the graph in between."""
    if options.robot not in LEGGED:
        raise ValueError(f"robot must be one of {', '.join(LEGGED)}, got {options.robot!r}")
    before = in_process(options)
    graph = through_the_graph(options)
    alone = 1e3 * np.percentile(before + in_process(options), (50, 95, 99))
    alone_ms = dict(zip(("p50", "p95", "p99"), alone.tolist(), strict=True))
    added = {part: graph["latency_ms"][part] - alone_ms[part] for part in alone_ms}
    given = {name: value for name, value in vars(options).items() if name != "json"}
    return {"options": given, "machine": describe(), "in_process_ms": alone_ms, "added_ms": added, **graph}


def show(record: dict[str, Any]) -> None:
    """Print the record as tables."""
    from rich.console import Console
    from rich.table import Table

    options, console = record["options"], Console()
    table = Table(title=f"{options['robot']}-{options['terrain']}, {options['planner']} {options['candidates']} x 20, "
                        f"{record['steps']} steps in lockstep, wall ms")  # fmt: skip
    for column in ("", "p50", "p95"):
        table.add_column(column, justify="right" if column else "left")
    rows = {f"  {name}": stage for name, stage in record["stages_ms_p50_p95"].items()}
    for name, row in (("from state to command", "latency_ms"), ("the same in one process", "in_process_ms"),
                      ("added by the graph", "added_ms")):  # fmt: skip
        rows[name] = (record[row]["p50"], record[row]["p95"])
    for name, (p50, p95) in rows.items():
        table.add_row(name, f"{p50:.2f}", f"{p95:.2f}")
    console.print(table)
    nodes = Table(title="CPU")
    for column in ("node", "ms a step", "% of a core, idle"):
        nodes.add_column(column, justify="left" if column == "node" else "right")
    for name, spent in record["cpu_ms_a_step"].items():
        nodes.add_row(name, f"{spent:.2f}", f"{record['idle_percent'][name]:.2f}")
    console.print(nodes)
    print(f"{record['steps_a_second']:.1f} steps a second")

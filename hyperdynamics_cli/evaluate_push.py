"""``hyperdynamics evaluate push``: Table 1's prediction errors and Table 2's success rates, through the camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hyperdynamics_cli.evaluate_checks import check_options
from hyperdynamics_cli.results import check_writable


@dataclass(frozen=True)
class Options:
    """Evaluate a trained method on pushing.

    Without --task: error of the predicted motion on recorded pushes (Table 1). With --task: success in pushing
    objects to goals in simulation (Table 2), in this process, without ROS.
    """

    method: str | None = None
    """Name of the method, whose model is models/push-METHOD unless --model says otherwise. Default: hyperdynamics."""
    model: tuple[Path, ...] = ()
    """Checkpoint folder of the method; for errors also several, trained with different seeds."""
    perception_model: Path = Path("models/push-perception")
    """Checkpoint folder of the detector."""
    split: Literal["novel", "seen", "all"] = "novel"
    """Objects."""
    horizon: int = 1
    """Errors only: after so many steps, predicted one after the other."""
    data: Path | None = None
    """Errors only: recorded pushes of that split; by default they are collected first, into
    data/held-out-SPLIT-VARIATION-N."""
    task: Literal["reach", "obstacles"] | None = None
    """Push to goals: with a free way, or with two obstacles."""
    trials: int | None = None
    """Goals to push to, 500 by default; for errors: trajectories at most, all of --data or 1000 by default."""
    candidates: int | None = None
    """Goals only: sequences of pushes that a plan tries; 30 by default, as in the paper."""
    planning_horizon: int | None = None
    """Goals only: pushes in such a sequence; by default 1, and 10 with obstacles, as in the paper."""
    max_pushes: int | None = None
    """Goals only: planned pushes before it gives up; 50 by default."""
    variation: Literal["paper", "wide", "out-of-range"] = "paper"
    """Ranges of mass and friction of the objects (of --data they are as they are)."""
    shape_codes: Literal["exact", "table"] | None = None
    """z_vis at every yaw: the map turned and encoded again (exact), or looked up in a table of 72 yaws (table), as in
    the node graph. Default: exact for errors, table for goals."""
    oracle_pose: bool = False
    """Take the object's position from the simulator rather than from the camera."""
    swap: bool = False
    """Give the encoder another object's interactions: a method that uses them must get worse."""
    no_interactions: bool = False
    """Errors only: give the encoder nothing (z_int = 0)."""
    seed: tuple[int, ...] = (0,)
    """Of scenes, views, probes and intervals; goals are dealt out to several seeds in turn."""
    workers: int = 2
    """Processes that push; 0: none beside this one."""
    cluster: str | None = None
    """Work on a Ray cluster instead of processes here: auto, HOST:PORT, ray://HOST:PORT, or local (one of this
    machine alone, with --workers processes). The result does not depend on it."""
    trials_file: Path | None = None
    """Goals only: keep one line a goal in this file; a run that was stopped goes on from it."""
    json: Path | None = None
    """Write the figures to this file."""


def run(options: Options) -> int:
    """Evaluate and say the figures."""
    from hyperdynamics_cli.evaluation import evaluate_errors, evaluate_goals

    check_options(options)
    check_writable(options.json)
    return evaluate_errors(options) if options.task is None else evaluate_goals(options)

"""The core's push task for a goal, from the controller's parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch

from hyperdynamics_core.control.push_task import PushTask
from hyperdynamics_core.control.reposition import RepositionConfig
from hyperdynamics_core.control.settings import PushTaskConfig
from hyperdynamics_core.planning.geometry import Workspace
from hyperdynamics_core.planning.random_shooting import RandomShooting, RandomShootingConfig
from hyperdynamics_core.planning.sampling import SamplingConfig
from hyperdynamics_ros.parameters import Parameters

FARTHEST = 0.85
"""Way over the table's whole diagonal, m."""


def make_task(goal: Any, parameters: Parameters, number: int, probed: bool) -> PushTask:
    """A task for a PushTo goal.

    number: of the goal, which with the seed fixes all draws. probed: interactions of this object are there already.
    """
    generator = torch.Generator().manual_seed(parameters["seed"] + number)
    workspace = Workspace(
        table_half=parameters["table_half"],
        reach_centre=(parameters["base_x"], parameters["base_y"]),
        reach_min=parameters["reach_min"],
        reach_max=parameters["reach_max"],
    )
    planner = RandomShooting(workspace, generator, planner_config(parameters))
    place = goal.goal.pose.position
    config = task_config(goal, parameters, probes_needed=goal.probe_again or not probed)
    return PushTask((place.x, place.y), planner, workspace, generator, config)


def planner_config(parameters: Parameters) -> RandomShootingConfig:
    """Sizes of the search."""
    sampling = SamplingConfig(candidates=parameters["candidates"], reposition=parameters["reposition"])
    return RandomShootingConfig(
        horizon=parameters["horizon"], obstacle_horizon=parameters["obstacle_horizon"], sampling=sampling
    )


def task_config(goal: Any, parameters: Parameters, probes_needed: bool) -> PushTaskConfig:
    """Limits of the goal where it states any, else the parameters'."""
    tolerance = goal.tolerance if goal.tolerance > 0.0 else parameters["tolerance"]
    return PushTaskConfig(
        probes=parameters["probes"] if probes_needed else 0,
        tolerance=tolerance,
        arrival_margin=min(parameters["arrival_margin"], 0.5 * tolerance),
        max_pushes=goal.max_steps or parameters["max_pushes"],
        reposition=reposition_config(parameters["max_displacement"]),
    )


def reposition_config(longest: float) -> RepositionConfig:
    """Ways of the lifted rod, cut up into displacements of at most ``longest``, m."""
    usual = RepositionConfig()
    longest = min(longest, usual.longest_move)
    parts = math.ceil(FARTHEST / longest) - math.ceil(FARTHEST / usual.longest_move)
    return replace(usual, longest_move=longest, max_commands=usual.max_commands + parts)

"""Parameters of the MPC controller for legs."""

from __future__ import annotations

from typing import Any

from hyperdynamics_core.control.walk_goal import WalkTaskConfig
from hyperdynamics_core.planning.sequences import AUTO, PLANNERS, SequencePlannerConfig
from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.parameters import Parameter, Parameters

PLAN, TASK = SequencePlannerConfig(), WalkTaskConfig()
TABLE = (
    Parameter("system", "cheetah", "Robot that is controlled.", choices=tuple(LEGGED)),
    Parameter(
        "mode",
        "lockstep",
        "lockstep: each state waits for the expert of its own history; realtime: the newest expert is taken.",
        choices=("lockstep", "realtime"),
    ),
    Parameter("seed", 0, "Fixes all draws; every goal draws others.", low=0, high=2**31 - 1),
    Parameter("planner", AUTO, "How sequences are searched; auto: what walks best.", choices=(AUTO, *PLANNERS)),
    Parameter("candidates", PLAN.candidates, "Sequences in one plan, all rounds together.", low=2, high=100_000),
    Parameter("horizon", PLAN.horizon, "Steps of a sequence.", low=1, high=200),
    Parameter("limit", PLAN.limit, "Greatest action, parts of the greatest torque; 0: the robot's own.", "", 0.0, 1.0),
    Parameter(
        "upright",
        PLAN.upright,
        "Price of a sequence that ends tilted, reward times 1 less the cosine of the tilt; below 0: the robot's own.",
        "",
        -1.0,
        1e6,
    ),
    Parameter("hold", PLAN.hold, "Random shooting: steps that each drawn action is kept for.", low=1, high=200),
    Parameter("keep", PLAN.keep, "Random shooting: the last plan, a step later, is one of the sequences."),
    Parameter(
        "shortlist",
        PLAN.shortlist,
        "Ensembles: share of the sequences, those that the first member thinks best, that the others are asked about.",
        low=0.001,
        high=1.0,
    ),
    Parameter("iterations", PLAN.iterations, "CEM and MPPI: rounds of drawing and refitting.", low=1, high=100),
    Parameter("deviation", PLAN.deviation, "CEM and MPPI: noise at the start, parts of the limit.", "", 0.001, 10.0),
    Parameter("exponent", PLAN.exponent, "CEM and MPPI: colour of the noise.", "", 0.0, 10.0),
    Parameter("elites", PLAN.elites, "CEM: share that the next round is fitted to.", "", 0.001, 0.999),
    Parameter("kept", PLAN.kept, "CEM: share of the elites that stays for the next round and plan.", "", 0.0, 0.999),
    Parameter("momentum", PLAN.momentum, "CEM: share of the old mean and deviation.", "", 0.0, 0.999),
    Parameter("temperature", PLAN.temperature, "MPPI: of the weights.", "", 1e-6, 100.0),
    Parameter("adapt_candidates", False, "Try fewer sequences where plans take too long, and more when there is time."),
    Parameter("min_candidates", TASK.min_candidates, "Never fewer than this.", low=2, high=100_000),
    Parameter(
        "use_of_deadline",
        TASK.use_of_deadline,
        "Part of the deadline that a plan may take when candidates are adapted.",
        "",
        0.05,
        1.0,
    ),
    Parameter("deadline", 0.0, "Wall time from a state to its command; 0: the system's step.", "s", 0.0, 10.0),
    Parameter("late_after", TASK.late_after, "An expert older than so many steps is late.", "", 0.0, 1000.0),
    Parameter(
        "expert_hold",
        TASK.expert_hold,
        "realtime: how long the last valid expert is used when none comes, in the robot's time; then torques are zero.",
        "s",
        0.0,
        10.0,
    ),
    Parameter(
        "give_up",
        TASK.give_up,
        "realtime: how long torques stay zero before the goal ends, in the robot's time.",
        "s",
        0.0,
        600.0,
    ),
    Parameter(
        "expert_timeout",
        5.0,
        "Wall time that one state waits for its expert before the goal ends, and torques are zero.",
        "s",
        0.1,
        600.0,
        changeable=True,
    ),
    Parameter("state_hold", 0.2, "realtime: wall time without a state after which torques are zero.", "s", 0.01, 600.0),
    Parameter(
        "state_timeout", 3.0, "Wall time without a state after which the goal ends.", "s", 0.1, 600.0, changeable=True
    ),
    Parameter("sync_tolerance", 0.002, "Greatest difference of the stamps of one state's parts.", "s", 0.0, 1.0),
    Parameter("feedback_rate", 10.0, "Feedback messages a second of wall time.", "Hz", 0.1, 200.0),
    Parameter("report_period", 5.0, "Between two lines about rate and deadlines in the log.", "s", 0.5, 3600.0),
)


def planner_config(parameters: Parameters) -> SequencePlannerConfig:
    """Sizes of the search."""
    return SequencePlannerConfig(**_taken(parameters, PLAN))


def task_config(parameters: Parameters) -> WalkTaskConfig:
    """Limits of a walk."""
    given = _taken(parameters, TASK)
    if parameters["mode"] == "lockstep":
        # Every state waits for its own expert, so that none is ever old; time-outs run on wall time.
        given["late_after"], given["expert_hold"] = max(given["late_after"], 1.5), 0.0
    return WalkTaskConfig(**given)


def _taken(parameters: Parameters, defaults: Any) -> dict[str, Any]:
    """The parameters that are fields of a configuration."""
    names = {line.name for line in TABLE}
    return {name: parameters[name] for name in vars(defaults) if name in names}

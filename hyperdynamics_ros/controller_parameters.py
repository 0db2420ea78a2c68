"""Parameters of the MPC controller for pushing."""

from __future__ import annotations

from hyperdynamics_ros.parameters import Parameter

LEVEL = Parameter(
    "level", False, "Take the object's tracked tilt, rise and fall for noise, and its height's median for its height."
)
TABLE = (
    Parameter(
        "system", "push", "What is controlled; of the legs, cheetah or ant, see the other table.", choices=("push",)
    ),
    Parameter("seed", 0, "Fixes probes and candidates; every goal draws others.", low=0, high=2**31 - 1),
    Parameter("probes", 5, "Pushes in random directions before the first plan: the paper's k.", low=0, high=50),
    Parameter("max_pushes", 50, "Planned pushes at most, where the goal does not say.", low=1, high=1000),
    Parameter(
        "tolerance", 0.04, "Distance to the goal that counts as reached, where it does not say.", "m", 0.001, 0.5
    ),
    Parameter(
        "arrival_margin",
        0.006,
        "It pushes on until the object is seen this much nearer than the tolerance, at most half of it.",
        "m",
        0.0,
        0.1,
    ),
    Parameter("candidates", 30, "Sequences a plan tries.", low=1, high=100000),
    Parameter("horizon", 1, "Pushes in a sequence where there are no obstacles.", low=1, high=50),
    Parameter("obstacle_horizon", 10, "Pushes in a sequence where there are obstacles.", low=1, high=50),
    Parameter("reposition", 0.5, "Share of the sequences that set the rod down elsewhere first.", "", 0.0, 1.0),
    Parameter(
        "object_position",
        "detected",
        "detected: where perception sees the object, tracked on between views; tracked: as object/odom says.",
        choices=("detected", "tracked"),
    ),
    Parameter(
        "object_radius", 0.06, "A detection farther than this from object/odom is not the object.", "m", 0.01, 1.0
    ),
    LEVEL,
    Parameter("sync_tolerance", 0.02, "Greatest difference of the stamps of one moment.", "s", 0.0, 1.0),
    Parameter(
        "state_timeout",
        5.0,
        "Wall time without a fresh state after which a goal ends.",
        "s",
        0.1,
        600.0,
        changeable=True,
    ),
    Parameter(
        "objects_timeout",
        5.0,
        "Wall time without a fresh detection after which a goal ends.",
        "s",
        0.1,
        600.0,
        changeable=True,
    ),
    Parameter(
        "expert_timeout",
        5.0,
        "Wall time without a fresh expert after which a goal ends.",
        "s",
        0.1,
        600.0,
        changeable=True,
    ),
    Parameter(
        "max_displacement", 0.3, "Longest displacement that is sent; longer ways of the lifted rod are cut up.", "m",
        0.06, 0.35,
    ),
    Parameter("workspace_half", 0.4, "No command leads the tip to a greater |x| or |y|.", "m", 0.05, 2.0),
    Parameter("workspace_height", 0.35, "No command leads the tip higher.", "m", 0.05, 2.0),
    Parameter("refusals", 3, "Commands in a row that the arm may refuse before a goal ends.", low=0, high=100),
    Parameter("table_half", 0.3, "Half of the square table's edge.", "m", 0.05, 5.0),
    Parameter("base_x", -0.5, "The robot's base, about which the rod reaches.", "m", -5.0, 5.0),
    Parameter("base_y", 0.0, "The robot's base, about which the rod reaches.", "m", -5.0, 5.0),
    Parameter("reach_min", 0.25, "Nearest distance of the rod from the base.", "m", 0.0, 5.0),
    Parameter("reach_max", 0.85, "Farthest distance of the rod from the base.", "m", 0.1, 5.0),
)  # fmt: skip

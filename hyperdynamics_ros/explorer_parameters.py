"""Parameters of the explorer."""

from __future__ import annotations

from hyperdynamics_ros.parameters import Parameter

TABLE = (
    Parameter(
        "pushes", 100, "Pushes to keep, rounded up to whole trajectories; then the node ends.", low=1, high=10**7
    ),
    Parameter("steps", 5, "Pushes a trajectory; after it the object is set up anew.", low=1, high=1000),
    Parameter("seed", 0, "Fixes all draws.", low=0, high=2**31 - 1),
    Parameter(
        "aim",
        "scene",
        "Box that pushes aim at. scene: of the bridge's scene, the very box of collected data, or of objects where "
        "nobody tells a scene; objects: as perception sees it, along the world's axes.",
        choices=("scene", "objects"),
    ),
    Parameter(
        "object_radius", 0.06, "A detection farther than this from object/odom is not the object.", "m", 0.01, 1.0
    ),
    Parameter("sync_tolerance", 0.02, "Greatest difference of the stamps of one state's parts.", "s", 0.0, 1.0),
    Parameter(
        "settle",
        3.5,
        "Wait before the first push, after somebody listens to the commands: the middleware may need its heartbeat, "
        "every 3 s, until a recorder hears them too.",
        "s",
        0.0,
        60.0,
    ),
    Parameter("state_timeout", 10.0, "Wall time without a state after which the node ends.", "s", 0.1, 600.0),
    Parameter(
        "objects_timeout",
        5.0,
        "Wall time without a box to aim at after which the object is set up anew.",
        "s",
        0.1,
        600.0,
    ),
    Parameter(
        "reset_timeout",
        60.0,
        "Wall time for the service reset to set the object up anew; a person may do it.",
        "s",
        1.0,
        86400.0,
    ),
    Parameter("table_half", 0.3, "Half of the square table's edge.", "m", 0.05, 5.0),
    Parameter("base_x", -0.5, "The robot's base, about which the rod reaches.", "m", -5.0, 5.0),
    Parameter("base_y", 0.0, "The robot's base, about which the rod reaches.", "m", -5.0, 5.0),
    Parameter("reach_min", 0.24, "Nearest distance of the rod from the base.", "m", 0.0, 5.0),
    Parameter("reach_max", 0.86, "Farthest distance of the rod from the base.", "m", 0.1, 5.0),
    Parameter("push_height", 0.012, "Height of the rod's tip while it pushes.", "m", 0.0, 0.2),
)

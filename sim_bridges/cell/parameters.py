"""Parameters of the cell's node."""

from __future__ import annotations

from hyperdynamics_ros.parameters import Parameter
from sim_bridges.pushing.objects import SPLITS
from sim_bridges.pushing.variation import VARIATIONS

TABLE = (
    Parameter("urdf", "", "File of the arm's URDF, with the tool's link tip; empty: config/cell_arm.urdf."),
    Parameter("base_x", -0.5, "Robot's base in the world, which has its origin at the table's centre.", "m", -5.0, 5.0),
    Parameter("base_y", 0.0, "The same.", "m", -5.0, 5.0),
    Parameter("base_z", -0.3, "The same.", "m", -5.0, 5.0),
    Parameter(
        "object", "", "Name of the object, or folder:<mesh file>; empty: one of the split at random. Taken at the next "
        "reset.", changeable=True,
    ),
    Parameter("split", "novel", "Objects to draw from. Taken at the next reset.", choices=SPLITS, changeable=True),
    Parameter(
        "variation", "paper", "Ranges of mass, friction and centre of mass. Taken at the next reset.",
        choices=tuple(VARIATIONS), changeable=True,
    ),
    Parameter(
        "seed", 0, "Fixes the scenes: the n-th reset with a seed gives the n-th scene of that seed.", low=0,
        high=2**31 - 1, changeable=True,
    ),
    Parameter(
        "repeat", 1, "So many episodes one after another have the same object with the same mass and friction.", low=1,
        high=10000, changeable=True,
    ),
    Parameter("state_rate", 100.0, "Joint states a second.", "Hz", 20.0, 500.0),
    Parameter("tracker_rate", 25.0, "Measurements of the object a second.", "Hz", 1.0, 200.0),
    Parameter("camera_rate", 5.0, "Pictures a second, at most the joint states'.", "Hz", 0.2, 30.0),
    Parameter("report_period", 10.0, "Between two lines about time that was lost on a busy machine.", "s", 1.0, 3600.0),
)  # fmt: skip

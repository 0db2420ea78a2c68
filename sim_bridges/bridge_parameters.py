"""Parameters of the PyBullet bridge."""

from __future__ import annotations

from hyperdynamics_ros.parameters import Parameter
from sim_bridges.pushing.cameras import N_VIEWS
from sim_bridges.pushing.objects import SPLITS
from sim_bridges.pushing.physics import PHYSICS
from sim_bridges.pushing.variation import VARIATIONS
from sim_bridges.pushing.world import LONGEST_STEP

TABLE = (
    Parameter(
        "mode",
        "lockstep",
        "lockstep: time stands still until the command of each step comes; realtime: it runs with the wall clock.",
        choices=("lockstep", "realtime"),
    ),
    Parameter("physics", "kuka", "Robot with its frozen physics; gantry is for fast tests.", choices=tuple(PHYSICS)),
    Parameter("gui", False, "Show PyBullet's window."),
    Parameter(
        "object",
        "",
        "Name of the object, or folder:<mesh file>; empty: one of the split at random. Taken at the next reset.",
        changeable=True,
    ),
    Parameter("split", "novel", "Objects to draw from. Taken at the next reset.", choices=SPLITS, changeable=True),
    Parameter(
        "variation",
        "paper",
        "Ranges of mass, friction and centre of mass. Taken at the next reset.",
        choices=tuple(VARIATIONS),
        changeable=True,
    ),
    Parameter("obstacles", False, "Put two obstacles in the way. Taken at the next reset.", changeable=True),
    Parameter(
        "seed",
        0,
        "Fixes the scenes: the n-th reset with a seed gives the n-th scene of that seed.",
        low=0,
        high=2**31 - 1,
        changeable=True,
    ),
    Parameter(
        "repeat",
        1,
        "So many episodes follow each other with the same object, mass, friction and centre of mass, each from another "
        "start: what is learned from needs several of a kind.",
        low=1,
        high=1000,
    ),
    Parameter(
        "region",
        0.0,
        "Objects start within this of the table's centre along x and y; 0: anywhere. Not with obstacles.",
        "m",
        0.0,
        0.3,
    ),
    Parameter(
        "camera",
        -1,
        "View of the paper's nine, 0 (robot's left) to 8; -1: another one at random at each reset.",
        low=-1,
        high=N_VIEWS - 1,
        changeable=True,
    ),
    Parameter("image_size", 128, "Width and height of the camera's images.", "px", 32, 1024),
    Parameter("depth_encoding", "32FC1", "Of the depth images.", choices=("32FC1", "16UC1")),
    Parameter(
        "max_displacement", LONGEST_STEP, "Longest displacement a command may ask for.", "m", 0.001, LONGEST_STEP
    ),
    Parameter(
        "workspace_half",
        0.40,
        "Commands may not lead the rod's tip farther from the centre along x or y.",
        "m",
        0.1,
        1.0,
    ),
    Parameter("workspace_height", 0.35, "Commands may not lead the rod's tip above this height.", "m", 0.05, 1.0),
    Parameter(
        "command_timeout",
        5.0,
        "Wall time without a command after which it is reported that the arm is held.",
        "s",
        0.1,
        3600.0,
        changeable=True,
    ),
    Parameter(
        "republish_period",
        0.5,
        "lockstep: while waiting, state and images are sent again after so long, for whoever came late; the waits grow "
        "to four times as much.",
        "s",
        0.05,
        60.0,
    ),
    Parameter("state_rate", 25.0, "realtime: states a second.", "Hz", 1.0, 240.0),
    Parameter("camera_rate", 5.0, "realtime: images a second, at most the states'.", "Hz", 0.1, 60.0),
    Parameter(
        "hold_after",
        0.2,
        "realtime: the arm is stopped where it is when no command follows a finished one for this long.",
        "s",
        0.0,
        10.0,
    ),
)

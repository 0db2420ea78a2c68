"""Parameters of the MuJoCo bridge."""

from __future__ import annotations

from hyperdynamics_core.systems.legged import LEGGED
from hyperdynamics_ros.parameters import Parameter
from sim_bridges.locomotion.tasks import SPLITS, TASKS

TERRAINS = tuple(dict.fromkeys(task.terrain for task in TASKS.values()))
TABLE = (
    Parameter(
        "mode",
        "lockstep",
        "lockstep: time stands still until the command of each step comes; realtime: it runs with the wall clock.",
        choices=("lockstep", "realtime"),
    ),
    Parameter("robot", "cheetah", "Who walks.", choices=tuple(LEGGED)),
    Parameter(
        "terrain",
        "slope",
        "On what: slope, pier, or flat ground with a changed robot (cripple, motor). Taken at the next reset.",
        choices=TERRAINS,
        changeable=True,
    ),
    Parameter(
        "split",
        "novel",
        "Hidden values that models were trained with, or others. Taken at the next reset.",
        choices=SPLITS,
        changeable=True,
    ),
    Parameter(
        "value",
        "",
        "Hidden value of the whole track, a number in the unit of the task (slope: height, m, falling below 0; pier: "
        "damping ratio; cripple: joint, -1 for none; motor: strength); empty: drawn from the split. Taken at the next "
        "reset.",
        changeable=True,
    ),
    Parameter(
        "seed",
        0,
        "Fixes the episodes: the n-th reset with a seed gives the n-th episode of that seed.",
        low=0,
        high=2**31 - 1,
        changeable=True,
    ),
    Parameter(
        "command_timeout",
        5.0,
        "lockstep: wall time without a command after which it is reported that time stands still.",
        "s",
        0.1,
        3600.0,
        changeable=True,
    ),
    Parameter(
        "republish_period",
        0.5,
        "lockstep: while waiting, the state is sent again after so long, for whoever came late; the waits grow to four "
        "times as much.",
        "s",
        0.05,
        60.0,
    ),
    Parameter(
        "hold_after",
        0.1,
        "realtime: simulated time that the last command is held for when none follows; then the torques are zero.",
        "s",
        0.0,
        10.0,
    ),
    Parameter("picture_rate", 25.0, "Pictures for people a second of simulated time, while somebody looks.", "Hz", 0.1,
              100.0),
    Parameter("picture_width", 640, "Of the pictures.", "px", 64, 1920),
    Parameter("picture_height", 360, "Of the pictures.", "px", 64, 1080),
)  # fmt: skip


def fixed_value(text: str) -> float | None:
    """The parameter ``value`` as a number; None: each episode draws its own.

    Raises:
        ValueError: neither empty nor a number.
    """
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise ValueError(f"value is {text!r}: must be a number, or empty for one drawn from the split") from None

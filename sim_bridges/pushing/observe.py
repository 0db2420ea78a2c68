"""What perception makes of recorded trajectories: each one's first state, rendered from one random view.

Trajectories hold states, not images (0.8 kB against 80); images are rendered when they are needed. The result is
cached beside the data under the fingerprints of states, perception and seed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from hyperdynamics_core.data.crops import decode_map, encode_map
from hyperdynamics_core.data.trajectories import TrajectorySet
from hyperdynamics_core.data.unreadable import UNREADABLE
from hyperdynamics_core.methods.context import ObjectMap
from hyperdynamics_core.systems.rotations import yaw_of_array
from hyperdynamics_core.vision.grids import CROP_GRID
from hyperdynamics_core.vision.maps import crop_map
from hyperdynamics_core.vision.perception import Perception
from hyperdynamics_core.whole_files import whole_file
from sim_bridges.pushing.cameras import N_VIEWS, paper_cameras
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import Body, Renderer

POSITION, ORIENTATION, END_EFFECTOR = slice(0, 3), slice(3, 7), slice(13, 16)


@dataclass(frozen=True, eq=False)
class Observations:
    """What was seen of n trajectories at their start."""

    positions: NDArray[np.float64]
    """[n, 3] detected positions, m; NaN where nothing was found."""
    crops: NDArray[np.uint8]
    """[n, C, 16, 32, 32] maps around them (`object_map` decodes); 0 where nothing was found."""
    yaws: NDArray[np.float64]
    """[n] true yaw when it was seen, rad: what the state says."""
    found: NDArray[np.bool_]
    """[n] whether anything was detected."""
    views: NDArray[np.int64]
    """[n] camera of each, 0 to 8."""

    def object_map(self, index: int) -> ObjectMap:
        """The crop of one trajectory as a method takes it.

        Raises:
            ValueError: nothing was found there.
        """
        if not self.found[index]:
            raise ValueError(f"no object was detected at the start of trajectory {index}; check `found` first")
        return ObjectMap(decode_map(self.crops[index]), float(self.yaws[index]))


def observe(
    trajectories: TrajectorySet, perception: Perception, seed: int = 0, cache: Path | None = None
) -> Observations:
    """Render, detect and crop the first state of every trajectory, from one random view of the nine each.

    The detection with the highest score counts. Trajectory i depends on (seed, i) alone. `cache` is a folder, best
    the one that holds the data; a damaged or foreign file there is made again.
    """
    states = np.asarray(trajectories.states[:, 0], dtype=np.float64)
    names = [trajectories.object_name(index) for index in range(len(states))]
    path = None if cache is None else cache / f"observations-{_key(states, names, perception, seed)}.npz"
    known = None if path is None else _read(path, len(states))
    if known is not None:
        return known
    result = _observe_all(states, names, perception, seed)
    if path is not None:
        _write(path, result)
    return result


def _observe_all(states: NDArray[np.float64], names: list[str], perception: Perception, seed: int) -> Observations:
    n, renderer, cameras = len(states), Renderer(), paper_cameras()
    positions = np.full((n, 3), np.nan)
    crops = np.zeros((n, perception.maps.crop_channels, *CROP_GRID.shape), np.uint8)
    views = np.array([np.random.default_rng([seed, index]).integers(N_VIEWS) for index in range(n)], dtype=np.int64)
    for index in track(range(n), description="looking", disable=n < 200):
        state, item = states[index], load_object(names[index])
        body = Body(item, state[POSITION], state[ORIENTATION], item.colour)
        frame = renderer.render([body], state[END_EFFECTOR], cameras[views[index]]).frame
        detections = perception.detect(frame)
        if detections:
            positions[index] = detections[0].position
            crops[index] = encode_map(crop_map(frame, positions[index], perception.maps))
    yaws = np.array([yaw_of_array(state[ORIENTATION]) for state in states])
    return Observations(positions, crops, yaws, np.isfinite(positions[:, 0]), views)


def _key(states: NDArray[np.float64], names: list[str], perception: Perception, seed: int) -> str:
    text = f"{perception.fingerprint}|{seed}|{'|'.join(names)}"
    return hashlib.sha256(text.encode() + states.tobytes()).hexdigest()[:16]


def _read(path: Path, n: int) -> Observations | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            known = Observations(**{field.name: stored[field.name] for field in fields(Observations)})
    except UNREADABLE:
        return None
    return known if len(known.positions) == n else None


def _write(path: Path, observations: Observations) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        np.savez_compressed(file, **{field.name: getattr(observations, field.name) for field in fields(Observations)})

"""Pictures and films of the worlds for the eye.

MUJOCO_GL=egl python -m sim_bridges.locomotion.gallery --task ant-pier --agent simulator --film
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from sim_bridges.locomotion.agents import Agent, RandomAgent, ZeroAgent
from sim_bridges.locomotion.renderer import LeggedRenderer, View
from sim_bridges.locomotion.simulator_agent import CemConfig, SimulatorCem
from sim_bridges.locomotion.tasks import draw_episode, task_named
from sim_bridges.locomotion.world import LeggedWorld

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Options:
    """What to draw."""

    task: str
    """Name of the task."""
    agent: str = "simulator"
    """random, zero or simulator."""
    split: str = "seen"
    """seen or novel."""
    value: float | None = None
    """Of the task's first hidden property, instead of drawn ones."""
    seed: int = 0
    """Of the episode and the agent."""
    steps: int = 150
    """Length."""
    panels: int = 3
    """Pictures side by side, evenly over the episode."""
    width: int = 480
    """Of one picture, pixels."""
    height: int = 270
    """Of one picture, pixels."""
    film: bool = False
    """Also an MP4 in real time, 25 pictures a second."""
    out: Path = Path("out/locomotion")
    """Folder."""
    planner: CemConfig = field(default_factory=lambda: CemConfig(candidates=18, horizon=18, replan_every=2))
    """Of the simulator agent."""
    view: View = field(default_factory=View)
    """Where the camera stands."""


def agent_named(name: str, seed: int, planner: CemConfig) -> Agent:
    """An agent that needs no model.

    Raises:
        ValueError: an unknown name.
    """
    if name == "random":
        return RandomAgent(np.random.default_rng(seed))
    if name == "zero":
        return ZeroAgent()
    if name == "simulator":
        return SimulatorCem(torch.Generator().manual_seed(seed), planner)
    raise ValueError(f"unknown agent {name!r}; choose one of random, zero, simulator")


def frames(options: Options, wanted: NDArray[np.int64]) -> Iterator[Frame]:
    """Walk an episode; pictures [height, width, 3] before the wanted steps."""
    world = LeggedWorld(task_named(options.task))
    renderer = LeggedRenderer(options.view)
    spec = draw_episode(world.task, options.split, np.random.default_rng(options.seed), options.value)
    agent = agent_named(options.agent, options.seed, options.planner)
    state = world.reset(spec)
    agent.reset(world)
    for step in range(int(wanted.max()) + 1):
        if step in wanted:
            yield renderer.frame(world, options.width, options.height)
        state = world.step(agent.act(world, state)).state
    renderer.close()


def draw(options: Options) -> list[Path]:
    """Write the pictures, and the film if asked for; returns the files."""
    task = task_named(options.task)
    options.out.mkdir(parents=True, exist_ok=True)
    panels = np.linspace(0, options.steps - 1, options.panels).round().astype(np.int64)
    film = np.arange(0, options.steps, max(round(0.04 / task.system.dt), 1)) if options.film else panels[:0]
    wanted = np.union1d(panels, film)
    drawn = dict(zip(wanted.tolist(), frames(options, wanted), strict=True))
    strip = options.out / f"{options.task}.jpg"
    Image.fromarray(np.concatenate([drawn[step] for step in panels.tolist()], axis=1)).save(strip, quality=85)
    if not options.film:
        return [strip]
    return [strip, _write_film(options, [drawn[step] for step in film.tolist()])]


def _write_film(options: Options, pictures: list[Frame]) -> Path:
    import imageio_ffmpeg

    path = options.out / f"{options.task}.mp4"
    size = (options.width - options.width % 2, options.height - options.height % 2)
    writer = imageio_ffmpeg.write_frames(str(path), size, fps=25, macro_block_size=2, output_params=["-threads", "1"])
    writer.send(None)
    for picture in pictures:
        writer.send(np.ascontiguousarray(picture[: size[1], : size[0]]))
    writer.close()
    return path


def main() -> None:
    """Draw and say where."""
    import tyro

    torch.set_num_threads(1)
    for path in draw(tyro.cli(Options)):
        print(f"wrote {path} ({path.stat().st_size / 1e3:.0f} kB)")


if __name__ == "__main__":
    main()

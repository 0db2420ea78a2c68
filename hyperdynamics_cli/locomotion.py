"""What the commands about legs share: finding models, walking trials with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hyperdynamics_cli.errors import UserError

if TYPE_CHECKING:
    from hyperdynamics_core.methods.storage import StoredMethod
    from hyperdynamics_core.systems.legged import LeggedSystem
    from sim_bridges.locomotion.trials import Actor, TrialsConfig
    from sim_bridges.locomotion.walking import Walk

Robot = Literal["cheetah", "ant"]
Terrain = Literal["slope", "pier", "cripple", "motor"]
Planner = Literal["random_shooting", "cem", "mppi"]
Split = Literal["novel", "seen"]
Agent = Literal["model", "random", "zero", "simulator"]


def find_legged_model(given: Path | None, robot: str, terrain: str, for_nodes: bool = False) -> Path:
    """A checkpoint folder as given, or models/ROBOT-TERRAIN; of that robot.

    for_nodes: it must infer what is hidden, as nobody tells a node.

    Raises:
        UserError: there is none, or it must be told what no node knows.
        CheckpointError: it is damaged, or of another robot.
    """
    from hyperdynamics_cli.models import find_model
    from hyperdynamics_core.methods.registry import TOLD_METHODS

    try:
        folder = find_model(given or Path("models") / f"{robot}-{terrain}")
    except UserError:
        where = given or f"models/{robot}-{terrain}"
        raise UserError(
            f"there is no model in {where}; train one with `hyperdynamics train locomotion --robot {robot} --terrain "
            f"{terrain} --out runs/{robot}-{terrain}` and give --model runs/{robot}-{terrain}/model"
        ) from None
    name = load_legged(folder, robot).info.name
    if for_nodes and name in TOLD_METHODS:
        raise UserError(
            f"{folder} holds the method {name!r}, which is told the hidden truth: it is for `evaluate locomotion`; "
            "give a model that infers"
        )
    return folder


def load_legged(folder: Path, robot: str) -> StoredMethod:
    """A method of a robot. Raises CheckpointError where it is damaged or of another one."""
    from hyperdynamics_core.methods.storage import load_method
    from hyperdynamics_core.systems.legged import LEGGED

    return load_method(folder, LEGGED[robot])


def system_of_set(folder: Path) -> LeggedSystem:
    """The robot whose episodes a folder holds.

    Raises:
        DataFolderError: it is no set of episodes.
        UserError: of a robot that is not known here.
    """
    from hyperdynamics_core.data.episode_files import read_header
    from hyperdynamics_core.systems.legged import LEGGED

    name = read_header(folder)["system"]
    if name not in LEGGED:
        raise UserError(f"{folder} holds episodes of {name!r}; known are {', '.join(LEGGED)}")
    return LEGGED[name]


def find_actors(agent: str, models: Sequence[Path], robot: str, terrain: str) -> tuple[Actor, ...]:
    """Who walks: one agent, or every model.

    Raises:
        UserError: models for an agent that takes none, or none there.
        CheckpointError: a model that is damaged or of another robot.
    """
    from sim_bridges.locomotion.trials import Actor

    if agent != "model":
        if models:
            raise UserError(f"--agent {agent} takes no --model; leave one of them out")
        return (Actor(agent),)
    folders = [find_legged_model(given, robot, terrain) for given in models or (None,)]
    actors = tuple(Actor(str(folder), folder, load_legged(folder, robot).sha256) for folder in folders)
    if len({actor.sha256 for actor in actors}) < len(actors):
        raise UserError("the same model is given twice; give each once")
    return actors


def walk_with_progress(
    config: TrialsConfig, missing: Sequence[int], total: int, workers: int, walked: Callable[[int, Walk], str],
    cluster: str | None = None,
) -> None:  # fmt: skip
    """Walk the missing ones of so many; walked returns what the bar shall say."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sim_bridges.locomotion.trials import walk_trials

    if workers < 0:
        raise UserError(f"--workers is {workers}; it must be 0 (this process) or more")
    columns = (TextColumn("episodes"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}")) as bar:
        task = bar.add_task("", total=total, completed=total - len(missing))

        def tell(index: int, walk: Walk) -> None:
            bar.update(task, advance=1, description=walked(index, walk))

        walk_trials(config, missing, workers, tell, cluster)

"""``hyperdynamics evaluate detector``: how well objects are found in held-out scenes, from any of the nine views."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from hyperdynamics_cli.errors import UserError
from hyperdynamics_cli.models import find_model
from hyperdynamics_cli.results import check_writable, write_json


@dataclass(frozen=True)
class Options:
    """Find the objects of held-out scenes of one to three objects."""

    model: Path = Path("models/push-perception")
    """Checkpoint folder of the detector."""
    data: Path | None = None
    """Folder of `hyperdynamics collect scenes`; without one scenes are rendered for this run."""
    split: Literal["novel", "seen", "all"] = "novel"
    """Objects in the scenes that are rendered."""
    camera: Literal["paper", "cell"] = "paper"
    """paper: any of the nine views, drawn without the arm. cell: the noisy depth camera of the cell in MuJoCo, with the
    arm in view and one object; not with --data."""
    scenes: int = 1000
    """Scenes at most."""
    seed: int = 1
    """Of rendered scenes and intervals; training uses 0."""
    json: Path | None = None
    """Write the figures to this file."""


def run(options: Options) -> int:
    """Evaluate and say the figures."""
    import torch

    from hyperdynamics_core.data.scenes import ScenePool
    from hyperdynamics_core.evaluation.detection import evaluate_detection
    from hyperdynamics_core.vision.perception import Perception

    check_writable(options.json)
    torch.set_num_threads(1)
    perception = Perception.load(find_model(options.model))
    if options.camera == "cell":
        from hyperdynamics_core.evaluation.detection import evaluate_frames
        from sim_bridges.cell.views import cell_views

        if options.data is not None:
            raise UserError("--camera cell renders its own scenes; leave --data out")
        views = cell_views(options.split, options.scenes, options.seed)
        figures = evaluate_frames(perception, views, options.seed)
    else:
        with _scenes(options) as folder:
            figures = evaluate_detection(perception, ScenePool.open(folder), options.scenes, options.seed)
    print(
        f"{figures.frames} scenes, {figures.objects} objects: {100 * figures.recall:.1f} % found within 2 cm "
        f"(95 %: {_percent(figures.recall_ci95)}), {100 * figures.false_share:.1f} % of the boxes false "
        f"({_percent(figures.false_share_ci95)}), position {figures.error_cm_median:.2f} cm off in the median"
    )
    common = {
        "error_cm_mean": figures.error_cm_mean,
        "success_rate": figures.recall,
        "success_ci95": figures.recall_ci95,
        "trials": figures.objects,
        "seeds": [options.seed],
    }
    write_json(options.json, {**common, **asdict(figures)})
    return 0


@contextmanager
def _scenes(options: Options) -> Iterator[Path]:
    """Folder of a scene pool: the given one, or one rendered for this run."""
    if options.data is not None:
        yield options.data
        return
    from sim_bridges.pushing.scene_pool import ScenePoolConfig, make_pool

    with tempfile.TemporaryDirectory(prefix="hyperdynamics_scenes_") as folder:
        yield make_pool(ScenePoolConfig(options.split, Path(folder) / "pool", options.scenes, seed=options.seed))


def _percent(interval: tuple[float, float]) -> str:
    return f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f} %"

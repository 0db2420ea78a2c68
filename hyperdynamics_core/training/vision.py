"""Trains perception from rendered pools: the detector (L_det) and the shape encoder with its decoder (L_vp).

    python -m hyperdynamics_core.training.vision train --run runs/perception
    python -m hyperdynamics_core.training.vision export --run runs/perception --out models/push-perception

Detector (stages one and two), close look (stage three) and shape share no weights and are trained one after another;
`train --parts shape` trains one of them, for instance in a process of its own. A killed run continues where it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from hyperdynamics_core.checkpoints import load_checkpoint
from hyperdynamics_core.data.crops import CropPool
from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.evaluation.detection import evaluate_detection
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.networks.shape import ShapeConfig, view_prediction_loss
from hyperdynamics_core.training.vision_batches import crop_batch, scene_batch, shape_batch
from hyperdynamics_core.training.vision_loop import FitConfig, VisionPart, fit
from hyperdynamics_core.training.vision_losses import close_look_loss, scene_loss
from hyperdynamics_core.vision.maps import MapConfig
from hyperdynamics_core.vision.perception import Perception, PerceptionNetworks

PARTS = ("detector", "close-look", "shape")


@dataclass(frozen=True)
class VisionConfig:
    """Training of perception."""

    run: Path = Path("runs/perception")
    """Folder of the run: logs, states, configuration."""
    data: Path = Path("data")
    """Folder that holds scenes-train, scenes-novel, crops-seen, crops-shapes and crops-novel."""
    parts: tuple[str, ...] = PARTS
    """What to train: detector, close-look, shape."""
    seed: int = 0
    """Of initial weights and batches."""
    maps: MapConfig = MapConfig()
    """How a frame becomes feature maps."""
    detector: DetectorConfig = DetectorConfig()
    """Sizes and thresholds of the detector."""
    shape: ShapeConfig = ShapeConfig()
    """Sizes of shape encoder and decoder."""
    scenes: int = 8
    """Scenes in a batch of the detector."""
    looks: int = 48
    """Crops in a batch of the close look."""
    shapes: int = 64
    """Crops in a batch of the shape encoder."""
    code_scale: float = 0.01
    """Weight of the pull of each number in z_vis towards mean 0 and variance 1."""
    detector_fit: FitConfig = FitConfig(steps=2000)
    """Loop of the detector."""
    look_fit: FitConfig = FitConfig(steps=5000)
    """Loop of the close look."""
    shape_fit: FitConfig = FitConfig(steps=4000, learning_rate=2e-3)
    """Loop of the shape encoder."""

    def __post_init__(self) -> None:
        if unknown := set(self.parts) - set(PARTS):
            raise ValueError(f"unknown parts {sorted(unknown)}; choose among {', '.join(PARTS)}")


def train(config: VisionConfig) -> dict[str, dict[str, float]]:
    """Train the chosen parts; returns their held-out metrics."""
    torch.set_num_threads(1)
    torch.manual_seed(config.seed)
    networks = PerceptionNetworks(config.detector, config.shape)
    config.run.mkdir(parents=True, exist_ok=True)
    (config.run / "config.json").write_text(json.dumps(asdict(config), indent=1, default=str) + "\n")
    makers = {"detector": _detector_part, "close-look": _look_part, "shape": _shape_part}
    loops = {"detector": config.detector_fit, "close-look": config.look_fit, "shape": config.shape_fit}
    return {name: fit(makers[name](config, networks), loops[name], config.run) for name in config.parts}


def export(run: Path, out: Path, data: Path = Path("data"), commit: str = "") -> dict[str, float]:
    """Put the trained parts of a run together into a perception checkpoint, with its held-out figures and card."""
    torch.set_num_threads(1)
    config = VisionConfig(run=run, data=data)
    networks = PerceptionNetworks(config.detector, config.shape)
    for name, module in trained_modules(networks).items():
        _load_part(module, run / f"{name}-state")
    perception = Perception(networks, config.maps)
    metrics: dict[str, float] = {}
    for split in ("seen", "novel"):
        figures = evaluate_detection(perception, ScenePool.open(data / f"scenes-{split}"))
        metrics |= {f"{split}/{name}": value for name, value in asdict(figures).items()}
    metrics |= _shape_metrics(networks, CropPool.open(data / "crops-novel"))
    fingerprints = [ScenePool.open(data / "scenes-train").fingerprint]
    fingerprints += [CropPool.open(data / f"crops-{name}").fingerprint for name in ("seen", "shapes")]
    settings = json.loads((run / "config.json").read_text())
    perception.save(out, settings, metrics, "+".join(fingerprints), _card(settings, out, data, commit))
    return metrics


def trained_modules(networks: PerceptionNetworks) -> dict[str, nn.Module]:
    """What each part trains; together all networks, without overlap."""
    detector = networks.detector
    return {
        "detector": nn.ModuleList((detector.backbone, detector.proposals, detector.regions)),
        "close-look": detector.close_look,
        "shape": nn.ModuleList((networks.encoder, networks.decoder)),
    }


def view_iou(logits: Tensor, masks: Tensor) -> Tensor:
    """Overlap [B] of drawn logits and true masks [B, 32, 32], both cut at one half."""
    drawn, true = logits > 0, masks > 0.5
    return (drawn & true).sum((1, 2)) / (drawn | true).sum((1, 2)).clamp_min(1)


def code_scale_loss(codes: Tensor) -> Tensor:
    """Pull of codes [B, n_vis] towards mean 0 and variance 1 over the batch, number by number."""
    return codes.mean(0).square().mean() + (codes.std(0) - 1.0).square().mean()


def _rng(config: VisionConfig, part: int, step: int) -> np.random.Generator:
    return np.random.default_rng([config.seed, part, step])


def _detector_part(config: VisionConfig, networks: PerceptionNetworks) -> VisionPart:
    pool, detector = ScenePool.open(config.data / "scenes-train"), networks.detector
    held_out = ScenePool.open(config.data / "scenes-novel")

    def losses(step: int) -> Mapping[str, Tensor]:
        generator = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        batch = scene_batch(pool, config.scenes, config.maps, _rng(config, 0, step))
        return scene_loss(detector, batch, generator)

    perception = Perception(networks, config.maps)
    return VisionPart(
        "detector", trained_modules(networks)["detector"], losses, lambda: _detector_metrics(perception, held_out)
    )


def _detector_metrics(perception: Perception, pool: ScenePool) -> dict[str, float]:
    """Figures of the first two stages alone."""
    detector = perception.networks.detector
    full, detector.config = detector.config, DetectorConfig(**{**asdict(detector.config), "refinements": 0})
    figures = evaluate_detection(perception, pool, limit=150)
    detector.config = full
    return {name: value for name, value in asdict(figures).items() if isinstance(value, float)}


def _look_part(config: VisionConfig, networks: PerceptionNetworks) -> VisionPart:
    pool, look = ScenePool.open(config.data / "scenes-train"), networks.detector
    held_out = crop_batch(ScenePool.open(config.data / "scenes-novel"), 400, config.maps, _rng(config, 9, 0))

    def losses(step: int) -> Mapping[str, Tensor]:
        return close_look_loss(look, crop_batch(pool, config.looks, config.maps, _rng(config, 1, step)))

    def evaluate() -> dict[str, float]:
        logits, positions, _ = look.close_look(held_out.crops)
        seen = held_out.present > 0
        errors = 100 * (positions - held_out.positions)[seen, :2].norm(dim=1)
        right = ((logits > 0) == seen).float().mean()
        return {"error_cm_median": float(errors.median()), "error_cm_mean": float(errors.mean()), "right": float(right)}

    return VisionPart("close-look", look.close_look, losses, evaluate)


def _shape_part(config: VisionConfig, networks: PerceptionNetworks) -> VisionPart:
    pools = [CropPool.open(config.data / f"crops-{name}") for name in ("seen", "shapes")]
    held_out = CropPool.open(config.data / "crops-novel")

    def losses(step: int) -> Mapping[str, Tensor]:
        maps, masks = shape_batch(pools, config.shapes, _rng(config, 2, step))
        codes = networks.encoder(maps)
        drawn = view_prediction_loss(networks.decoder(codes), masks)
        return {"view": drawn, "scale": config.code_scale * code_scale_loss(codes)}

    module = trained_modules(networks)["shape"]
    return VisionPart("shape", module, losses, partial(_shape_metrics, networks, held_out))


def _shape_metrics(networks: PerceptionNetworks, pool: CropPool) -> dict[str, float]:
    maps, masks = shape_batch([pool], 256, np.random.default_rng(0))
    with torch.no_grad():
        codes = networks.encoder(maps)
        logits = networks.decoder(codes)
    return {
        "view_iou_novel": float(view_iou(logits, masks).mean()),
        "view_loss_novel": float(view_prediction_loss(logits, masks)),
        "code_std_novel": float(codes.std(0).mean()),
    }


def _load_part(module: nn.Module, folder: Path) -> None:
    tensors = load_checkpoint(folder, "training-state").tensors
    module.load_state_dict({name[7:]: value for name, value in tensors.items() if name.startswith("module/")})


def _card(settings: Mapping[str, object], out: Path, data: Path, commit: str) -> str:
    run, noted = settings["run"], f" --commit {commit}" if commit else ""
    return (
        "\nDetector, close look, shape encoder and decoder, trained on rendered scenes of the 24 seen objects and of "
        "random members of their families; the 7 test objects were never shown.\n\n"
        "```\n"
        f"python -m sim_bridges.pushing.scene_pool train --scenes 20000 --out {data}/scenes-train\n"
        f"python -m sim_bridges.pushing.scene_pool novel --scenes 1000 --seed 1 --out {data}/scenes-novel\n"
        f"python -m sim_bridges.pushing.scene_pool seen --scenes 1000 --seed 2 --out {data}/scenes-seen\n"
        f"python -m sim_bridges.pushing.crop_pool seen --out {data}/crops-seen\n"
        f"python -m sim_bridges.pushing.crop_pool novel --crops 48 --seed 1 --out {data}/crops-novel\n"
        f"python -m sim_bridges.pushing.crop_pool shapes --objects 4000 --crops 4 --seed 2 --out {data}/crops-shapes\n"
        f"python -m hyperdynamics_core.training.vision train --run {run} --data {data} --seed {settings['seed']}\n"
        f"python -m hyperdynamics_core.training.vision export --run {run} --data {data} --out {out}{noted}\n"
        "```\n" + (f"\nCommit: {commit}\n" if commit else "")
    )


if __name__ == "__main__":
    import tyro

    outcome = tyro.extras.subcommand_cli_from_dict({"train": VisionConfig, "export": export})
    print(json.dumps(train(outcome) if isinstance(outcome, VisionConfig) else outcome, indent=1))

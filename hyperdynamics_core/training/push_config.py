"""Configuration of training a method on pushes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hyperdynamics_core.data.push_batches import BatchConfig
from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.registry import BLIND_METHODS, PUSH_METHODS
from hyperdynamics_core.training.losses import PredictionLossConfig

SCHEDULES = ("staged", "paper")


@dataclass(frozen=True)
class OptimiserConfig:
    """AdamW with a cosine decay to zero."""

    learning_rate: float = 5e-3
    """At the start, for everything but the shape encoder."""
    encoder_learning_rate: float = 5e-4
    """At the start, for the shape encoder and its decoder."""
    weight_decay: float = 1e-4
    """Of the weights."""
    warm_up: int = 200
    """Steps over which the rate rises from zero."""
    cosine: bool = True
    """Decay to zero over the run; else the rate stays."""
    clip: float = 1.0
    """Largest norm of the gradient."""


@dataclass(frozen=True)
class LossWeights:
    """L = L_pred + det L_det + vp L_vp + physics L_physics (equation 2; the last one is ours)."""

    detection: float = 0.0
    """Of L_det; above 0 needs scenes."""
    view: float = 0.0
    """Of L_vp, drawn from crops of pushed objects and of shapes that are never pushed, in turn."""
    physics: float = 0.0
    """Of the auxiliary loss on log mass and log friction; above 0 sizes.auxiliary_physics must be set."""


@dataclass(frozen=True)
class PushTrainConfig:
    """One run. The defaults are the schedule for a CPU; `schedule` paper gives the paper's."""

    data: tuple[Path, ...]
    """Folders of training trajectories, of the same physics."""
    out: Path
    """Folder of the run: config.json, log.jsonl, tensorboard/, states/, model/."""
    method: str = "hyperdynamics"
    """Name in the registry of methods."""
    crops: tuple[Path, ...] = ()
    """Crop pools that together hold every object of all data; not needed by blind methods."""
    shape_crops: Path | None = None
    """Crop pool of shapes that are never pushed, for L_vp."""
    scenes: Path | None = None
    """Pool of rendered scenes, for L_det."""
    perception: Path | None = None
    """Perception checkpoint whose detector, shape encoder and decoder are the start; else they start fresh."""
    start: Path | None = None
    """Checkpoint folder of a trained model to go on with (fine-tuning): its weights, encoders and statistics are the
    start; `method` must be its own, `sizes` too unless they are left out, and crops of its feature maps."""
    validation: tuple[Path, ...] = ()
    """Folders of held-out trajectories; their errors are logged under the folders' names."""
    sizes: MethodConfig = field(default_factory=MethodConfig)
    """Of the method's networks."""
    batch: BatchConfig = field(default_factory=BatchConfig)
    """How samples are drawn."""
    loss: PredictionLossConfig = field(default_factory=PredictionLossConfig)
    """L_pred."""
    weights: LossWeights = field(default_factory=LossWeights)
    """Of the other losses."""
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    """How weights change."""
    fine_tune_encoder: bool = False
    """Let the shape encoder learn from L_pred too; else its codes are computed once."""
    position_noise: float = 0.0015
    """Deviation of noise on the object's horizontal position as the expert sees it, m: detections are not exact."""
    schedule: str = "staged"
    """staged: as configured here, perception first. paper: equation 2 at once, on the paper's numbers of steps, batch,
    rate and weights, whatever stands here (see ``joint.paper_schedule``)."""
    steps: int = 20_000
    """Training steps."""
    seed: int = 0
    """Of weights and batches."""
    log_every: int = 100
    """Steps between lines of the log."""
    validate_every: int = 2_000
    """Steps between held-out errors."""
    save_every: int = 2_000
    """Steps between states to resume from; also the age of model/."""
    device: str = "cpu"
    """Where to compute, as torch names it."""

    def __post_init__(self) -> None:
        if self.method not in PUSH_METHODS:
            raise ValueError(f"method is {self.method!r}; it must be one of {', '.join(PUSH_METHODS)}")
        for name in ("steps", "log_every", "validate_every", "save_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.weights.physics > 0 and not self.sizes.auxiliary_physics:
            raise ValueError("weights.physics above 0 needs sizes.auxiliary_physics")
        if self.schedule not in SCHEDULES:
            raise ValueError(f"schedule must be one of {SCHEDULES}, got {self.schedule!r}")
        if self.position_noise < 0:
            raise ValueError(f"position_noise must not be negative, got {self.position_noise} m")

    @property
    def sees(self) -> bool:
        """Whether the method gets a code of the object's shape; else there is no perception to train beside it."""
        return self.method not in BLIND_METHODS and self.sizes.n_vis > 0

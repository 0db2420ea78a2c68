import torch

from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.networks.detector import Detector
from hyperdynamics_core.networks.detector_config import DetectorConfig
from hyperdynamics_core.training.detection_loss import DetectorLoss
from hyperdynamics_core.vision.maps import MapConfig
from sim_bridges.pushing.scene_pool import ScenePoolConfig, make_pool


def test_loss_is_decided_by_the_generator_and_reaches_every_weight(tmp_path):
    torch.manual_seed(0)
    pool = ScenePool.open(make_pool(ScenePoolConfig("seen", tmp_path / "pool", scenes=4)))
    loss = DetectorLoss(Detector(DetectorConfig()), pool, MapConfig(), scenes=2, looks=6)
    first, second = (loss(torch.Generator().manual_seed(seed)) for seed in (1, 2))
    again = loss(torch.Generator().manual_seed(1))
    assert first.item() == again.item() != second.item()
    first.backward()
    assert all(parameter.grad is not None for parameter in loss.parameters())
    assert all(name.startswith("detector.") for name in loss.state_dict())

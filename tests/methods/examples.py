"""Small examples that the tests of methods, training and evaluation share."""

import math

import torch
from torch import Tensor, nn

from hyperdynamics_core.methods.config import MethodConfig
from hyperdynamics_core.methods.context import Interactions, ObjectMap
from hyperdynamics_core.methods.learned import LearnedMethod
from hyperdynamics_core.methods.registry import BLIND_METHODS, make_method
from hyperdynamics_core.networks.expert import Normalisation
from hyperdynamics_core.systems.push import PUSH
from hyperdynamics_core.systems.rotations import quaternion_exp

MAP_SHAPE = (2, 4, 16, 16)


class TinyShapeEncoder(nn.Module):
    """Smallest network that tells an object's shape and orientation from [B, 2, 4, 16, 16]."""

    def __init__(self, n_vis: int = 8) -> None:
        super().__init__()
        self.readout = nn.Linear(math.prod(MAP_SHAPE), n_vis)

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.readout(features.flatten(1))
        return out


def random_states(count: int, generator: torch.Generator) -> Tensor:
    """Push states [count, 16] with upright objects on the table and the rod near them."""
    states = torch.zeros(count, 16)
    states[:, :2] = 0.4 * torch.rand(count, 2, generator=generator) - 0.2
    states[:, 5:7] = quaternion_exp(
        torch.tensor([0.0, 0.0, 1.0]) * (torch.rand(count, 1, generator=generator) - 0.5) * math.tau
    )[:, 2:]
    states[:, 7:9] = 0.02 * torch.randn(count, 2, generator=generator)
    states[:, 12] = 0.1 * torch.randn(count, generator=generator)
    states[:, 13:15] = states[:, :2] + 0.05 * torch.randn(count, 2, generator=generator)
    return states


def random_interactions(count: int, generator: torch.Generator) -> Interactions:
    """Interactions in which the object moves with the rod."""
    states = random_states(count, generator)
    actions = 0.04 * torch.randn(count, 3, generator=generator) * torch.tensor([1.0, 1.0, 0.0])
    delta = torch.zeros(count, 15)
    delta[:, :3], delta[:, 12:], delta[:, 5] = actions, actions, 0.3
    return Interactions(states, actions, PUSH.compose(states, delta))


def random_map(generator: torch.Generator, yaw: float = 0.4) -> ObjectMap:
    """A smooth random feature map, zero near its border so that turning loses nothing."""
    coarse = torch.rand(1, MAP_SHAPE[0] * MAP_SHAPE[1], 5, 5, generator=generator)
    smooth = nn.functional.interpolate(coarse, size=MAP_SHAPE[2:], mode="bilinear")[0].reshape(MAP_SHAPE)
    axis = torch.linspace(-1, 1, MAP_SHAPE[3])
    return ObjectMap(smooth * (axis**2 + axis.unsqueeze(1) ** 2 < 0.8), yaw)


def example_method(name: str, **sizes: object) -> LearnedMethod:
    """An untrained method with a random normalisation; weights from seed 0."""
    torch.manual_seed(0)
    config = MethodConfig(**sizes)  # type: ignore[arg-type]
    encoder = None if name in BLIND_METHODS or config.n_vis == 0 else TinyShapeEncoder(config.n_vis)
    method = make_method(name, config, PUSH, encoder)
    method.normaliser.set(
        Normalisation(
            0.01 * torch.randn(12), 0.02 + 0.05 * torch.rand(12), 0.01 * torch.randn(15), torch.full((15,), 0.03)
        )
    )
    return method

import pytest
import torch

from hyperdynamics_core.networks.shape import ShapeConfig, ShapeDecoder, ShapeEncoder, view_prediction_loss


def test_the_papers_layers():
    encoder, decoder = ShapeEncoder(ShapeConfig()), ShapeDecoder(ShapeConfig())
    sizes = [(layer.in_channels, layer.out_channels, layer.kernel_size[0]) for layer in encoder.convolutions]
    assert sizes == [(2, 2, 5), (2, 4, 3), (4, 8, 3)]
    transposed = [layer for layer in decoder.layers if isinstance(layer, torch.nn.ConvTranspose2d)]
    assert [(layer.out_channels, layer.kernel_size) for layer in transposed] == [(16, (4, 4)), (8, (4, 4)), (1, (4, 4))]


@pytest.mark.parametrize("code_size", [8, 16, 32])
def test_map_to_code_to_view(code_size):
    config = ShapeConfig(code_size=code_size)
    code = ShapeEncoder(config)(torch.rand(3, 2, 16, 32, 32))
    assert code.shape == (3, code_size)
    assert ShapeDecoder(config)(code).shape == (3, 32, 32)


def test_a_few_shapes_can_be_learned_and_drawn():
    torch.manual_seed(0)
    config = ShapeConfig()
    encoder, decoder = ShapeEncoder(config), ShapeDecoder(config)
    masks = torch.zeros(4, 32, 32)
    masks[0, 8:24, 8:24] = masks[1, 14:18, 4:28] = masks[2, 4:28, 14:18] = masks[3, 4:16, 4:16] = 1.0
    maps = masks[:, None, None].expand(-1, 2, 16, -1, -1).contiguous()
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 5e-3)
    for _ in range(120):
        loss = view_prediction_loss(decoder(encoder(maps)), masks)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    assert ((decoder(encoder(maps)) > 0) == (masks > 0.5)).float().mean() > 0.97


def test_sizes_that_cannot_be_pooled_are_refused():
    with pytest.raises(ValueError, match="multiples of 8"):
        ShapeConfig(map_shape=(12, 32, 32))
    with pytest.raises(ValueError, match="code_size"):
        ShapeConfig(code_size=0)

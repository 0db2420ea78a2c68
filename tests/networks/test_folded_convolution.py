import pytest
import torch

from hyperdynamics_core.networks.folded_convolution import FoldedConv3d, SlicedConv3d


@pytest.mark.parametrize(("channels", "out", "kernel", "depth"), [(2, 2, 5, 16), (2, 4, 3, 8), (4, 8, 3, 4)])
def test_it_is_the_same_function_as_a_3d_convolution(channels, out, kernel, depth):
    torch.manual_seed(0)
    folded = FoldedConv3d(channels, out, kernel, depth)
    plain = torch.nn.Conv3d(channels, out, kernel, padding=kernel // 2)
    plain.load_state_dict(folded.state_dict())
    maps = torch.rand(3, channels, depth, 10, 12, requires_grad=True)
    torch.testing.assert_close(folded(maps), plain(maps), atol=1e-5, rtol=1e-4)
    pooled = torch.nn.functional.max_pool3d(plain(maps), 2)
    torch.testing.assert_close(folded.pooled(maps), pooled, atol=1e-5, rtol=1e-4)
    gradients = [torch.autograd.grad(net(maps).square().sum(), net.weight)[0] for net in (folded, plain)]
    torch.testing.assert_close(*gradients, atol=1e-2, rtol=1e-3)


def test_maps_of_another_depth_are_refused():
    with pytest.raises(ValueError, match="16 voxels deep got one of 8"):
        FoldedConv3d(2, 2, 5, 16)(torch.rand(1, 2, 8, 8, 8))


@pytest.mark.parametrize("stride", [1, 2])
def test_layer_by_layer_is_the_same_function_too(stride):
    torch.manual_seed(0)
    sliced = SlicedConv3d(5, 7, stride)
    plain = torch.nn.Conv3d(5, 7, 3, padding=1, stride=stride)
    plain.load_state_dict(sliced.state_dict())
    maps = torch.rand(3, 5, 8, 10, 12)
    torch.testing.assert_close(sliced(maps), plain(maps), atol=1e-5, rtol=1e-4)
    gradients = [torch.autograd.grad(net(maps).square().sum(), net.weight)[0] for net in (sliced, plain)]
    torch.testing.assert_close(*gradients, atol=1e-2, rtol=1e-3)

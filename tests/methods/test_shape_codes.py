import math

import pytest
import torch

from hyperdynamics_core.methods.shape_codes import ExactShape, ShapeTable
from tests.methods.examples import TinyShapeEncoder, random_map


def test_table_is_exact_at_its_yaws_periodic_and_linear_in_between() -> None:
    table = ShapeTable(torch.tensor([[0.0], [1.0], [2.0], [3.0]]), reference_yaw=0.3)
    quarter = math.tau / 4
    yaws = torch.tensor([0.0, 1.0, 1.5, 3.5, -1.0, 4.0, 9.25]) * quarter
    torch.testing.assert_close(table.at(yaws)[:, 0], torch.tensor([0.0, 1.0, 1.5, 1.5, 3.0, 0.0, 1.25]))


def test_table_agrees_with_exact_codes() -> None:
    torch.manual_seed(1)
    encoder, crop = TinyShapeEncoder(), random_map(torch.Generator().manual_seed(2))
    exact, table = ExactShape(encoder, crop), ShapeTable.encode(encoder, crop, 36)
    nodes = torch.arange(36) * (math.tau / 36)
    torch.testing.assert_close(table.at(nodes), exact.at(nodes), rtol=1e-4, atol=1e-5)
    between = nodes + 0.05
    assert (table.at(between) - exact.at(between)).norm() < 0.1 * exact.at(between).norm()
    assert table.reference_yaw == exact.reference_yaw == crop.yaw


def test_exact_encodes_equal_yaws_once() -> None:
    class Counting(TinyShapeEncoder):
        rows = 0

        def forward(self, features: torch.Tensor) -> torch.Tensor:
            self.rows += len(features)
            return super().forward(features)

    encoder = Counting()
    codes = ExactShape(encoder, random_map(torch.Generator().manual_seed(2))).at(torch.full((30,), 0.2))
    assert codes.shape == (30, 8) and encoder.rows == 1


def test_no_yaws() -> None:
    with pytest.raises(ValueError, match="at least one yaw, got 0"):
        ShapeTable.encode(TinyShapeEncoder(), random_map(torch.Generator()), 0)

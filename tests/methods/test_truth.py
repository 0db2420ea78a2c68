import pytest
import torch

from hyperdynamics_core.methods.truth import TruthCode, truth_choices, truth_size
from hyperdynamics_core.systems.legged import CHEETAH
from hyperdynamics_core.systems.push import PUSH


def test_numbers_are_scaled_and_joints_become_unit_vectors() -> None:
    choices = truth_choices(("friction", "crippled_joint"), CHEETAH)
    assert choices == (0, 6) and truth_size(choices) == 7 and truth_choices(("mass",), PUSH) == (0,)
    code = TruthCode(choices)
    code.set(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    expected = torch.zeros(2, 7)
    expected[0, 0], expected[0, 5], expected[1, 0] = 1.0, 1.0, -1.0
    assert torch.equal(code(torch.tensor([[3.0, 4.0], [1.0, -1.0]])), expected)


def test_values_that_make_no_code() -> None:
    code = TruthCode((0,))
    with pytest.raises(ValueError, match="told 1 finite hidden values, got shape .2, 3."):
        code(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="with NaN"):
        code.set(torch.tensor([[float("nan")]]))

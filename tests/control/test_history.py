"""The rolling window of steps."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hyperdynamics_core.control.history import History
from hyperdynamics_core.systems.legged import ANT, CHEETAH


def fill(history: History, first: int, count: int) -> None:
    """Steps whose states are 18 times their number."""
    for number in range(first, first + count):
        history.record(np.full(18, number), np.full(6, number / 100), np.full(18, number + 1))


@pytest.mark.parametrize("count", [16, 17, 31, 32, 50])
def test_latest_is_the_newest_k_steps_oldest_first(count: int) -> None:
    history = History(CHEETAH)
    fill(history, 0, 15)
    assert history.latest() is None and len(history) == 15
    fill(history, 15, count - 15)
    latest = history.latest()
    assert latest is not None and len(history) == 16
    expected = torch.arange(count - 16, count, dtype=torch.float32)
    assert torch.equal(latest.states[:, 3], expected) and torch.equal(latest.next_states[:, 0], expected + 1)
    torch.testing.assert_close(latest.actions[:, 5], expected / 100)
    assert latest.states.shape == (16, 18) and latest.actions.shape == (16, 6)


def test_what_was_handed_out_does_not_change() -> None:
    history = History(CHEETAH, 2)
    fill(history, 0, 2)
    latest = history.latest()
    fill(history, 2, 2)
    assert latest is not None and latest.states[0, 0] == 0.0


def test_clear_and_jumps_begin_anew() -> None:
    history = History(CHEETAH, 4)
    fill(history, 0, 6)
    history.clear()
    assert len(history) == 0 and history.latest() is None
    fill(history, 0, 6)
    fill(history, 10, 3)
    assert history.breaks == 1 and len(history) == 3 and history.latest() is None
    fill(history, 13, 1)
    latest = history.latest()
    assert latest is not None and latest.states[:, 0].tolist() == [10.0, 11.0, 12.0, 13.0]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_bad_steps_are_refused_and_lose_nothing(which: int) -> None:
    history = History(CHEETAH, 2)
    fill(history, 0, 2)
    for bad in (np.full((18, 6, 18)[which], np.nan), np.zeros(len(ANT.state_dimensions)), np.zeros((1, 18))):
        step = [np.full(18, 2.0), np.zeros(6), np.full(18, 3.0)]
        step[which] = bad
        with pytest.raises(ValueError, match="not finite|has .* numbers"):
            history.record(*step)
    latest = history.latest()
    assert latest is not None and latest.states[:, 0].tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="at least 1"):
        History(CHEETAH, 0)

import numpy as np
import pytest

from hyperdynamics_core.evaluation.detection import evaluate_detection, match, wilson
from hyperdynamics_core.vision.perception import Detection


def detection(x, y, score=0.9):
    position = np.array([x, y, 0.02])
    return Detection(position, np.full(3, 0.05), position, score)


def test_pairs_are_nearest_first_and_used_once():
    truth = np.array([[0.0, 0.0, 0.0], [0.03, 0.0, 0.0]])
    assert match(truth, [detection(0.012, 0.0), detection(0.028, 0.0)]) == [(1, 1), (0, 0)]
    assert match(truth, [detection(0.012, 0.0)]) == [(0, 0)]
    assert match(truth, [detection(0.0, 0.021)]) == []
    assert match(truth, []) == []


@pytest.mark.parametrize(("hits", "trials", "expected"), [(46, 50, (0.81, 0.97)), (0, 10, (0.0, 0.28)), (0, 0, (0, 1))])
def test_wilson_interval(hits, trials, expected):
    assert wilson(hits, trials) == pytest.approx(expected, abs=0.005)


class Seer:
    """Answers from a list, as Perception does from a frame."""

    def __init__(self, answers):
        self.answers = iter(answers)

    def detect(self, frame):
        return next(self.answers)


class Truth:
    """Two frames with one object each."""

    counts = np.array([1, 1])
    positions = np.array([[[0.1, 0.0, 0.02]], [[-0.1, 0.0, 0.02]]])
    boxes = np.array([[[0.1, 0.0, 0.02, 0.05, 0.05, 0.05]], [[-0.1, 0.0, 0.02, 0.05, 0.05, 0.05]]])

    def __len__(self):
        return 2

    def frame(self, index):
        return None


def test_figures_count_found_missed_and_false():
    figures = evaluate_detection(Seer([[detection(0.103, 0.004)], [detection(0.2, 0.2)]]), Truth())
    assert (figures.frames, figures.objects, figures.recall, figures.false_share) == (2, 2, 0.5, 0.5)
    assert figures.error_cm_median == pytest.approx(0.5) and figures.height_error_cm_median == pytest.approx(0.0)
    assert 0.7 < figures.iou_median < 0.9
    nothing = evaluate_detection(Seer([[], []]), Truth())
    assert nothing.recall == 0.0 and np.isnan(nothing.error_cm_median)


def test_an_empty_pool_is_refused():
    class Empty(Truth):
        def __len__(self):
            return 0

    with pytest.raises(ValueError, match="no frames"):
        evaluate_detection(Seer([]), Empty())

"""The perception node with the committed checkpoint: alone in its file, since two would answer each other's frames."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from hyperdynamics_ros.environment import share_folder
from tests.ros.eyes import Eyes
from tests.ros.processes import running

TRAINED = share_folder() / "models" / "push-perception"


@pytest.mark.skipif(not Path(TRAINED).is_dir(), reason="models/push-perception has not been trained yet")
def test_the_trained_detector_finds_the_object_within_two_centimetres(listener, models):
    with running("perception", perception_model=TRAINED, model=models["method"]):
        eyes = Eyes(listener)
        for view in (0, 4, 8):
            message = eyes.see(eyes.scene("mug/05", (-0.1, 0.12), view))
            assert len(message.objects) == 1
            found = message.objects[0].position
            assert math.hypot(found.x + 0.1, found.y - 0.12) < 0.02

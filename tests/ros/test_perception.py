"""The perception node on frames that the real renderer made."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sensor_msgs.msg import PointCloud2
from visualization_msgs.msg import MarkerArray

from hyperdynamics_core.checkpoints import load_checkpoint
from hyperdynamics_ros.checks import check_detected_objects, stamp_ns
from hyperdynamics_ros.conversions import clouds, images
from hyperdynamics_ros.node import IMAGES
from sim_bridges.pushing.cameras import paper_camera
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import Body, Renderer
from tests.ros.eyes import Eyes
from tests.ros.processes import running


@pytest.fixture(scope="module")
def perception(models):
    with running(
        "perception", perception_model=models["perception"], model=models["method"], object_radius=1.0, yaws=12
    ) as process:
        yield process


def test_objects_carry_the_images_stamp_and_codes_of_one_object(perception, listener, models):
    eyes = Eyes(listener)
    message = eyes.see(eyes.scene())
    check_detected_objects(message)
    coded = [item for item in message.objects if len(item.shape_codes)]
    assert len(coded) == 1 and len(message.yaws) == 12 and message.code_size == 8
    assert message.model == load_checkpoint(models["method"], "method").sha256
    distances = [math.hypot(item.position.x - 0.05, item.position.y + 0.08) for item in message.objects]
    assert math.hypot(coded[0].position.x - 0.05, coded[0].position.y + 0.08) == pytest.approx(min(distances))


def nan_depth(parts):
    depth = images.depth_from(parts["depth"]).copy()
    depth[5, 5] = np.nan
    parts["depth"] = images.depth_message(depth, stamp_ns(parts["depth"].header.stamp))


def zero_depth(parts):
    parts["depth"] = images.depth_message(np.zeros((128, 128), np.float32), stamp_ns(parts["depth"].header.stamp))


def wrong_encoding(parts):
    parts["color"].encoding = "mono8"


def other_size(parts):
    parts["info"].width = 64


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (nan_depth, "not finite in 1 pixels"),
        (zero_depth, "0 everywhere"),
        (wrong_encoding, "'mono8'"),
        (other_size, "must be the same"),
    ],
)
def test_bad_frames_are_refused_and_the_next_good_one_is_seen(perception, listener, spoil, words):
    eyes = Eyes(listener)
    eyes.stamp = 100_000_000_000 + 10_000_000_000 * len(perception.output)
    parts = eyes.scene()
    spoil(parts)
    eyes.show(parts)
    listener.until(lambda: words in perception.output, words)
    assert not eyes.objects
    assert eyes.see(eyes.scene()).objects


def test_cloud_and_markers_only_while_somebody_looks(perception, listener):
    eyes = Eyes(listener)
    eyes.stamp = 10_000_000_000_000
    eyes.see(eyes.scene())
    listener.spin(1.0)  # what perception publishes after the objects is decided right after them
    points = listener.collect(PointCloud2, "object/points", IMAGES)
    markers = listener.collect(MarkerArray, "objects/markers")
    listener.spin(0.5)
    assert not points and not markers
    message = eyes.see(eyes.scene())
    listener.until(lambda: points and markers, "points and markers")
    assert points[-1].point_step == 16 and len(points[-1].data) == 16 * points[-1].width
    boxes = [marker for marker in markers[-1].markers if marker.ns == "boxes"]
    assert len(boxes) == len(message.objects)


def test_points_of_an_object_lie_on_it():
    item = load_object("mit/rect1")
    position = np.array((0.0, 0.1, item.rest_height))
    frame = Renderer().render([Body(item, position, np.array((0, 0, 0, 1.0)))], None, paper_camera(4)).frame
    box = clouds.Box(tuple(position), tuple(2 * item.half_extents))
    points = clouds.points_in(frame, box, 0.001)
    assert len(points) > 100
    assert abs(points["z"].max() - 2 * item.half_extents[2]) < 0.002
    assert abs(points["x"].mean()) < 0.02 and abs(points["y"].mean() - 0.1) < 0.02
    message = clouds.cloud_message(points, 5, use_library=False)
    again = np.frombuffer(message.data, clouds.POINT)
    np.testing.assert_array_equal(again["x"], points["x"])
    colours = again["rgb"].view(np.uint32)
    assert ((colours >> 24) == 0).all() and (colours > 0).any()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"perception_model": "/nowhere"}, "no checkpoint at /nowhere"),
        ({"model": "/nowhere"}, "no checkpoint at /nowhere"),
        ({"model": "nowhere"}, "there is no model 'nowhere', neither"),
        ({"yaws": 0}, "yaws is 0: must be 1 to 360"),
    ],
)
def test_a_node_that_cannot_start_says_why(models, given, words):
    settings = {"perception_model": models["perception"], "model": models["method"]} | given
    with running("perception", **settings) as process:
        assert process.wait() == 1
        assert words in process.output and "Traceback" not in process.output

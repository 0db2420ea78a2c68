"""Perception: from one RGB-D view to 3D boxes of all objects and, for the one that is pushed, its shape codes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import PoseStamped
from hyperdynamics.msg import DetectedObjects
from nav_msgs.msg import Odometry
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from visualization_msgs.msg import MarkerArray

from hyperdynamics_core.methods.shape_codes import ShapeTable
from hyperdynamics_core.methods.storage import load_method
from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_core.vision.frames import FrameError
from hyperdynamics_core.vision.perception import Detection, Perception
from hyperdynamics_ros.checks import (
    MessageRefused,
    check_camera_info,
    check_color_image,
    check_depth_image,
    check_odometry,
    check_pose,
    stamp_ns,
)
from hyperdynamics_ros.conversions import clouds, markers
from hyperdynamics_ros.conversions.arrays import from_xyz
from hyperdynamics_ros.conversions.images import frame_from
from hyperdynamics_ros.conversions.objects import add_codes, box_of, nearest_object, objects_message
from hyperdynamics_ros.frames import FRAME_PARTS, FrameAssembler
from hyperdynamics_ros.node import IMAGES, NEWEST, TRACKS, CheckedNode, NodeFailure, model_folder
from hyperdynamics_ros.parameters import Parameter

COLOR = "camera/color/image_raw"
DEPTH = "camera/depth/image_raw"
TABLE = (
    Parameter("perception_model", "models/push-perception", "Checkpoint folder of the detector."),
    Parameter("model", "models/push-hyperdynamics", "Checkpoint folder of the method whose shape encoder is used."),
    Parameter("yaws", 36, "Relative yaws at which the object's shape is encoded.", low=1, high=360),
    Parameter(
        "encode",
        "nearest",
        "Object whose shape is encoded: nearest to object/odom, or best, the one of the highest score.",
        choices=("nearest", "best"),
    ),
    Parameter(
        "object_radius", 0.06, "An object farther than this from object/odom is not the tracked one.", "m", 0.01, 1.0
    ),
    Parameter("sync_tolerance", 0.02, "Greatest difference of stamps within one frame.", "s", 0.0, 1.0),
    Parameter(
        "depth_not_finite",
        "refuse",
        "Depth images with NaN or infinity: refuse them, or take such pixels as unmeasured (REP 118).",
        choices=("refuse", "unmeasured"),
    ),
    Parameter("cloud_margin", 0.01, "The object's points are taken from its box enlarged by this.", "m", 0.0, 0.1),
)


class PerceptionNode(CheckedNode):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__("perception", TABLE)
        self._perception = Perception.load(model_folder(self.parameters["perception_model"]))
        self._stored = load_method(model_folder(self.parameters["model"]))
        self._check_maps()
        self._tracked = self.parameters["encode"] == "nearest"
        parts = (*FRAME_PARTS, "object") if self._tracked else FRAME_PARTS
        self._frames = FrameAssembler(round(1e9 * self.parameters["sync_tolerance"]), parts)
        self._last: DetectedObjects | None = None
        self._latency_ms = float("nan")
        self._objects = self.talk(DetectedObjects, "objects")
        self._points = self.talk(PointCloud2, "object/points", IMAGES)
        self._markers = self.talk(MarkerArray, "objects/markers")
        self._listen_to_camera()
        if self._tracked:
            self.listen(Odometry, "object/odom", check_odometry, partial(self._on_part, "object"), TRACKS)

    def health(self) -> tuple[bytes, str, dict[str, str]]:
        """See ``CheckedNode.health``."""
        count = 0 if self._last is None else len(self._last.objects)
        values = {
            "perception_model": self._perception.fingerprint,
            "model": self._stored.sha256,
            "objects": str(count),
            "latency_ms": f"{self._latency_ms:.1f}",
        }
        if self._last is not None and not count:
            return DiagnosticStatus.WARN, "no object in view", values
        return DiagnosticStatus.OK, "running", values

    def clock_went_back(self) -> None:
        """See ``CheckedNode.clock_went_back``."""
        self._frames.clear()

    def _check_maps(self) -> None:
        maps = self._stored.maps
        if self._stored.method.n_vis and maps is not None and dict(maps) != asdict(self._perception.maps):
            raise NodeFailure(
                f"model {self.parameters['model']} was trained on feature maps {dict(maps)}, perception_model "
                f"{self.parameters['perception_model']} makes {asdict(self._perception.maps)}; give two that belong "
                "together"
            )

    def _listen_to_camera(self) -> None:
        unmeasured = self.parameters["depth_not_finite"] == "unmeasured"
        checks: dict[str, tuple[type, str, Callable[[Any], None]]] = {
            "color": (Image, COLOR, check_color_image),
            "depth": (Image, DEPTH, partial(check_depth_image, allow_not_finite=unmeasured)),
            "info": (CameraInfo, "camera/color/camera_info", check_camera_info),
            "pose": (PoseStamped, "camera/pose", check_pose),
        }
        for part, (kind, topic, check) in checks.items():
            # One deep: what came while a picture was worked on is left out but for the newest, or views would grow old.
            self.listen(kind, topic, check, partial(self._on_part, part), NEWEST)

    def _on_part(self, part: str, message: Any) -> None:
        self._frames.add(part, message)
        if part == "color" and self._last is not None and stamp_ns(message.header.stamp) == self._frames.given:
            self._objects.publish(self._last)
        self._look()

    def _look(self) -> None:
        start = time.perf_counter()
        try:
            newest = self._frames.newest()
            if newest is None:
                return
            stamp, parts = newest
            frame = frame_from(parts["color"], parts["depth"], parts["info"], parts["pose"])
            detections = self._perception.detect(frame)
        except (MessageRefused, FrameError) as refusal:
            self.message_guards[COLOR].refuse(str(refusal))
            return
        message = objects_message(detections, stamp)
        chosen = self._choose(detections, parts.get("object"))
        if chosen is not None:
            self._encode(message, chosen, frame, detections[chosen])
        self._last = message
        self._latency_ms = 1e3 * (time.perf_counter() - start)
        self._objects.publish(message)
        self._show(message, chosen, frame, stamp)

    def _choose(self, detections: list[Detection], tracked: Any) -> int | None:
        """Index of the object that is pushed, by its odometry where there is one; None: not in view."""
        if tracked is None or not detections:
            return 0 if detections else None
        positions = np.stack([found.position for found in detections])
        return nearest_object(positions, from_xyz(tracked.pose.pose.position), self.parameters["object_radius"])

    def _encode(self, message: DetectedObjects, index: int, frame: RgbdFrame, found: Detection) -> None:
        if self._stored.method.n_vis == 0:
            return
        crop = self._perception.crop(frame, found.position)
        table = self._stored.method.see(crop, n_yaws=self.parameters["yaws"])
        assert isinstance(table, ShapeTable)
        add_codes(message, index, table, self._stored.sha256)

    def _show(self, message: DetectedObjects, chosen: int | None, frame: RgbdFrame, stamp: int) -> None:
        boxes = [box_of(item) for item in message.objects]
        if self._markers.wanted:
            colours = [markers.OBJECT if index == chosen else markers.OBSTACLE for index in range(len(boxes))]
            drawn = [markers.box_marker(box, i, colours[i], stamp) for i, box in enumerate(boxes)]
            drawn += [markers.score_marker(box, i, message.objects[i].score, stamp) for i, box in enumerate(boxes)]
            self._markers.publish(markers.marker_array(drawn))
        if self._points.wanted and chosen is not None:
            points = clouds.points_in(frame, boxes[chosen], self.parameters["cloud_margin"])
            self._points.publish(clouds.cloud_message(points, stamp))

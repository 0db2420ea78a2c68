"""A camera driver and a tracker, played by a test."""

from __future__ import annotations

import math
import time

import numpy as np
from geometry_msgs.msg import PoseStamped
from hyperdynamics.msg import DetectedObjects
from nav_msgs.msg import Odometry
from sensor_msgs.msg import CameraInfo, Image

from hyperdynamics_ros.checks import stamp_ns
from hyperdynamics_ros.conversions import images, states
from hyperdynamics_ros.node import IMAGES
from sim_bridges.pushing.cameras import paper_camera
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import Body, Renderer


class Eyes:
    """The test in the place of the camera driver and the tracker."""

    def __init__(self, listener):
        self.listener, self.stamp = listener, 0
        self.topics = {
            "color": listener.publisher(Image, "camera/color/image_raw", IMAGES),
            "depth": listener.publisher(Image, "camera/depth/image_raw", IMAGES),
            "info": listener.publisher(CameraInfo, "camera/color/camera_info", IMAGES),
            "pose": listener.publisher(PoseStamped, "camera/pose", IMAGES),
            "odometry": listener.publisher(Odometry, "object/odom"),
        }
        self.objects = listener.collect(DetectedObjects, "objects")
        for topic in self.topics.values():
            listener.until(topic.get_subscription_count, "perception's subscriptions")

    def scene(self, name="mit/rect1", position=(0.05, -0.08), view=3):
        """A frame's messages with an object at a position, and the state that a tracker would tell."""
        item = load_object(name)
        state = np.zeros(16)
        state[0:3] = (*position, item.rest_height)
        state[6] = 1.0
        camera = paper_camera(view)
        frame = Renderer().render([Body(item, state[0:3], state[3:7])], np.array((0.2, 0.2, 0.1)), camera).frame
        self.stamp += 1_000_000_000
        return {
            "odometry": states.odometry_message(state, self.stamp),
            "info": images.camera_info_message(camera, self.stamp),
            "pose": images.camera_pose_message(camera, self.stamp),
            "color": images.color_message(frame.rgb, self.stamp),
            "depth": images.depth_message(frame.depth, self.stamp),
        }

    def show(self, parts):
        for name, message in parts.items():
            self.topics[name].publish(message)

    def see(self, parts):
        """Show the frame as a camera would, again and again: what comes before discovery is complete is lost."""
        shown_at = -math.inf

        def seen():
            nonlocal shown_at
            if time.monotonic() - shown_at > 1.0:
                self.show(parts)
                shown_at = time.monotonic()
            return self.objects and stamp_ns(self.objects[-1].header.stamp) == self.stamp and self.objects[-1]

        return self.listener.until(seen, "objects of the newest image")

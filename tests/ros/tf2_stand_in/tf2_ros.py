"""tf2_ros as far as camera_pose uses it, for a test: transforms come as the messages that tf's own hold."""

from __future__ import annotations

from geometry_msgs.msg import TransformStamped


class TransformException(Exception):  # noqa: N818 the name is tf2's
    pass


class Buffer:
    def __init__(self):
        self.known = {}

    def clear(self):
        self.known.clear()

    def lookup_transform(self, target_frame, source_frame, time):
        known = self.known.get((target_frame, source_frame))
        if known is None or time.to_msg() != known.header.stamp:
            raise TransformException(f'"{source_frame}" passed to lookupTransform does not exist.')
        return known


class TransformListener:
    def __init__(self, buffer, node):
        self._buffer = buffer
        self._subscription = node.create_subscription(TransformStamped, "tf_stand_in", self._keep, 10)

    def _keep(self, message):
        self._buffer.known[message.header.frame_id, message.child_frame_id] = message

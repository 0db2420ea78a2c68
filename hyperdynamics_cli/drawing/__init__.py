"""Records of pushes to images: pure functions with Pillow, no ROS, no display."""

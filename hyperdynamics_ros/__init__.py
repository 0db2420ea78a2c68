"""HyperDynamics as ROS 2 nodes: each checks, converts, times and publishes; the thinking is in hyperdynamics_core."""

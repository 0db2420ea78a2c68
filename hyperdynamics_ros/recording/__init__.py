"""Recording: raw subscriptions into rosbag2 bags, and bags counted, checked and repaired.

Imports nothing of the core and decodes no message: what is written is what came, byte for byte.
"""

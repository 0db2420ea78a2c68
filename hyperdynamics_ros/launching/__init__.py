"""A small runner for ROS 2 launch files in XML, for machines without ROS 2's own ``launch``.

The same file runs unchanged under ``ros2 launch``. Only what the runner supports is accepted; anything else is refused
by name, with file and line, before a process is started.
"""

"""Parameters of ``arm_adapter``."""

from __future__ import annotations

from hyperdynamics_ros.parameters import Parameter

TABLE = (
    Parameter("urdf", "", "File of the arm's URDF, with the tool; its visual and collision shapes are not read."),
    Parameter("tip_link", "tip", "Link at the tool's end, z along the tool."),
    Parameter("base_x", -0.5, "Robot's base in the world, which has its origin at the table's centre.", "m", -5.0, 5.0),
    Parameter("base_y", 0.0, "The same.", "m", -5.0, 5.0),
    Parameter("base_z", -0.3, "The same.", "m", -5.0, 5.0),
    Parameter("base_yaw", 0.0, "Turn of the base about z.", "rad", -3.2, 3.2),
    Parameter(
        "pose_rate", 50.0, "Poses of the tip a second at most, however often joints are told.", "Hz", 1.0, 1000.0
    ),
    Parameter("enabled", False, "Whether the arm may move from the start; the service enable changes it."),
    Parameter("dry_run", False, "Send no trajectory to the arm, only to dry_run/joint_trajectory."),
    Parameter("max_displacement", 0.3, "Longest displacement that is carried out.", "m", 0.001, 1.0),
    Parameter("workspace_half", 0.4, "Tip's greatest |x| and |y|.", "m", 0.05, 2.0),
    Parameter("workspace_height", 0.35, "Tip's greatest height.", "m", 0.02, 2.0),
    Parameter("max_tilt", 0.02, "Angle by which the tool may lean where it cannot stand upright.", "rad", 0.0, 1.0),
    Parameter("speed_share", 0.5, "Of the joints' greatest speeds, that trajectories may use.", "", 0.01, 1.0),
    Parameter("motion_time", 0.6, "Of a displacement; the rest of the step is for coming to rest.", "s", 0.05, 5.0),
    Parameter("step_time", 0.8, "Least time between two displacements.", "s", 0.05, 10.0),
    Parameter("early", 0.2, "A displacement may come so much before the end of the last step.", "s", 0.0, 1.0),
    Parameter("silence", 0.1, "Without joint states for so long the arm is told to stay where it is.", "s", 0.02, 5.0),
)

"""HyperDynamics: dynamics models generated on the fly. The method itself, free of ROS and of simulators."""

__version__ = "0.1.0"

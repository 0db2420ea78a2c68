"""Cheetah and ant on slopes, floating piers and flat ground in MuJoCo (section 4.2); usable without ROS."""

from sim_bridges.locomotion.offscreen import choose_offscreen_opengl

choose_offscreen_opengl()

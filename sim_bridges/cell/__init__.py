"""A pushing cell in MuJoCo that stands in for hardware: it speaks only what docs/hardware.md asks of a driver."""

from sim_bridges.locomotion.offscreen import choose_offscreen_opengl

choose_offscreen_opengl()

"""The parametric families that the objects come from: MIT Push outlines, mugs, bowls, cameras and beds."""

from sim_bridges.pushing.families.solid import Solid

__all__ = ["Solid"]

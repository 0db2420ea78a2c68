"""What an arm's URDF says: its chain of joints with their limits, and a text that MuJoCo reads without any mesh."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MOVABLE = ("revolute", "continuous", "prismatic")
COMPILER = {"fusestatic": "false", "discardvisual": "true", "boundmass": "1e-4", "boundinertia": "1e-8"}
"""Of MuJoCo: links of fixed joints stay, a tip without mass is allowed."""


@dataclass(frozen=True)
class Chain:
    """The moving joints from the base to a link, in order."""

    names: tuple[str, ...]
    """Of the joints."""
    lower: Array
    """[n] least positions, rad or m; minus infinity where there is none."""
    upper: Array
    """[n] greatest."""
    speed: Array
    """[n] greatest speeds, rad/s or m/s."""


def read_chain(urdf: str, tip: str) -> Chain:
    """The joints that move a link.

    Raises:
        ValueError: not a URDF, no such link, or a joint without a speed limit.
    """
    joints = {_child(joint): joint for joint in _root(urdf).findall("joint")}
    found, link = [], tip
    while link in joints:
        if joints[link].get("type") in MOVABLE:
            found.append(joints[link])
        parent = joints[link].find("parent")
        link = "" if parent is None else str(parent.get("link"))
    if not found:
        links = ", ".join(str(each.get("name")) for each in _root(urdf).findall("link"))
        raise ValueError(f"no moving joint leads to the link {tip!r}; the URDF has {links}")
    found.reverse()
    limits = np.array([_limits(joint) for joint in found])
    return Chain(tuple(str(joint.get("name")) for joint in found), limits[:, 0], limits[:, 1], limits[:, 2])


def without_shapes(urdf: str) -> str:
    """The same arm without looks and collision shapes, for MuJoCo."""
    root = _root(urdf)
    for link in root.findall("link"):
        for shape in (*link.findall("visual"), *link.findall("collision")):
            link.remove(shape)
    for old in root.findall("mujoco"):
        root.remove(old)
    ElementTree.SubElement(ElementTree.SubElement(root, "mujoco"), "compiler", COMPILER)
    return ElementTree.tostring(root, encoding="unicode")


def _root(urdf: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(urdf)
    except ElementTree.ParseError as error:
        raise ValueError(f"the URDF is no XML ({error}); expand xacro files first") from error
    if root.tag != "robot":
        raise ValueError(f"the URDF's root is <{root.tag}>, not <robot>; expand xacro files first")
    return root


def _child(joint: ElementTree.Element) -> str:
    child = joint.find("child")
    return "" if child is None else str(child.get("link"))


def _limits(joint: ElementTree.Element) -> tuple[float, float, float]:
    limit = joint.find("limit")
    speed = 0.0 if limit is None else float(limit.get("velocity", "0"))
    if limit is None or speed <= 0.0:
        raise ValueError(f"joint {joint.get('name')!r} has no speed limit; give it <limit velocity=...> in the URDF")
    if joint.get("type") == "continuous":
        return -np.inf, np.inf, speed
    return float(limit.get("lower", "0")), float(limit.get("upper", "0")), speed

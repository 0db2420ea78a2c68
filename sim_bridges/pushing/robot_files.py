"""The robots as URDF text: PyBullet's Kuka iiwa with a rod on its last link, and a sliding rod."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

import pybullet_data

from hyperdynamics_core.whole_files import write_text
from sim_bridges.pushing.object_cache import cache_folder
from sim_bridges.pushing.physics import PhysicsSettings

FLANGE = 0.045
"""From the origin of link 7 to its flange, m."""
KUKA_LINKS = 7
_INERTIA = '<inertia ixx="{0}" iyy="{0}" izz="{0}" ixy="0" ixz="0" iyz="0"/>'


def _rod(physics: PhysicsSettings, parent: str, offset: float, along: float) -> str:
    """The rod and, at its end, the frame of its tip. `along` is +1 where the parent's z points down the rod."""
    length, radius = physics.rod_length, physics.rod_radius
    middle = f'<origin xyz="0 0 {along * length / 2}"/>'
    shape = f'{middle}<geometry><cylinder radius="{radius}" length="{length}"/></geometry>'
    return f"""
  <link name="rod"><inertial>{middle}<mass value="0.1"/>{_INERTIA.format(4e-4)}</inertial>
    <visual>{shape}<material name="Rod"><color rgba="0.15 0.15 0.17 1"/></material></visual>
    <collision>{shape}</collision></link>
  <joint name="rod_joint" type="fixed"><parent link="{parent}"/><child link="rod"/>
    <origin xyz="0 0 {offset}"/></joint>
  <link name="tip"><inertial><mass value="0.001"/>{_INERTIA.format(1e-6)}</inertial></link>
  <joint name="tip_joint" type="fixed"><parent link="rod"/><child link="tip"/>
    <origin xyz="0 0 {along * length}"/></joint>
</robot>"""


def kuka_urdf(physics: PhysicsSettings, visual: bool) -> str:
    """The iiwa without collision shapes (only the rod collides); without its looks unless `visual`."""
    folder = Path(pybullet_data.getDataPath()) / "kuka_iiwa"
    text = (folder / "model.urdf").read_text()
    text = re.sub(r"<collision>.*?</collision>", "", text, flags=re.DOTALL)
    if not visual:
        text = re.sub(r"<visual>.*?</visual>", "", text, flags=re.DOTALL)
    text = text.replace('filename="meshes/', f'filename="{folder.as_posix()}/meshes/')
    return text.replace("</robot>", _rod(physics, "lbr_iiwa_link_7", FLANGE, 1.0))


def gantry_urdf(physics: PhysicsSettings, visual: bool) -> str:
    """Three sliding joints along x, y, z whose values are the tip's position in the world."""
    links = "".join(
        f'<link name="slide_{i}"><inertial><mass value="1"/>{_INERTIA.format(1e-3)}</inertial></link>\n'
        for i in range(4)
    )
    joints = ""
    for i, axis in enumerate(("1 0 0", "0 1 0", "0 0 1")):
        joints += (
            f'<joint name="slide_joint_{i}" type="prismatic"><parent link="slide_{i}"/><child link="slide_{i + 1}"/>'
            f'<axis xyz="{axis}"/><limit lower="-2" upper="2" effort="{physics.max_force}" velocity="10"/></joint>\n'
        )
    rod = _rod(physics, "slide_3", physics.rod_length, -1.0)
    return f'<?xml version="1.0"?>\n<robot name="gantry">\n{links}{joints}{rod}'


@lru_cache(maxsize=16)
def robot_file(physics: PhysicsSettings, visual: bool) -> Path:
    """The robot's URDF as a file in the cache folder.

    Raises:
        ValueError: an unknown robot.
    """
    builders = {"kuka": kuka_urdf, "gantry": gantry_urdf}
    if physics.robot not in builders:
        raise ValueError(f"unknown robot {physics.robot!r}; choose one of {', '.join(builders)}")
    text = builders[physics.robot](physics, visual)
    path = cache_folder() / "robots" / f"{physics.robot}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.urdf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    return path

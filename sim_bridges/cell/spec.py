"""The cell as a MuJoCo model: arm with servos, table, one object, a camera."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from hyperdynamics_core.vision.camera import Camera
from sim_bridges.pushing.objects import PushObject
from sim_bridges.pushing.variation import SystemSpec

Array = NDArray[np.float64]
TIME_STEP = 0.002
"""Of the simulation, s."""
TABLE_HALF = 0.3
"""Half the table's edge, m."""
STIFFNESS, DAMPING = 4000.0, 200.0
"""Of the joints' servos, N m/rad and N m s/rad: the arm follows its trajectory to a millimetre."""
ARMATURE = 0.3
"""What gears and motors add to each joint's inertia, kg m^2."""
ROD_FRICTION = 0.15
"""Between rod and object: a smooth steel rod."""
MASS_SCALE, FRICTION_SCALE = 1e-3, 300.0
"""From the catalogue's numbers, which are PyBullet's, to things of a laboratory: see docs/hardware.md."""
SPIN_RADIUS = 0.01
"""Friction against turning on the spot of one contact, parts of its sliding friction, m."""
OBJECT, RIM = "object", 0.02
_SOFT = (0.005, 1.0)
"""Contacts: time constant, s, and damping ratio."""
_VISIBLE = 2
"""Group of what is seen but touches nothing."""


@dataclass(frozen=True)
class Thing:
    """What lies on the table."""

    mass: float
    """kg."""
    friction: float
    """Coefficient of Coulomb friction on the table."""
    com_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Centre of mass from the volume centroid, object frame, m."""

    @staticmethod
    def of(system: SystemSpec) -> Thing:
        """The catalogue's numbers in this world's terms."""
        return Thing(system.mass * MASS_SCALE, system.friction * FRICTION_SCALE, system.com_offset)


def cell_model(urdf: str, base: tuple[float, float, float], item: PushObject, thing: Thing, camera: Camera) -> Any:
    """MuJoCo's model of the cell.

    Args:
        urdf: text of the arm's, with the tool; its root link stands at ``base``.
        base: of the arm in the world, m.
        item: shape of the object.
        thing: its mass and friction.
        camera: what the depth camera sees.

    Raises:
        ValueError: MuJoCo does not accept the URDF.
    """
    spec = _arm(urdf, base)
    spec.option.timestep, spec.option.integrator = TIME_STEP, mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone, spec.option.impratio = mujoco.mjtCone.mjCONE_ELLIPTIC, 10.0
    _servos(spec)
    _furniture(spec)
    _object(spec, item, thing)
    _look(spec, camera)
    return spec.compile()


def _arm(urdf: str, base: tuple[float, float, float]) -> Any:
    root = ElementTree.fromstring(urdf)
    settings = {"fusestatic": "false", "discardvisual": "false", "boundmass": "1e-4", "boundinertia": "1e-8"}
    ElementTree.SubElement(ElementTree.SubElement(root, "mujoco"), "compiler", settings)
    spec = mujoco.MjSpec.from_string(ElementTree.tostring(root, encoding="unicode"))
    first = spec.worldbody.first_body()
    first.pos = np.asarray(first.pos) + base
    for body in spec.bodies[1:]:
        body.gravcomp = 1.0
    for geom in spec.geoms:
        geom.solref[:2], geom.priority, geom.condim = _SOFT, 2, 3
        geom.friction[0] = ROD_FRICTION
    return spec


def _servos(spec: Any) -> None:
    for joint in spec.joints:
        joint.armature, joint.damping[0] = ARMATURE, 1.0
        servo = spec.add_actuator(name=joint.name, target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        servo.set_to_position(kp=STIFFNESS, kv=DAMPING)
        servo.forcelimited, servo.forcerange = True, (-300.0, 300.0)


def _furniture(spec: Any) -> None:
    world, box = spec.worldbody, mujoco.mjtGeom.mjGEOM_BOX
    top = world.add_geom(name="table", type=box, size=(TABLE_HALF, TABLE_HALF, RIM), pos=(0.0, 0.0, -RIM))
    top.solref[:2], top.rgba = _SOFT, (0.62, 0.52, 0.42, 1.0)
    for x in (-1, 1):
        for y in (-1, 1):
            place = (x * (TABLE_HALF - 0.03), y * (TABLE_HALF - 0.03), -0.17)
            world.add_geom(type=box, size=(0.02, 0.02, 0.13), pos=place, rgba=(0.3, 0.3, 0.32, 1.0))
    world.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=(3.0, 3.0, 0.1), pos=(0.0, 0.0, -0.3),
        rgba=(0.45, 0.47, 0.5, 1.0),
    )  # fmt: skip


def _object(spec: Any, item: PushObject, thing: Thing) -> None:
    body = spec.worldbody.add_body(name=OBJECT, pos=(0.0, 0.0, item.rest_height))
    body.add_freejoint()
    body.explicitinertial, body.mass = True, thing.mass
    body.ipos, body.inertia = thing.com_offset, thing.mass * item.unit_inertia
    for number, part in enumerate(item.parts):
        mesh = _mesh(spec, f"part_{number}", part)
        geom = body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=mesh, group=3, priority=1, condim=4)
        geom.solref[:2], geom.friction[:2] = _SOFT, (thing.friction, SPIN_RADIUS * thing.friction)
    mesh = _mesh(spec, "look", item.vertices, item.faces)
    look = body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=mesh, group=_VISIBLE, contype=0, conaffinity=0)
    look.rgba = (*item.colour, 1.0)


def _mesh(spec: Any, name: str, vertices: Array, faces: NDArray[np.int64] | None = None) -> str:
    mesh = spec.add_mesh(name=name, inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX)
    mesh.uservert = np.asarray(vertices, dtype=np.float64).ravel()
    if faces is not None:
        mesh.userface = np.asarray(faces).ravel()
    return name


def _look(spec: Any, camera: Camera) -> None:
    world, pose = spec.worldbody, camera.world_from_camera
    lamp = world.add_light(name="lamp", pos=(0.6, -0.8, 1.8), dir=(-0.3, 0.4, -0.9), castshadow=False)
    lamp.diffuse, lamp.ambient, lamp.specular = (0.5, 0.5, 0.48), (0.25, 0.25, 0.27), (0.1, 0.1, 0.1)
    visual = spec.visual
    visual.headlight.diffuse, visual.headlight.ambient = (0.25, 0.25, 0.25), (0.25, 0.25, 0.25)
    visual.quality.offsamples = 0  # a depth that is averaged over an edge is a place where nothing is
    spec.stat.extent, visual.map.znear, visual.map.zfar = 1.0, 0.1, 10.0
    getattr(visual, "global").offwidth, getattr(visual, "global").offheight = camera.width, camera.height
    eye = world.add_camera(name="eye", pos=pose[:3, 3])
    turned = np.ascontiguousarray(pose[:3, :3] @ np.diag((1.0, -1.0, -1.0)))  # OpenGL looks along -z with y up
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, turned.ravel())
    eye.quat = quaternion
    eye.resolution, eye.sensor_size = (camera.width, camera.height), (camera.width * 1e-5, camera.height * 1e-5)
    eye.focal_pixel = (camera.fx, camera.fy)
    eye.principal_pixel = ((camera.width - 1) / 2 - camera.cx, (camera.height - 1) / 2 - camera.cy)

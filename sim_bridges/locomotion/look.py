"""How the worlds look: sky, sun, ground, blocks and water; nothing here touches physics."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import mujoco

_TEXTURE_2D, _CUBE = mujoco.mjtTexture.mjTEXTURE_2D, mujoco.mjtTexture.mjTEXTURE_CUBE
_GROUND = {"slope": ([0.55, 0.63, 0.47], [0.47, 0.56, 0.40]), "flat": ([0.66, 0.67, 0.70], [0.57, 0.58, 0.62])}
_COLOURS = {"body": [0.93, 0.49, 0.19, 1.0], "limb": [0.25, 0.29, 0.36, 1.0], "dead": [0.80, 0.10, 0.12, 1.0]}
_WOOD, _ICE = (0.64, 0.46, 0.29), (0.62, 0.74, 0.82)

WATER_COLOUR = [0.16, 0.42, 0.58, 1.0]


def paint_robot(spec: Any, dead: Collection[str]) -> None:
    """Body in orange, limbs in dark grey, those moved by the `dead` joints in red."""
    for geom in spec.geoms:
        geom.material = ""
        joints = {joint.name for joint in geom.parent.joints}
        part = "dead" if joints & set(dead) else "body" if geom.parent.name == "torso" else "limb"
        geom.rgba = _COLOURS[part]


def deck(friction: float, index: int) -> list[float]:
    """Colour of a block, rgba: the more slippery, the more like ice; neighbours differ a little."""
    share = min(max((friction - 0.2) / 0.8, 0.0), 1.0)
    shade = 1.0 if index % 2 else 0.92
    return [shade * (ice + share * (wood - ice)) for wood, ice in zip(_WOOD, _ICE, strict=True)] + [1.0]


def light(spec: Any) -> None:
    """Sky, haze and a sun that follows the robot with its shadow."""
    for texture in list(spec.textures):
        if texture.type == mujoco.mjtTexture.mjTEXTURE_SKYBOX:
            spec.delete(texture)
    sky = spec.add_texture(name="sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, width=256, height=1536)
    sky.builtin, sky.rgb1, sky.rgb2 = mujoco.mjtBuiltin.mjBUILTIN_GRADIENT, [0.36, 0.58, 0.83], [0.90, 0.94, 0.98]
    body = spec.body("torso")
    sun = body.add_light(name="sun", pos=[-2, -3, 6], dir=[0.3, 0.45, -0.9], mode=mujoco.mjtCamLight.mjCAMLIGHT_TRACK)
    sun.type, sun.castshadow = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, True
    sun.diffuse, sun.ambient, sun.specular = [0.62, 0.62, 0.58], [0.28, 0.3, 0.33], [0.1, 0.1, 0.1]
    visual = spec.visual
    visual.headlight.diffuse, visual.headlight.ambient = [0.2, 0.2, 0.2], [0.25, 0.25, 0.25]
    visual.headlight.specular = [0.0, 0.0, 0.0]
    visual.quality.shadowsize = 4096
    # Everything below scales with the extent, which would be the whole track's: shadows would be a few pixels wide.
    spec.stat.extent, visual.map.shadowclip = 4.0, 2.0
    getattr(visual, "global").offwidth, getattr(visual, "global").offheight = 1920, 1080


def checker(spec: Any, name: str, terrain: str) -> str:
    """Add a material of 1 m squares; returns its name."""
    texture = spec.add_texture(name=name, type=_TEXTURE_2D, width=512, height=512)
    first, second = _GROUND.get(terrain, _GROUND["flat"])
    texture.builtin, texture.rgb1, texture.rgb2 = mujoco.mjtBuiltin.mjBUILTIN_CHECKER, first, second
    material = spec.add_material(name=name, texuniform=True, texrepeat=[0.5, 0.5], reflectance=0.0)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    return name


def water(spec: Any) -> str:
    """Add the material of the water; returns its name."""
    material = spec.add_material(name="water", rgba=WATER_COLOUR)
    material.specular, material.shininess = 0.8, 0.6
    return "water"

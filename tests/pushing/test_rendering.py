import numpy as np
import pybullet
import pytest
import trimesh
from pybullet_utils.bullet_client import BulletClient

from sim_bridges.pushing.cameras import paper_camera
from sim_bridges.pushing.objects import load_object
from sim_bridges.pushing.rendering import (
    FIXTURES,
    FLOOR,
    ROD,
    TABLE,
    Body,
    Look,
    Renderer,
    rotation,
    top_down_mask,
    yaw_quaternion,
)

ROD_TIP = np.array([-0.05, 0.12, 0.012])


def standing(name, x, y, yaw):
    item = load_object(name)
    return Body(item, np.array([x, y, item.rest_height]), yaw_quaternion(yaw), item.colour)


def world_points(frame):
    camera = frame.camera
    v, u = np.mgrid[: camera.height, : camera.width]
    rays = np.stack(((u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones_like(u)), axis=-1)
    points = rays * frame.depth[..., None]
    return points @ camera.world_from_camera[:3, :3].T + camera.world_from_camera[:3, 3]


def test_depth_puts_every_pixel_back_where_it_was_hit():
    body = standing("mit/rect1", 0.05, -0.1, 0.4)
    result = Renderer().render([body], ROD_TIP, paper_camera(3))
    points, ids = world_points(result.frame), result.ids
    np.testing.assert_allclose(points[ids == FLOOR, 2], -0.3, atol=1e-5)
    heights = points[ids == TABLE, 2]
    assert (np.abs(heights) < 1e-5).mean() > 0.95, "the rest is the table's edge"
    assert heights.max() < 1e-5 and heights.min() > -0.0201
    seen = (points[ids == 0] - body.position) @ rotation(body.quaternion)
    assert (np.abs(seen) < body.surface.half_extents + 1e-4).all()
    assert (np.hypot(*(points[ids == ROD] - ROD_TIP)[:, :2].T) < 0.0101).all() and (ids == ROD).sum() > 10


def test_rod_is_drawn_only_where_it_is_given():
    body = standing("mug/01", 0.0, 0.0, 0.0)
    assert not (Renderer().render([body], None, paper_camera(0)).ids == ROD).any()


def test_light_makes_sides_darker_than_tops_and_colours_are_the_bodies():
    body = standing("mit/rect1", 0.0, 0.0, 0.3)
    result = Renderer(Look(light=(0.0, 0.0, 1.0))).render([body], None, paper_camera(4))
    height = world_points(result.frame)[..., 2]
    brightness = result.frame.rgb.sum(-1)
    top, side = (result.ids == 0) & (height > 0.0399), (result.ids == 0) & (height < 0.03)
    assert brightness[side].mean() < 0.6 * brightness[top].mean()
    np.testing.assert_allclose(result.frame.rgb[top][0], np.array(body.colour) * 255, atol=1.5)


@pytest.fixture(scope="module")
def tiny_renderer():
    """PyBullet's own renderer with the same things in it."""
    client = BulletClient(pybullet.DIRECT)
    bodies = [standing("camera/05", 0.08, 0.05, 0.7), standing("mit/tri3", -0.12, -0.1, -1.0)]
    tables = trimesh.creation.box((0.6, 0.6, 0.02)).apply_translation((0, 0, -0.01))
    for mesh, position, quaternion in (
        (tables, np.zeros(3), yaw_quaternion(0.0)),
        (FIXTURES[ROD], ROD_TIP, yaw_quaternion(0.0)),
        *((body.surface.mesh, body.position, body.quaternion) for body in bodies),
    ):
        mesh = mesh.copy()
        mesh.unmerge_vertices()
        shape = client.createVisualShape(
            client.GEOM_MESH, vertices=mesh.vertices.tolist(), indices=mesh.faces.ravel().tolist()
        )
        client.createMultiBody(0, -1, shape, position.tolist(), quaternion.tolist())
    yield client, bodies
    client.disconnect()


@pytest.mark.parametrize("view", [0, 3, 8])
def test_pybullets_own_renderer_sees_the_same_silhouettes_and_depths(tiny_renderer, view):
    client, bodies = tiny_renderer
    # Large images: the two renderers place pixel centres half a pixel apart.
    size, near, far = 512, 0.2, 3.0
    camera = paper_camera(view, size)
    pose = camera.world_from_camera
    look = client.computeViewMatrix(pose[:3, 3].tolist(), (pose[:3, 3] + pose[:3, 2]).tolist(), (-pose[:3, 1]).tolist())
    lens = client.computeProjectionMatrixFOV(52.0, 1.0, near, far)
    _, _, _, depth, segments = client.getCameraImage(size, size, look, lens, renderer=client.ER_TINY_RENDERER)
    depth = far * near / (far - (far - near) * np.reshape(depth, (size, size)))
    segments = np.reshape(segments, (size, size))
    ours = Renderer().render(bodies, ROD_TIP, camera)
    for ours_id, theirs_id in ((0, 2), (1, 3), (ROD, 1)):
        mine, other = ours.ids == ours_id, segments == theirs_id
        assert (mine & other).sum() / (mine | other).sum() > (0.85 if ours_id == ROD else 0.92)
    both = (ours.ids == TABLE) & (segments == 0)
    assert np.median(np.abs(ours.frame.depth - depth)[both]) < 0.001
    both = (ours.ids == 0) & (segments == 2)
    assert np.median(np.abs(ours.frame.depth - depth)[both]) < 0.002


def test_mask_covers_the_footprints_area_and_turns_with_the_object():
    triangle = load_object("mit/tri2")
    mask = top_down_mask(triangle, 0.0)
    assert mask.shape == (32, 32) and mask.dtype == np.float32
    assert mask.sum() * 0.005**2 == pytest.approx(triangle.footprint.area, rel=0.02)
    np.testing.assert_allclose(top_down_mask(triangle, np.pi / 2), np.rot90(mask, -1), atol=0.27)
    assert np.abs(top_down_mask(triangle, np.pi / 2) - np.rot90(mask, -1)).mean() < 0.01


def test_mask_rows_are_y_and_columns_x():
    bar = trimesh.creation.box((0.12, 0.02, 0.02))
    mask = top_down_mask(bar, 0.0)
    assert mask[16, 4:28].all() and not mask[:10].any()
    np.testing.assert_allclose(top_down_mask(bar, yaw_quaternion(np.pi / 2)), mask.T, atol=0.3)

"""How well objects are found: recall, false boxes, error of position and box, over a pool of rendered scenes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from hyperdynamics_core.data.scenes import ScenePool
from hyperdynamics_core.evaluation.intervals import wilson_interval
from hyperdynamics_core.vision.boxes import iou
from hyperdynamics_core.vision.camera import RgbdFrame
from hyperdynamics_core.vision.perception import Detection, Perception

FOUND_WITHIN = 0.02
"""Largest distance between true and detected position of an object that counts as found, m."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class DetectionFigures:
    """Results over many frames; proportions with 95 % intervals."""

    frames: int
    """Images."""
    objects: int
    """True objects in them."""
    recall: float
    """Share of objects found within 2 cm of their true position."""
    recall_ci95: tuple[float, float]
    """Wilson interval."""
    false_share: float
    """Share of boxes that belong to no object."""
    false_share_ci95: tuple[float, float]
    """Wilson interval."""
    error_cm_median: float
    """Horizontal distance between true and detected position, of found objects."""
    error_cm_median_ci95: tuple[float, float]
    """Bootstrap interval."""
    error_cm_mean: float
    """Mean of the same."""
    error_cm_p95: float
    """95th percentile of the same."""
    height_error_cm_median: float
    """Error of the centroid's height."""
    iou_median: float
    """Overlap of true and detected box, of found objects."""


def evaluate_detection(
    perception: Perception, pool: ScenePool, limit: int | None = None, seed: int = 0
) -> DetectionFigures:
    """Detect in the first `limit` frames of a pool (all if None); `seed` is of the bootstrap.

    Raises:
        ValueError: the pool has no frame.
    """
    frames = min(limit or len(pool), len(pool))
    if frames < 1:
        raise ValueError("no frames to evaluate on; make a pool of scenes first")
    return evaluate_frames(perception, (_seen(pool, index) for index in range(frames)), seed)


@dataclass(frozen=True)
class SeenScene:
    """A frame and what truly stands in it."""

    frame: RgbdFrame
    positions: Array
    """[n, 3] volume centroids, m."""
    boxes: Array
    """[n, 6] axis-aligned boxes: centre and size, m."""


def _seen(pool: ScenePool, index: int) -> SeenScene:
    count = int(pool.counts[index])
    positions, boxes = pool.positions[index, :count], pool.boxes[index, :count]
    return SeenScene(pool.frame(index), positions.astype(np.float64), boxes.astype(np.float64))


def evaluate_frames(perception: Perception, scenes: Iterable[SeenScene], seed: int = 0) -> DetectionFigures:
    """Detect in every scene; `seed` is of the bootstrap."""
    errors, heights, overlaps, boxes, objects, frames = [], [], [], 0, 0, 0
    for scene in scenes:
        detections = perception.detect(scene.frame)
        frames, boxes, objects = frames + 1, boxes + len(detections), objects + len(scene.positions)
        for truth, found in match(scene.positions, detections):
            offset = detections[found].position - scene.positions[truth]
            errors.append(100 * float(np.hypot(offset[0], offset[1])))
            heights.append(100 * abs(float(offset[2])))
            overlaps.append(_overlap(detections[found], scene.boxes[truth]))
    return _figures(frames, objects, boxes, np.array(errors), np.array(heights), np.array(overlaps), seed)


def match(positions: Array, detections: list[Detection]) -> list[tuple[int, int]]:
    """Pairs (object, detection) within FOUND_WITHIN horizontally, nearest first, each used once; positions [n, 3]."""
    distances = sorted(
        (float(np.hypot(*(detection.position - position)[:2])), truth, found)
        for truth, position in enumerate(positions)
        for found, detection in enumerate(detections)
    )
    pairs: list[tuple[int, int]] = []
    for distance, truth, found in distances:
        if distance <= FOUND_WITHIN and all(truth != a and found != b for a, b in pairs):
            pairs.append((truth, found))
    return pairs


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """95 % interval of a proportion; (0, 1) without trials."""
    return wilson_interval(hits, trials) if trials else (0.0, 1.0)


def _overlap(detection: Detection, box: Array) -> float:
    found = torch.from_numpy(np.concatenate((detection.centre, detection.size)))
    return float(iou(found[None], torch.from_numpy(box)[None]))


def _figures(
    frames: int, objects: int, boxes: int, errors: Array, heights: Array, overlaps: Array, seed: int
) -> DetectionFigures:
    found, wrong = len(errors), boxes - len(errors)
    if found == 0:
        errors = heights = overlaps = np.array([math.nan])
    draws = np.random.default_rng(seed).choice(errors, (400, len(errors)))
    low, high = np.percentile(np.median(draws, axis=1), (2.5, 97.5))
    return DetectionFigures(
        frames=frames,
        objects=objects,
        recall=found / max(objects, 1),
        recall_ci95=wilson(found, objects),
        false_share=wrong / max(boxes, 1),
        false_share_ci95=wilson(wrong, boxes),
        error_cm_median=float(np.median(errors)),
        error_cm_median_ci95=(float(low), float(high)),
        error_cm_mean=float(errors.mean()),
        error_cm_p95=float(np.percentile(errors, 95)),
        height_error_cm_median=float(np.median(heights)),
        iou_median=float(np.median(overlaps)),
    )

"""Legged robots walking along x (section 4.2): the planar half-cheetah and the ant.

Cheetah state, 18: base x 0, base z 1, pitch 2, joints 3:9, base velocity x 9, z 10, pitch rate 11, joint rates 12:18.
Ant state, 29: base position 0:3, quaternion xyzw 3:7, joints 7:15, base linear velocity 15:18 (world frame), angular
velocity 18:21 (base frame, as MuJoCo's free joint has it), joint rates 21:29.

The base stands for the paper's centre of mass: it is what odometry tells. Where the robot is along the ground stays in
the state, and its change is predicted, but no network is fed with it: the terrain must be felt, not looked up.
Action: torques as parts of each joint's greatest torque, -1 to 1, in the order of ``joint_names``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from hyperdynamics_core.systems.symmetry import Symmetries, ant_symmetries
from hyperdynamics_core.systems.system import Dimension, System


@dataclass(frozen=True)
class Gait:
    """What a robot is paid for (appendix B): speed along x less the price of its torques."""

    control_cost: float
    """Times the squared norm of the action."""
    bonus: float
    """A step."""


class LeggedSystem(System):
    """One robot; see the module's docstring for the layouts. Deltas are differences of states, in their layout."""

    def __init__(
        self, name: str, dt: float, base: tuple[Dimension, ...], base_rates: tuple[Dimension, ...],
        joint_names: tuple[str, ...], max_torques: tuple[float, ...], n_unseen: int, gait: Gait,
        symmetries: Symmetries | None = None, calm: float = 1.0, poise: float = 0.0, planner: str = "cem",
    ) -> None:  # fmt: skip
        """n_unseen: leading state numbers (where the robot is along the ground) that no network is fed with."""
        self.calm = calm
        """Part of the greatest torque that planners use unless they are told otherwise."""
        self.poise = poise
        """What planners charge a sequence that ends tilted unless they are told otherwise, reward times ``lean``."""
        self.planner = planner
        """Search that walked best (docs/results.md), by its name in ``planning.sequences.PLANNERS``."""
        self.name, self.dt, self.gait = name, dt, gait
        self.symmetries = symmetries
        self.joint_names, self.max_torques, self.n_unseen = joint_names, max_torques, n_unseen
        joints = tuple(Dimension(f"{joint}/position", "rad") for joint in joint_names)
        rates = tuple(Dimension(f"{joint}/velocity", "rad/s") for joint in joint_names)
        self.state_dimensions = (*base, *joints, *base_rates, *rates)
        self.action_dimensions = tuple(Dimension(f"{joint}/torque", "1") for joint in joint_names)
        self.feature_dimensions = self.state_dimensions[n_unseen:] + self.action_dimensions
        self.delta_dimensions = self.state_dimensions
        names = [dimension.name for dimension in self.state_dimensions]
        first = names.index("base/orientation/x") if "base/orientation/x" in names else None
        self.orientation = None if first is None else slice(first, first + 4)
        """Where the quaternion is; None: the robot is planar."""
        self.joints = slice(len(base), len(base) + len(joints))
        """Joint positions."""
        self.rates = slice(len(names) - len(rates), len(names))
        """Joint velocities."""

    def features(self, state: Tensor, action: Tensor) -> Tensor:
        """[..., n_in]: the state without the place along the ground, then the action."""
        return torch.cat((state[..., self.n_unseen :], action), dim=-1)

    def compose(self, state: Tensor, delta: Tensor) -> Tensor:
        """Sum; a quaternion is brought back to unit length."""
        following = state + delta
        if self.orientation is None:
            return following
        # The clone lets gradients through: what normalize keeps for them is not written over.
        following[..., self.orientation] = functional.normalize(following[..., self.orientation].clone(), dim=-1)
        return following

    def difference(self, state: Tensor, next_state: Tensor) -> Tensor:
        """Next minus state; of a quaternion's two signs the nearer one."""
        if self.orientation is None:
            return next_state - state
        quaternion = next_state[..., self.orientation]
        near = (quaternion * state[..., self.orientation]).sum(-1, keepdim=True) >= 0
        following = next_state.clone()
        following[..., self.orientation] = torch.where(near, quaternion, -quaternion)
        return following - state

    def lean(self, state: Tensor) -> Tensor:
        """1 less the cosine of the angle between body and upright: 0 upright, 2 upside down. state [..., n_s]."""
        if self.orientation is None:
            return 1.0 - state[..., 2].cos()
        return 2.0 * state[..., self.orientation][..., :2].square().sum(-1)

    def rewards(self, states: Tensor, actions: Tensor) -> Tensor:
        """Reward [..., T] of every step, from states [..., T + 1, n_s] and actions [..., T, n_a]."""
        speed = (states[..., 1:, 0] - states[..., :-1, 0]) / self.dt
        return speed - self.gait.control_cost * actions.square().sum(-1) + self.gait.bonus

    def total_reward(self, states: Tensor, actions: Tensor) -> Tensor:
        """Sum [...] of ``rewards``: the displacements telescope, so only the first and last state count."""
        way = (states[..., -1, 0] - states[..., 0, 0]) / self.dt
        return way - self.gait.control_cost * actions.square().sum((-1, -2)) + self.gait.bonus * actions.shape[-2]


def _base(names: str, units: str) -> tuple[Dimension, ...]:
    return tuple(Dimension(f"base/{name}", unit) for name, unit in zip(names.split(), units.split(), strict=True))


CHEETAH = LeggedSystem(
    "cheetah", 0.01,
    _base("position/x position/z pitch", "m m rad"),
    _base("velocity/x velocity/z pitch_rate", "m/s m/s rad/s"),
    ("bthigh", "bshin", "bfoot", "fthigh", "fshin", "ffoot"), (120.0, 90.0, 60.0, 120.0, 60.0, 30.0),
    n_unseen=1, gait=Gait(control_cost=0.05, bonus=0.0),
)  # fmt: skip
"""Planar: pitch is about the y axis, positive nose down, as in MuJoCo's model."""

ANT = LeggedSystem(
    "ant", 0.02,
    _base(
        "position/x position/y position/z orientation/x orientation/y orientation/z orientation/w", "m m m 1 1 1 1"
    ),
    _base(
        "velocity/x velocity/y velocity/z angular_velocity/x angular_velocity/y angular_velocity/z",
        "m/s m/s m/s rad/s rad/s rad/s",
    ),
    tuple(f"{joint}_{leg}" for leg in (1, 2, 3, 4) for joint in ("hip", "ankle")), (150.0,) * 8,
    n_unseen=2, gait=Gait(control_cost=0.0, bonus=0.05), symmetries=ant_symmetries(), calm=0.6,
    planner="random_shooting",
)  # fmt: skip
"""Eight joints, as every public model has; the paper says ten. Calm, since at its full torque it leaps two metres high
and lands on its back."""

LEGGED = {system.name: system for system in (CHEETAH, ANT)}
"""By name."""

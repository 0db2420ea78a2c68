"""What an iteration asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hyperdynamics_core.training.onpolicy_config import ExplorationConfig, OnPolicyConfig
from hyperdynamics_core.training.requests import make_requests

CONFIG = OnPolicyConfig(rollouts=40, exploration=ExplorationConfig(again=0.5, open_loop=0.5))


def test_the_same_iteration_asks_for_the_same_and_another_for_others() -> None:
    first, same, other = (make_requests(CONFIG, number, Path("m"), "abc", ("worst",)) for number in (3, 3, 4))
    assert first == same
    assert {request.seed for request in first}.isdisjoint(request.seed for request in other)


def test_a_share_walks_again_and_is_not_plain() -> None:
    requests = make_requests(CONFIG, 1, Path("m"), "abc", ("bad", "worse"))
    again = [request for request in requests if request.again]
    assert 10 <= len(again) <= 30 and {request.again for request in again} == {"bad", "worse"}
    assert requests[0].is_plain("random_shooting") and not any(each.is_plain("random_shooting") for each in again)


def test_walking_again_changes_nothing_else() -> None:
    without = replace(CONFIG, exploration=replace(CONFIG.exploration, again=0.0))
    asked = make_requests(CONFIG, 2, None, "", ("bad",))
    assert [replace(request, again="") for request in asked] == make_requests(without, 2, None, "", ("bad",))

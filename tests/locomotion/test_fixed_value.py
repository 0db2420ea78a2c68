import pytest

from sim_bridges.legged_episode import LeggedEpisodes
from sim_bridges.legged_parameters import fixed_value


def test_empty_is_drawn_and_every_number_is_a_value():
    assert fixed_value("") is None and fixed_value(" ") is None
    assert [fixed_value(text) for text in ("-3.5", "-1", "0", "2e-1")] == [-3.5, -1.0, 0.0, 0.2]
    with pytest.raises(ValueError, match="value is 'much': must be a number, or empty"):
        fixed_value("much")


def test_falling_slopes_and_nobody_crippled_can_be_asked_for():
    settings = {"robot": "ant", "terrain": "slope", "split": "novel", "value": "-3.5", "seed": 0}
    assert {row[0] for row in LeggedEpisodes().draw(settings).spec.values} == {-3.5}
    spec = LeggedEpisodes().draw({**settings, "terrain": "cripple", "value": "-1"}).spec
    assert spec.values == ((-1.0,),)
    with pytest.raises(ValueError, match="no physical sense"):
        LeggedEpisodes().draw({**settings, "value": "nan"})

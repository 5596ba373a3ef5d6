from dataclasses import replace

import numpy as np
import pytest

from skbal.experiments import Reproduction, reproduce
from tests.experiments._declared.toy import COINS


@pytest.fixture(scope="module")
def found():
    return reproduce(COINS)


def test_a_comparison_takes_the_same_seed_of_both_arms(found):
    units = [u for u in found.units if (u["arm"], u["seed"]) != ("fair", 1)]
    some = Reproduction(COINS, units[::-1], found.headers)
    assert list(some.results("bent")) == [0, 1, 2]
    assert some.values("more", "bent").tolist() == [30, 30]  # of the seeds 0 and 2
    assert some.missing == [("fair", 1)]


def test_of_a_unit_that_was_done_twice_the_first_counts(found):
    twice = {**found.units[0], "result": {"heads": -1}}
    again = Reproduction(COINS, [*found.units, twice], found.headers)
    assert again.values("heads", "fair").tolist() == [50, 51, 52]


def test_its_frame_has_every_number(found):
    frame = found.to_frame()
    assert list(frame.columns) == ["arm", "seed", "measure", "value"]
    bent = frame[frame.arm == "bent"]
    assert bent.value.tolist() == [80, 81, 82]
    assert set(frame.measure) == {"heads"}  # the other one compares two arms


def test_published_curves_are_drawn_if_the_folder_has_them(found, tmp_path):
    [ax] = found.plot(data=tmp_path).axes
    assert [line.get_ydata().tolist() for line in ax.lines] == [[50, 51, 52]]
    np.savez(tmp_path / "reference_curves.npz", coins=np.array([1.0, 2.0]))
    figure = ax.figure
    figure.clear()
    assert found.plot(figure, data=tmp_path) is figure
    assert figure.axes[0].lines[1].get_ydata().tolist() == [1, 2]


@pytest.mark.parametrize(
    ("measure", "arm", "message"),
    [
        ("tails", "fair", "measure of Reproduction.values must be one of 'heads', 'mo"),
        ("heads", "fare", "arm of Reproduction.values must be one of 'fair', 'bent'"),
    ],
)
def test_unknown_names_are_refused(found, measure, arm, message):
    with pytest.raises(ValueError, match=message):
        found.values(measure, arm)


def test_one_of_several_figures_is_drawn_by_its_name(found):
    def draw_bent(figure, reproduction, curves):
        figure.subplots().plot(reproduction.values("heads", "bent"))

    figures = {"fair": ("Fair", COINS.draw), "bent": ("Bent", draw_bent)}
    several = Reproduction(replace(COINS, draw=figures), found.units, found.headers)
    drawn = [several.plot(which=which).axes[0] for which in (None, "fair", "bent")]
    heads = [ax.lines[0].get_ydata().tolist() for ax in drawn]
    assert heads == [[50, 51, 52], [50, 51, 52], [80, 81, 82]]
    with pytest.raises(ValueError, match="one of 'fair', 'bent', got 'dice'"):
        several.plot(which="dice")


def test_an_experiment_without_a_figure_says_so(found):
    without = Reproduction(replace(COINS, draw=None), found.units, found.headers)
    with pytest.raises(ValueError, match="'coins' has no figure"):
        without.plot()

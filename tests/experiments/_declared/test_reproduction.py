from dataclasses import replace

import numpy as np
import pytest

from skbal.experiments import Measure, Reproduction, reproduce
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


@pytest.mark.parametrize("name", ["tails", "unit"])
def test_an_error_of_a_measure_says_where(found, name):
    broken = replace(COINS, measures=(Measure("it", lambda r: r[name]),), published=())
    again = Reproduction(broken, found.units, found.headers)
    for read in (again.table, again.to_frame):
        with pytest.raises((KeyError, ValueError)) as caught:
            read()
        assert caught.value.__notes__ == ["coins: measure 'it' of arm 'fair', seed 0."]


def test_arms_have_their_own_measures_of_the_same_name(found):
    both = tuple(
        Measure("it", lambda r, sign=sign: sign * r["heads"], arms=(arm,))
        for arm, sign in (("fair", 1), ("bent", -1))
    )
    own = replace(COINS, measures=both, published=())
    again = Reproduction(own, found.units, found.headers)
    assert again.values("it", "fair").tolist() == [50, 51, 52]
    assert again.values("it", "bent").tolist() == [-80, -81, -82]


def test_several_numbers_in_place_of_one_are_refused(found):
    lists = replace(COINS, measures=(Measure("it", lambda r: [1, 2]),), published=())
    with pytest.raises(TypeError, match=r"must be one number, got array\(\[1., 2.\]\)"):
        Reproduction(lists, found.units, found.headers).values("it", "bent")


def test_a_number_that_a_file_keeps_as_none_is_nan_in_the_frame_too(tmp_path):
    broken = replace(COINS, run=lambda unit: {"heads": float("nan")}, published=())
    found = reproduce(broken, output=tmp_path)
    assert found.values("heads", "fair").size == 0
    assert found.to_frame().value.isna().all()

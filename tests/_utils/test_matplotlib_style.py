"""Lines are told apart, and axes are checked before they are made."""

import itertools
import sys

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal._utils.matplotlib_style import (
    COLOURS,
    axes_or_new,
    axes_or_new_grid,
    check_ax,
    check_ax_grid,
    check_line_kw,
    curve_style,
    line_style,
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_no_two_lines_look_alike():
    styles = [tuple(line_style(number).values()) for number in range(28)]
    assert len(set(styles)) == 28
    assert [colour for colour, _ in styles[:7]] == list(COLOURS)


def test_neighbouring_curves_differ_in_all_that_print_shows():
    styles = [curve_style(number, n_points=5) for number in range(29)]
    for one, other in itertools.pairwise(styles):
        assert all(one[key] != other[key] for key in ("color", "linestyle", "marker"))
    without_colour = {(style["linestyle"], style["marker"]) for style in styles}
    assert len(without_colour) == 29


@pytest.mark.parametrize(("n_points", "every"), [(0, 1), (12, 1), (13, 2), (100, 9)])
def test_at_most_twelve_points_of_a_curve_have_markers(n_points, every):
    assert curve_style(0, n_points)["markevery"] == every
    assert len(range(0, n_points, every)) <= 12


def test_keywords_of_lines_get_their_full_names():
    assert check_line_kw({"c": "red", "lw": 2}, "Owner") == {
        "color": "red",
        "linewidth": 2,
    }
    assert check_line_kw(None, "Owner") == {}
    with pytest.raises(TypeError, match="color"):
        check_line_kw({"c": "red", "color": "blue"}, "Owner")


def test_axes_are_those_given_or_new_ones():
    figure, ax = plt.subplots()
    assert axes_or_new(ax, "Owner") is ax
    assert axes_or_new(None, "Owner").figure is not figure


def test_a_grid_has_the_shape_asked_for():
    _, axes = plt.subplots(6)
    assert (axes_or_new_grid(axes, (3, 2), "Owner").ravel() == axes).all()
    new = axes_or_new_grid(None, (1, 2), "Owner", figsize=(7, 3))
    assert new.shape == (1, 2)
    assert new[0, 0].figure.get_size_inches().tolist() == [7, 3]


@pytest.mark.parametrize("ax", ["left", np.empty(2), 3])
def test_what_is_no_axes_is_refused(ax):
    with pytest.raises(TypeError, match="ax of Owner must be a matplotlib Axes"):
        check_ax(ax, "Owner")


def test_a_grid_of_another_size_is_refused_with_both_shapes():
    message = r"ax of Owner must be an array of axes of shape \(1, 2\), got shape \(\)"
    with pytest.raises(ValueError, match=message):
        check_ax_grid(plt.figure().subplots(), (1, 2), "Owner")


def test_a_grid_of_anything_else_is_refused():
    message = r"ax of Owner must be an array of axes of shape \(1, 2\), got int among"
    with pytest.raises(TypeError, match=message):
        check_ax_grid([plt.figure().subplots(), 2], (1, 2), "Owner")


def test_checks_find_that_matplotlib_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for check in (lambda: check_ax(None, "Owner"), lambda: check_ax_grid(None, (), "")):
        with pytest.raises(ImportError, match=r"skbal\[examples\]"):
            check()

"""Warnings point at the user's line."""

import pytest

from skbal._utils import warn as module
from skbal._utils.warn import warn


def inside_skbal(function):
    """Return the function as if its file lay in the package."""
    code = function.__code__.replace(co_filename=f"{module._PACKAGE}/models/_any.py")
    return type(function)(code, globals(), closure=function.__closure__)


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_the_line_is_the_first_one_outside_of_the_package(depth):
    def call(how_deep):
        return call(how_deep - 1) if how_deep else warn("Few votes.", UserWarning)

    call = inside_skbal(call)
    with pytest.warns(UserWarning, match="Few votes") as caught:
        call(depth)
    assert caught[0].filename == __file__


def test_a_warning_from_outside_is_that_of_its_caller():
    with pytest.warns(UserWarning, match="Few votes") as caught:
        warn("Few votes.", UserWarning)
    assert caught[0].filename == __file__

import numpy as np
import pandas as pd
import pytest

from skbal._utils.named_axes import check_order

NAMES = np.array(["ant", "bee", "cow"])


@pytest.mark.parametrize("index", [
    ["ant", "bee", "cow"],
    [0, 1, 2],
    ["cost of ant", "cost of bee", "cost of cow"],
])  # fmt: skip
def test_rows_in_order_or_without_these_names_are_taken(index):
    check_order(pd.Series([1.0, 2, 3], index=index), NAMES, "costs")


@pytest.mark.parametrize("values", [[3, 1], np.eye(3), pd.Series([1, 2, 3]), 0.1])
def test_what_has_no_names_is_taken(values):
    check_order(values, [2, 1, 0], "costs")
    check_order(values, [2, 1, 0], "costs", "columns")


def test_names_at_other_places_are_refused_on_the_axis_asked_for():
    noise = pd.DataFrame(np.eye(3), index=NAMES, columns=NAMES[[1, 0, 2]])
    check_order(noise, NAMES, "noise")
    with pytest.raises(ValueError, match=(
        r"noise must have its columns in the order \['ant', 'bee', 'cow'\], got the "
        r"columns \['bee', 'ant', 'cow'\]"
    )):  # fmt: skip
        check_order(noise, NAMES, "noise", "columns")
    with pytest.raises(ValueError, match=r"rows in the order \[1, 2\], got the rows"):
        check_order(pd.Series([0.5, 1], index=[2, 1]), [1, 2], "costs")

import numpy as np
import pandas as pd
import pytest

from skbal._utils.weights import check_pool_weights


@pytest.mark.parametrize(
    "weights",
    [None, [1, 0, 2], np.array([0.5, 1, 2]), pd.Series([1, 2, 3], index=[9, 9, 9])],
)
def test_one_number_for_each_row_is_right(weights):
    check_pool_weights(weights, 3, "compare")


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, 2], r"one weight per row of the pool, 3, got shape \(2,\)"),
        (2.0, r"got shape \(\)"),
        ([[1], [2], [3]], r"got shape \(3, 1\)"),
        ([1, np.inf, 2], "finite numbers, got inf for row 1"),
        ([1, None, 2], "must hold numbers: got None"),
        ("abc", "must hold numbers"),
        (np.ma.masked_array([1, 2, 3], [0, 1, 0]), "1 masked entry"),
    ],
    ids=str,
)
def test_other_weights_are_refused(weights, words):
    with pytest.raises(ValueError, match=f"sample_weight of compare.*{words}"):
        check_pool_weights(weights, 3, "compare")

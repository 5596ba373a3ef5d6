import numpy as np
import pytest

from skbal._utils.probabilities import checked_mean, one_draw
from skbal.exceptions import NoDrawsError


def test_probabilities_come_back_in_float64():
    given = np.array([[0.25, 0.75], [1, 0]], dtype=np.float16)
    found = checked_mean(given, 2, "Mine", "BAIT")
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, given)
    np.testing.assert_array_equal(one_draw(given, 2, "Mine")[:, 0], given)


@pytest.mark.parametrize(
    "wrong",
    [
        [0.5, 0.5],
        np.full((3, 2), 0.5),
        np.full((2, 1, 2), 0.5),
        [np.full((2, 2), 0.5)] * 2,
        np.array([[0.5, 0.5], [2.0, -3.0]]),  # logits
    ],
    ids=["one axis", "other rows", "three axes", "several labels", "logits"],
)
def test_what_has_another_shape_or_sum_is_no_draw(wrong):
    with pytest.raises(
        NoDrawsError, match="predict_proba of Mine must return an array"
    ):
        checked_mean(wrong, 2, "Mine", "BAIT")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([np.nan, 0.5], "must be finite, got NaN or infinity"),
        ([1.25, -0.25], "must be class probabilities, got the negative -0.25"),
    ],
)
def test_numbers_that_are_no_probabilities_are_named(row, words):
    with pytest.raises(ValueError, match=f"Mine given to BAIT {words}"):
        checked_mean(np.array([[0.5, 0.5], row]), 2, "Mine", "BAIT")


def test_no_rows_are_no_error():
    assert checked_mean(np.empty((0, 3)), 0, "Mine", "BAIT").shape == (0, 3)
